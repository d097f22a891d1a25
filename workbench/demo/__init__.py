"""The whole system on one machine: shop, waiting room, AWS, config_refresh and the edge."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.demo.system import Demo, Ports, PortsUnavailable, ZipMissing

__all__ = ["Demo", "Ports", "PortsUnavailable", "ZipMissing"]


def __getattr__(name: str) -> Any:
    """Import on first use, so that the command prints its first line before it imports all that a demo needs."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workbench.demo import system

    return getattr(system, name)
