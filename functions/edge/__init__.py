"""The connector at the edge: CloudFront events in, CloudFront events out.

In edge.zip the modules of the edge and of the engine are not files of their own, each with a zip entry's overhead, but
in two that `workbench.build` makes: `sources.txt`, and the default runtime's bytecode. This module imports from them;
where the sources lie beside it, it does nothing.
"""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import Any

_FOLDER = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120  # pathlib would be a third of the import
_SOURCES = f"{_FOLDER}/sources.txt"
_BYTECODE = f"{_FOLDER}/bytecode.{sys.implementation.cache_tag}"
_PACKAGES = ("edge", "queueit")


class _Importer:
    """Finds and loads modules: each code comes from the bytecode, where it is of this Python, else from its source."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}
        self._sources: dict[str, str] = {}
        if os.path.isfile(_BYTECODE):  # noqa: PTH113
            with open(_BYTECODE, "rb") as file:  # noqa: PTH123
                self._codes = marshal.loads(file.read())  # noqa: S302  # deployed with this file

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> ModuleSpec | None:
        package, dot, _ = name.partition(".")
        if package not in _PACKAGES:
            return None
        return type(__spec__)(name, self, origin=_SOURCES, is_package=not dot)  # type: ignore[arg-type]

    def create_module(self, _spec: ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        code = self._codes.pop(name, None)
        if code is None:
            code = compile(self.get_source(name), f"{_SOURCES}/{name}", "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102

    def get_source(self, name: str) -> str:
        """The source, also for the lines of a traceback; each module's stands after a form feed and its name."""
        if not self._sources:
            with open(_SOURCES, encoding="utf-8") as file:  # noqa: PTH123
                modules = file.read().split("\f")[1:]
            self._sources = dict([module.split("\n", 1) for module in modules])
        return self._sources[name]


if os.path.isfile(_SOURCES):  # noqa: PTH113
    sys.meta_path.insert(0, _Importer())
