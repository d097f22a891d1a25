"""The rooms of the functions: imports go one way, and a module's name stands once."""

import ast
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

FUNCTIONS = Path(__file__).parents[3] / "functions"
IN_EVERY_ROOM = {"__init__", "errors", "handler"}


def imported(module: Path) -> set[str]:
    """The modules of its own room that `module` imports anywhere, for types as well."""
    room, names = module.parent.name, set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            first, _, rest = node.module.partition(".")
            if first == room:
                names |= {rest} if rest else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {
                alias.name.partition(".")[2] for alias in node.names if alias.name.startswith(f"{room}.")
            }
    return names


def test_no_module_imports_one_that_imports_it() -> None:
    for room in ("queueit", "edge", "config_refresh", "behavior_association", "log_retention"):
        graph = {
            module.stem: imported(module) - {"__version__"} for module in (FUNCTIONS / room).glob("*.py")
        }

        assert len([*TopologicalSorter(graph).static_order()]) >= len(graph)


def test_no_module_name_stands_twice() -> None:
    names = Counter(module.stem for module in FUNCTIONS.glob("*/*.py") if module.stem not in IN_EVERY_ROOM)

    assert [name for name, times in names.items() if times > 1] == []
