"""The line of a configuration's text that a finding is about."""

import json
import re
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')
_PLACE = re.compile(
    r'integration (\d+)(?: ".*?"?|…)?(?:, trigger (\d+)(?:, part (\d+))?)?(?:: (.*))?', re.DOTALL
)

Path = tuple[str | int, ...]
"""The names and indices that lead to a value, such as `("Integrations", 0, "Name")`."""


def lines_of(text: str) -> dict[Path, int]:
    """The line of each value in the valid JSON `text`, counted from 1; for a field, the line of its name."""
    found: dict[Path, int] = {(): 1}
    # For each value that is open: the name or index of its present item, and whether it is a list.
    open_values: list[list[Any]] = []
    line, seen = 1, 0
    awaits_name = False
    for token in _TOKEN.finditer(text):
        line += text.count("\n", seen, token.start())
        seen = token.start()
        symbol = token[0]
        if symbol == ",":
            if open_values[-1][1]:
                open_values[-1][0] += 1
            else:
                awaits_name = True
        elif symbol in ("]", "}"):
            open_values.pop()
            awaits_name = False
        elif symbol != ":":
            if awaits_name:
                open_values[-1][0] = json.loads(symbol)
            found.setdefault(tuple([one[0] for one in open_values]), line)
            awaits_name = False
            if symbol in ("[", "{"):
                open_values.append([0, symbol == "["])
                awaits_name = symbol == "{"
    return found


def line_of(finding: str, lines: dict[Path, int]) -> int | None:
    """The line that `finding`, a problem or warning after its place, is about; None if it is about the whole text."""
    place = _PLACE.fullmatch(finding)
    path: Path = ()
    message = finding
    if place:
        integration, trigger, part, message = place.groups()
        path = ("Integrations", int(integration) - 1)
        path += ("Triggers", int(trigger) - 1) if trigger else ()
        path += ("TriggerParts", int(part) - 1) if part else ()
    for word in re.findall(r"\w+", message or ""):
        if (*path, word) in lines:
            return lines[*path, word]
    return lines.get(path) if path else None
