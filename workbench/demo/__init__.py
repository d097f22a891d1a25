"""The whole system on one machine: shop, waiting room, AWS, config_refresh and the edge."""

from workbench.demo.system import Demo, Ports, PortUnavailable, ZipMissing

__all__ = ["Demo", "PortUnavailable", "Ports", "ZipMissing"]
