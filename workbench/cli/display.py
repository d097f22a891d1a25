"""How a command's text reaches its reader: safe for the terminal, in its encoding, in colour where a person looks."""

import json
from typing import Any, Final, TextIO

from workbench.printable import printable_lines

_IN_ASCII: Final = str.maketrans({"→": "->", "…": "...", "“": '"', "”": '"'})
_COLOURED: Final = (
    r"^ *(?P<bad>PROBLEM|problem |error |FAIL|FAILED|HELD|FROZEN|SWITCHED OFF|REFUSED)",
    r"^ *(?P<wary>warning )",
    r"^ *(?P<good>ok |pass )",
    r"(?P<good>MATCHES, and is the first that does|IN FORCE|up to date)",
    r"^(?P<dim> *→.*)$",
)
_STYLES: Final = {"bad": "bold red", "wary": "yellow", "good": "green", "dim": "dim"}


def _encodable(text: str, out: TextIO) -> str:
    encoding = out.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_IN_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    return text


def has_colour(out: TextIO) -> bool:
    """Whether `out` is a terminal whose user wants colour."""
    if not out.isatty():
        return False
    from rich.console import Console

    console = Console(file=out)
    return bool(console.color_system) and not console.no_color


def write_text(text: str, out: TextIO, *, is_styled: bool = False) -> None:
    """Show `text`, whose lines may be of several columns; one that is styled already goes out as it is."""
    shown = _encodable(text if is_styled else printable_lines(text), out)
    if is_styled or not has_colour(out):
        out.write(f"{shown}\n")
        return
    from rich.console import Console
    from rich.text import Text

    painted = []
    for line in shown.split("\n"):
        one = Text(line)
        for pattern in _COLOURED:
            one.highlight_regex(pattern)
        for span in [*one.spans]:
            one.stylize(_STYLES[str(span.style)], span.start, span.end)
        one.spans = [span for span in one.spans if span.style not in _STYLES]
        painted.append(one)
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    console.print(Text("\n").join(painted), soft_wrap=True)


def json_text(document: Any, out: TextIO, *, indent: int | None = 2) -> str:
    """`document` as JSON that `out` can take and that moves no cursor."""
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    if printable_lines(text) != text or _encodable(text, out) != text:
        text = json.dumps(document, indent=indent).replace("\x7f", "\\u007f")
    return text
