"""Measurements of speed and size, each beside its target: `python -m benchmarks`."""
