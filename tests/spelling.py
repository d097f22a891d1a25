"""The spellings of a path that some origin takes for it (protocol section 9), for any source of choices."""

from collections.abc import Callable, Sequence
from typing import Any

Choose = Callable[[Sequence[Any]], Any]
"""Takes one of several options."""

_DETOURS = [["."], ["x", ".."], ["static", ".."], ["x", "y", "..", ".."], ["free", ".", ".."]]
_NO_OR_YES = [False, True]


def spelled(path: str, choose: Choose) -> str:
    """`path` with what origins decode, turn, cut and merge put in."""
    decodes = choose(range(4))
    separators = ["/", "\\"] if choose(_NO_OR_YES) else ["/"]
    parameters = ["", ";", ";v=1"] if choose(_NO_OR_YES) else [""]
    written = []
    for segment in path[1:].split("/"):
        for _ in range(choose(range(3))):
            written += [choose(separators) + one + choose(parameters) for one in choose(_DETOURS)]
        written.append(choose(separators) * choose([1, 2]) + segment + choose(parameters))
    text = "".join(written)
    if choose(_NO_OR_YES):
        text += choose(["#", "\0"]) + choose(["", "x", "/../../static/app.css"])
    escape = choose(["{:02X}", "{:02x}"])
    leaves_letters = choose(_NO_OR_YES)
    encoded = []
    for character in text:
        often = 0 if leaves_letters and character.isalnum() else choose(range(decodes + 1))
        encoded.append("%" + "25" * (often - 1) + escape.format(ord(character)) if often else character)
    return "".join(encoded)
