"""One line for a request and what became of it, for people who watch a connector work."""

import time
from collections.abc import Mapping
from typing import Any, Final
from zlib import crc32

from click import style

from queueit import outcome
from workbench.printable import printable

_METRICS: Final = {one.name: one.metric for one in vars(outcome).values() if isinstance(one, outcome.Reason)}
_COLOURS: Final = {
    "PassedWithSession": "green",
    "PassedWithToken": "green",
    "PassedDirectly": "green",
    "SentToQueue": "yellow",
    "Cancelled": "magenta",
    "SwitchedOff": "cyan",
    "PassedUntouched": "bright_black",
}
_VISITORS: Final = (
    "blue",
    "magenta",
    "cyan",
    "green",
    "yellow",
    "bright_blue",
    "bright_magenta",
    "bright_cyan",
)
_DETAILS: Final = (
    ("visitor", "visitor"),
    ("version", "version"),
    ("region", "region"),
    ("worker", "worker"),
    ("distribution", "distribution"),
    ("request_id", "request"),
)
NO_FUNCTION: Final = "no function"
"""Stands for the decision where a request met no function of the connector."""

_METHOD, _DECISION, _INTEGRATION = 7, 24, 20  # columns


def colour_of(decision: str) -> str:
    """The colour of a decision, by its name in the log: green passes, yellow queues, red is a failure or refusal."""
    if decision == NO_FUNCTION:
        return "bright_black"
    return _COLOURS.get(_METRICS.get(decision, ""), "red")


def visitor_colour(visitor: str) -> str:
    """The colour of a visitor, the same each time."""
    return _VISITORS[crc32(visitor.encode("utf-8", "replace")) % len(_VISITORS)]


def request_line(record: Mapping[str, Any], at: float, *, colour: bool = False) -> str:
    """One line without its line break for `record`, a line of `edge.decision_log` read back, made at Unix second `at`.

    A local run may add what the log of a live connector does not hold: `path`, `visitor`, `worker` and `ms`, how long
    the decision took. `region` is where the log line is from. Only what is there is shown. The time is UTC.
    """

    def painted(text: str, foreground: str) -> str:
        return style(text, fg=foreground) if colour else text

    def text(name: str) -> str:
        value = record.get(name)
        return "" if value is None else printable(str(value))

    decision = text("decision")
    paint = colour_of(decision)
    words = [
        painted(time.strftime("%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03}", "bright_black"),
        text("method").ljust(_METHOD),
        painted(decision.ljust(_DECISION), paint),
        text("integration").ljust(_INTEGRATION),
    ]
    if path := text("path"):
        words.append(path)
    if record.get("ms") is not None:
        words.append(f"{record['ms']:.1f} ms")
    for name, label in _DETAILS:
        if shown := text(name):
            hue = visitor_colour(shown) if name == "visitor" else "bright_black"
            words.append(painted(f"{label} {shown}", hue))
    if why := text("why"):
        words.append(painted(f"because {why}", paint))
    return " ".join(words).rstrip()
