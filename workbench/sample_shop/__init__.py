"""A sample shop to protect: a ticket seller with pages, a form, a JSON endpoint, cacheable assets and faults."""

from workbench.sample_shop.app import create_app

__all__ = ["create_app"]
