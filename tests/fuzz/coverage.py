"""Which lines of the code under test have run: what is new says which cases are worth changing further."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

_ROOMS = tuple(str(Path(__file__).parents[2] / "functions" / room) for room in ("queueit", "edge"))
_TRACED_ONE_IN = 16


def _is_watched(code: CodeType) -> bool:
    """Whether its lines count; what a module does at its first import happens once in a process."""
    return code.co_filename.startswith(_ROOMS) and code.co_name != "<module>"


class Coverage:
    """The lines seen so far, as (file, number). The newest in a process is the one that sees.

    From Python 3.12 on `sys.monitoring` tells of each line once, which costs nearly nothing; before, one call in
    sixteen is traced, as that is slow, and a function no more once all its lines have run.
    """

    def __init__(self) -> None:
        self.lines: set[tuple[str, int]] = set()
        self._calls = 0
        self._missing: dict[CodeType, set[int]] = {}
        if sys.version_info >= (3, 12):
            monitoring, line = sys.monitoring, sys.monitoring.events.LINE
            if monitoring.get_tool(monitoring.COVERAGE_ID) is None:
                monitoring.use_tool_id(monitoring.COVERAGE_ID, "tests.fuzz")
            monitoring.register_callback(monitoring.COVERAGE_ID, line, self._seen)
            monitoring.set_events(monitoring.COVERAGE_ID, line)
            monitoring.restart_events()

    if sys.version_info >= (3, 12):

        def _seen(self, code: CodeType, line: int) -> Any:
            if _is_watched(code):
                self.lines.add((code.co_filename, line))
            return sys.monitoring.DISABLE

    def _called(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        code = frame.f_code
        missing = self._missing.get(code)
        if missing is None:
            lines = {line for _, _, line in code.co_lines() if line}
            first = set() if code.co_name == "<lambda>" else {code.co_firstlineno}
            missing = self._missing[code] = lines - first if _is_watched(code) else set()
        return self._ran if missing else None

    def _ran(self, frame: FrameType, event: str, _argument: Any) -> Any:
        missing = self._missing[frame.f_code]
        if event == "line" and frame.f_lineno in missing:
            missing.remove(frame.f_lineno)
            self.lines.add((frame.f_code.co_filename, frame.f_lineno))
        return self._ran

    def watching(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, watched while it runs."""
        if sys.version_info >= (3, 12):
            return function

        def watched(*arguments: Any) -> Any:
            self._calls += 1
            if self._calls % _TRACED_ONE_IN:
                return function(*arguments)
            tracer = sys.gettrace()
            sys.settrace(self._called)
            try:
                return function(*arguments)
            finally:
                sys.settrace(tracer)

        return watched
