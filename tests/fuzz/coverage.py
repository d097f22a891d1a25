"""Which lines of the code under test have run: what is new says which cases are worth changing further."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

_ROOMS = tuple(str(Path(__file__).parents[2] / "functions" / room) for room in ("queueit", "edge"))


class Coverage:
    """The lines seen so far. A function is traced until all its lines have been, so that in time nearly none is."""

    def __init__(self) -> None:
        self._missing: dict[CodeType, set[int]] = {}
        self.lines = 0

    def _lines_of(self, code: CodeType) -> set[int]:
        if not code.co_filename.startswith(_ROOMS):
            return set()
        lines = {line for _, _, line in code.co_lines() if line}
        return lines - {code.co_firstlineno} if code.co_name != "<lambda>" else lines

    def _called(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        code = frame.f_code
        missing = self._missing.get(code)
        if missing is None:
            missing = self._missing[code] = self._lines_of(code)
        return self._ran if missing else None

    def _ran(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            missing = self._missing[frame.f_code]
            if frame.f_lineno in missing:
                missing.remove(frame.f_lineno)
                self.lines += 1
        return self._ran

    def traced(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, watched while it runs."""

        def watched(*arguments: Any) -> Any:
            tracer = sys.gettrace()
            sys.settrace(self._called)
            try:
                return function(*arguments)
            finally:
                sys.settrace(tracer)

        return watched
