"""What the demo prints while it runs: a line for each request, and what is put in force."""

import sys
import threading
import time
from typing import Any, TextIO

from workbench.control_room.event_stream import Event, EventStream
from workbench.printable import printable
from workbench.request_line import NO_FUNCTION, request_line

_QUIET_SECONDS = 60.0


class Console:
    """Prints the events of a stream until it is closed, on a thread of its own."""

    def __init__(self, stream: EventStream, *, out: TextIO = sys.stdout) -> None:
        self._follower = stream.follow()
        self._out = out
        self._colour = out.isatty()
        self._thread = threading.Thread(target=self._print, daemon=True)
        self._thread.start()

    def _print(self) -> None:
        for event in self._follower.events(_QUIET_SECONDS):
            if event and (text := told(event, colour=self._colour)):
                self._out.write(f"{text}\n")
                self._out.flush()


def told(event: Event, *, colour: bool) -> str:
    """An event as one or more lines; empty for one that the console does not show."""
    if event["type"] == "request":
        return request_line(_record(event), event["at"], colour=colour)
    if event["type"] == "publication":
        by = f" by {event['actor'] or event['source']}"
        why = f": {event['reason']}" if event["reason"] else ""
        head = _headline(event["at"], f"{event['action']}{by}{why}, version {event['version']}", colour)
        return "\n".join([head, *(f"{'':13}{printable(sentence)}" for sentence in event["difference"])])
    if event["type"] == "announcement":
        text = f"{event['title']}: {event['text']}" if event["text"] else event["title"]
        return _headline(event["at"], text, colour, "red" if event["level"] == "warning" else "bright_blue")
    return ""


def _record(event: Event) -> dict[str, Any]:
    """The request as `request_line` takes it."""
    names = ("decision", "integration", "path", "why", "worker", "visitor", "ms")
    record = {name: event[name] for name in names}
    cold = " cold" if event["cold"] else ""
    worker = f"{event['worker']}{cold}" if event["worker"] else None
    record["decision"] = event["decision"] or NO_FUNCTION
    return {**record, "method": event["method"] or "-", "worker": worker, "path": event["path"] or "-"}


def _headline(at: float, text: str, colour: bool, foreground: str = "bright_blue") -> str:
    from click import style

    moment = time.strftime("%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03}"
    line = printable(text)
    return f"{moment} {style(line, fg=foreground, bold=True) if colour else line}"
