"""An XML document as the bytes that came, and where each element stands in them. Pure.

What is changed is changed in these bytes: namespaces, order, comments and elements that nobody here knows stay.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple
from xml.parsers import expat

_TAG: Final = re.compile(rb"""<([^\s"'/>]+)(?:[^"'>]|"[^"]*"|'[^']*')*>""")


class Element(NamedTuple):
    """An element. `name` is its local name if it is in the root's namespace; any other has a space in its name.

    `start` and `end` are the offsets of the whole of it, `inner_start` and `inner_end` of what stands between its
    tags (both are `end` where it is one empty tag). `text` is its own, without that of its children. `prefix` is its
    namespace prefix with the colon: a child with that prefix is in the same namespace.
    """

    name: str
    prefix: str
    attributes: tuple[str, ...]
    start: int
    inner_start: int
    inner_end: int
    end: int
    children: tuple["Element", ...]
    text: str

    def named(self, name: str) -> list["Element"]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def value(self, name: str) -> str:
        """The text of the first child of that name; empty without one."""
        return next((child.text for child in self.named(name)), "")


class _Builder:
    """Expat's handlers: each open element has its name, attributes, start, children and texts."""

    def __init__(self, document: bytes) -> None:
        self.document = document
        self.parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.open: list[tuple[str, tuple[str, ...], int, list[Element], list[str]]] = [("", (), 0, [], [])]
        self.namespace: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.namespace is None:
            self.namespace = name.rpartition(" ")[0]
        own = f"{self.namespace} " if self.namespace else ""
        local = name.removeprefix(own) if name.startswith(own) else f"foreign {name}"
        self.open.append((local, tuple(attributes), self.parser.CurrentByteIndex, [], []))

    def end(self, _: str) -> None:
        name, attributes, start, children, texts = self.open.pop()
        tag = _TAG.match(self.document, start)
        if tag is None:
            raise ValueError("its tags are not where they should be")
        inner_start = inner_end = end = tag.end()
        if not tag[0].endswith(b"/>"):
            inner_end = self.parser.CurrentByteIndex
            end = self.document.index(b">", inner_end) + 1
        written = tag[1].decode()
        prefix = written[: written.rfind(":") + 1]
        self.open[-1][3].append(
            Element(
                name, prefix, attributes, start, inner_start, inner_end, end, tuple(children), "".join(texts)
            )
        )

    def text(self, text: str) -> None:
        self.open[-1][4].append(text)

    def doctype(self, *_: object) -> None:
        raise ValueError("it has a document type, and with it entities")


def parse(document: bytes) -> Element:
    """The root element. Raises ValueError for what is no XML in UTF-8, or has a document type."""
    builder = _Builder(document)
    try:
        builder.parser.Parse(document, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    return builder.open[0][3][0]


class Splice(NamedTuple):
    """`text` in the place of the bytes from `start` to `end`; with both the same, it goes in between."""

    start: int
    end: int
    text: str


def spliced(document: bytes, splices: Iterable[Splice]) -> bytes:
    """The document with each splice made, and every other byte as it was. Splices do not overlap."""
    parts, position = [], 0
    for splice in sorted(splices):
        parts += [document[position : splice.start], splice.text.encode()]
        position = splice.end
    return b"".join([*parts, document[position:]])
