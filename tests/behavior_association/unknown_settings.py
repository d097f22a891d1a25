"""Distributions with a setting that no SDK knows yet, looked at with ElementTree and not with the function's parser."""

import re
import xml.etree.ElementTree as ET

from hypothesis import strategies as st

from tests.behavior_association.cloudfront import written
from tests.behavior_association.distributions import distribution_and_targets

NAMESPACE = "{http://cloudfront.amazonaws.com/doc/2020-05-31/}"
_TAG = re.compile(rb"<[^?][^>]*>")
_UNKNOWN = st.sampled_from(
    [
        ("FutureSetting", b"<FutureSetting/>"),
        ("FutureSetting", b"<FutureSetting><Mode at='a>b'>on &amp; off</Mode></FutureSetting>"),
        ("FutureSetting", b'<n:FutureSetting xmlns:n="https://example.com/n">\xc3\xa9</n:FutureSetting>'),
        ("Items", b"<Items xmlns='https://example.com/n'><LambdaFunctionAssociation/></Items>"),
        ("Quantity", b"<n:Quantity xmlns:n='https://example.com/n'>7</n:Quantity>"),
    ]
)


@st.composite
def distribution_and_unknown_element(draw: st.DrawFn, around: str = "") -> tuple[bytes, list[str], str]:
    """A distribution, behaviors to attach to, and the local name of an element that CloudFront does not have today.

    It stands between any two tags of the root; with `around`, outside of every element whose name ends like that.
    """
    config, patterns = draw(distribution_and_targets())
    document = written(config)
    tags = list(_TAG.finditer(document))
    places, depth = [], 0
    for tag in tags[:-1]:
        if around and tag[0].rstrip(b">").endswith(b"FunctionAssociations"):
            depth += -1 if tag[0].startswith(b"</") else 1
        if depth == 0 and not _is_leaf(document, tag):
            places.append(tag.end())
    place = draw(st.sampled_from(places))
    name, text = draw(_UNKNOWN)
    return document[:place] + text + document[place:], patterns, name


def _is_leaf(document: bytes, tag: re.Match[bytes]) -> bool:
    """Whether text follows, or the end tag at once: there is no setting inside of a value."""
    return not tag[0].startswith(b"</") and (
        document[tag.end() : tag.end() + 1] != b"<" or document[tag.end() : tag.end() + 2] == b"</"
    )


def path_to(document: bytes, name: str) -> list[str]:
    """The names of the elements above the unknown one, and what it holds."""
    root = ET.fromstring(document)
    parents = {child: parent for parent in root.iter() for child in parent}
    found = [
        element
        for element in root.iter()
        if element.tag.rpartition("}")[2] == name
        and (not element.tag.startswith(NAMESPACE) or name == "FutureSetting")
    ]
    (element,) = found
    path = [ET.tostring(element, encoding="unicode")]
    while element in parents:
        element = parents[element]
        path.append(element.tag)
    return path


def without_functions(document: bytes, behaviors: list[str]) -> str:
    """The canonical XML less the associations of the named behaviors, and less the numbers of them."""
    root = ET.fromstring(document)
    for behavior in root.iter():
        if behavior.tag not in (f"{NAMESPACE}DefaultCacheBehavior", f"{NAMESPACE}CacheBehavior"):
            continue
        if behavior.findtext(f"{NAMESPACE}PathPattern", "*") not in behaviors:
            continue
        for kind in ("LambdaFunctionAssociation", "FunctionAssociation"):
            for listed in behavior.findall(f"{NAMESPACE}{kind}s"):
                behavior.remove(listed)
    return ET.canonicalize(ET.tostring(root, encoding="unicode"))
