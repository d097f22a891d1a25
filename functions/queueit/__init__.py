"""The Queue-it waiting-room protocol as pure functions: no I/O, no clock, no AWS."""

__version__ = "0.1.0"
