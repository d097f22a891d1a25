"""A CloudFront DistributionConfig: its behaviors, and the functions associated with them. Pure.

It is read from the XML that CloudFront returned, and an edited one is that XML with other associations.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from behavior_association.association_request import DEFAULT_BEHAVIOR, Association
from behavior_association.xml_document import Element, Splice, parse, spliced

CATCH_ALL: Final = "/*"


class _Kind(NamedTuple):
    """The names of a list of associations, of an item in it and of the item's ARN."""

    list_name: str
    item: str
    arn: str


LAMBDA: Final = _Kind("LambdaFunctionAssociations", "LambdaFunctionAssociation", "LambdaFunctionARN")
FUNCTION: Final = _Kind("FunctionAssociations", "FunctionAssociation", "FunctionARN")


class Behavior(NamedTuple):
    """A cache behavior, and by event type what runs on it.

    `name` is its path pattern, `*` for the default one; an ordered behavior that is written `*` is called `/*`, which
    means the same. `functions` has the ARNs of CloudFront Functions. `unclear` says where the lists hold what this
    function does not know, `unknown` the settings of an association that it does not know, by event type.
    """

    name: str
    element: Element
    lambdas: dict[str, Association]
    functions: dict[str, str]
    unclear: tuple[str, ...]
    unknown: dict[str, tuple[str, ...]]
    has_grpc: bool


class Config(NamedTuple):
    """A distribution's configuration: `document` as CloudFront returned it, `behaviors` in the order of matching."""

    document: bytes
    behaviors: tuple[Behavior, ...]
    is_staging: bool
    has_continuous_deployment: bool
    is_multi_tenant: bool

    def position(self, path_pattern: str) -> int | None:
        """Which behavior has that path pattern, with or without a leading slash; None for none."""
        if path_pattern == DEFAULT_BEHAVIOR:
            return len(self.behaviors) - 1
        for number, behavior in enumerate(self.behaviors[:-1]):
            if behavior.name.removeprefix("/") == path_pattern.removeprefix("/"):
                return number
        return None


class Difference(NamedTuple):
    """What changes on one event of a behavior; None stands for no function."""

    behavior: str
    event_type: str
    before: dict[str, object] | None
    after: dict[str, object] | None


def _only(parent: Element, name: str) -> Element:
    found = parent.named(name)
    if len(found) != 1:
        raise ValueError(f"<{parent.name}> has {len(found)} <{name}>")
    return found[0]


def _strangers(element: Element, leaves: tuple[str, ...], other: str = "") -> list[str]:
    """What an element holds beside `leaves`, children that stand there once and hold text alone, and `other` ones."""
    names = [child.name for child in element.children]
    leaf_children = [child for child in element.children if child.name in leaves]
    return [
        *(
            f"the attribute {attribute} of <{holder.name}>"
            for holder in (element, *leaf_children)
            for attribute in holder.attributes
        ),
        *(f"<{name}> in <{element.name}>" for name in names if name not in (*leaves, other)),
        *(f"a second <{name}> in <{element.name}>" for name in leaves if names.count(name) > 1),
        *(f"<{below.name}> in <{child.name}>" for child in leaf_children for below in child.children),
        *([f"text in <{element.name}>"] if element.text.strip() else []),
    ]


def _list(behavior: Element, kind: _Kind) -> tuple[list[Element], list[str]]:
    """The items of a list of associations, and what in it is not understood."""
    lists = behavior.named(kind.list_name)
    unclear = [f"a second <{kind.list_name}>"] if len(lists) > 1 else []
    content: list[Element] = []
    for element in lists[:1]:
        unclear += _strangers(element, ("Quantity",), "Items")
        unclear += ["a second <Items>"] if len(element.named("Items")) > 1 else []
        for items in element.named("Items"):
            unclear += _strangers(items, (), kind.item)
            content += items.named(kind.item)
        if element.children and element.value("Quantity").strip() != str(len(content)):
            unclear.append(f"a <Quantity> in <{kind.list_name}> that is not the number of its items")
    events = [item.value("EventType") for item in content]
    unclear += [f"a second association on {event}" for event in {*events} if events.count(event) > 1]
    unclear += [
        f"a <{kind.item}> without <{name}>"
        for item in content
        for name in ("EventType", kind.arn)
        if not item.value(name)
    ]
    return content, unclear


def _behavior(name: str, element: Element) -> Behavior:
    if element.inner_start == element.end:
        raise ValueError(f"the behavior {name!r} is empty")
    lambdas, unclear_lambdas = _list(element, LAMBDA)
    functions, unclear_functions = _list(element, FUNCTION)
    known = {
        LAMBDA.item: (LAMBDA.arn, "EventType", "IncludeBody"),
        FUNCTION.item: (FUNCTION.arn, "EventType"),
    }
    return Behavior(
        name=name,
        element=element,
        lambdas={
            event: Association(event, item.value(LAMBDA.arn), item.value("IncludeBody").strip() == "true")
            for item in lambdas
            for event in [item.value("EventType")]
        },
        functions={item.value("EventType"): item.value(FUNCTION.arn) for item in functions},
        unclear=(*unclear_lambdas, *unclear_functions),
        unknown={
            item.value("EventType"): tuple(strangers)
            for item in [*lambdas, *functions]
            if (strangers := _strangers(item, known[item.name]))
        },
        has_grpc=any(setting.value("Enabled").strip() == "true" for setting in element.named("GrpcConfig")),
    )


def _ordered(root: Element) -> Iterator[Behavior]:
    for listed in root.named("CacheBehaviors"):
        for items in listed.named("Items"):
            for element in items.named("CacheBehavior"):
                pattern = _only(element, "PathPattern").text
                yield _behavior(CATCH_ALL if pattern == DEFAULT_BEHAVIOR else pattern, element)


def read_config(document: bytes) -> Config:
    """A configuration from CloudFront's XML. Raises ValueError: what about it is not a DistributionConfig."""
    root = parse(document)
    if root.name != "DistributionConfig":
        raise ValueError(f"it is a <{root.name}>")
    default = _behavior(DEFAULT_BEHAVIOR, _only(root, "DefaultCacheBehavior"))
    return Config(
        document=document,
        behaviors=(*_ordered(root), default),
        is_staging=root.value("Staging").strip() == "true",
        has_continuous_deployment=bool(root.value("ContinuousDeploymentPolicyId").strip()),
        is_multi_tenant=root.value("ConnectionMode").strip() == "tenant-only",
    )


def _shown(behavior: Behavior) -> dict[str, dict[str, object]]:
    """What runs on each event type; CloudFront takes one function an event, of either kind."""
    lambdas = {
        event: {"lambda_arn": association.lambda_arn, "include_body": association.include_body}
        for event, association in behavior.lambdas.items()
    }
    return lambdas | {event: {"function_arn": arn} for event, arn in behavior.functions.items()}


def differences(before: tuple[Behavior, ...], after: tuple[Behavior, ...]) -> list[Difference]:
    """What differs in the functions of the same behaviors, in their order."""
    found = []
    for old, new in zip(before, after, strict=True):
        were, are = _shown(old), _shown(new)
        for event_type in sorted({*were, *are}):
            if were.get(event_type) != are.get(event_type):
                found.append(Difference(old.name, event_type, were.get(event_type), are.get(event_type)))
    return found


def _tagged(prefix: str, name: str, content: str) -> str:
    return f"<{prefix}{name}>{content}</{prefix}{name}>"


def _item(prefix: str, kind: _Kind, event_type: str, arn: str, include_body: bool | None) -> str:
    fields = [(kind.arn, arn), ("EventType", event_type)]
    if include_body is not None:
        fields.append(("IncludeBody", str(include_body).lower()))
    return _tagged(prefix, kind.item, "".join(_tagged(prefix, name, escape(value)) for name, value in fields))


_Wanted = dict[str, tuple[str, bool | None]]
"""By event type an ARN, and for Lambda@Edge whether it sees bodies."""


def _changed_item(item: Element, kind: _Kind, wanted: tuple[str, bool | None]) -> Iterator[Splice]:
    """A function in the place of another: its own settings that nobody here knows stay."""
    arn, include_body = wanted
    place = item.named(kind.arn)[0]
    if place.text != arn:
        yield Splice(place.start, place.end, _tagged(place.prefix, kind.arn, escape(arn)))
    bodies = item.named("IncludeBody")
    if include_body is not None and (item.value("IncludeBody").strip() == "true") != include_body:
        text = _tagged(item.prefix, "IncludeBody", str(include_body).lower())
        start, end = (bodies[0].start, bodies[0].end) if bodies else (item.inner_end, item.inner_end)
        yield Splice(start, end, text)


def _changed_list(behavior: Element, kind: _Kind, wanted: _Wanted) -> Iterator[Splice]:
    """The list as wanted; items that stay keep their place, new ones come last."""
    prefix = behavior.prefix
    lists = behavior.named(kind.list_name)
    quantity = _tagged(prefix, "Quantity", str(len(wanted)))
    present = [item for items in lists for place in items.named("Items") for item in place.children]
    events = [item.value("EventType") for item in present]
    added = "".join(
        _item(prefix, kind, event_type, *function)
        for event_type, function in wanted.items()
        if event_type not in events
    )
    if not lists or not lists[0].children:
        start, end = (lists[0].start, lists[0].end) if lists else (behavior.inner_end, behavior.inner_end)
        yield Splice(start, end, _tagged(prefix, kind.list_name, quantity + _tagged(prefix, "Items", added)))
        return
    counted = lists[0].named("Quantity")[0]
    yield Splice(counted.start, counted.end, quantity)
    places = lists[0].named("Items")
    if not wanted:
        yield Splice(places[0].start, places[0].end, "")
    elif not places or not present:
        start, end = (places[0].start, places[0].end) if places else (counted.end, counted.end)
        yield Splice(start, end, _tagged(prefix, "Items", added))
    else:
        for item, event_type in zip(present, events, strict=True):
            if event_type not in wanted:
                yield Splice(item.start, item.end, "")
            else:
                yield from _changed_item(item, kind, wanted[event_type])
        yield Splice(places[0].inner_end, places[0].inner_end, added)


def _splices(old: Behavior, new: Behavior) -> Iterator[Splice]:
    if old.lambdas != new.lambdas:
        lambdas: _Wanted = {
            event: (association.lambda_arn, association.include_body)
            for event, association in new.lambdas.items()
        }
        yield from _changed_list(old.element, LAMBDA, lambdas)
    if old.functions != new.functions:
        yield from _changed_list(
            old.element, FUNCTION, {event: (arn, None) for event, arn in new.functions.items()}
        )


def edited(config: Config, behaviors: tuple[Behavior, ...]) -> bytes:
    """CloudFront's XML with the functions of `behaviors`, which are those of `config` with other functions.

    Nothing else differs, to the byte. Behaviors that have something `unclear` may not differ.
    """
    splices = [
        splice for old, new in zip(config.behaviors, behaviors, strict=True) for splice in _splices(old, new)
    ]
    return spliced(config.document, splices)
