"""What classes are made of, without importing typing, which costs a cold start more than most of our own code.

To a type checker these are typing's own. At run time a named tuple has its fields at once, and its constructor, which
has to be compiled, when the first value is made; a protocol is a plain class.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, NamedTuple, Protocol, Self
else:

    class _Fields(tuple):
        """What all named tuples can do; the names are those of collections.namedtuple."""

        __slots__ = ()
        _fields: tuple[str, ...] = ()
        _field_defaults: Mapping[str, Any] = {}

        def __new__(cls, *values: Any, **named: Any) -> Self:
            """Take constructor and fields from a named tuple that is made for it, and make the value."""
            made = namedtuple(cls.__name__, cls._fields, defaults=cls._field_defaults.values())
            for name in ("__new__", *cls._fields):
                setattr(cls, name, made.__dict__[name])
            return cls(*values, **named)

        @classmethod
        def _make(cls, values: Any) -> Self:
            return cls(*values)

        def _replace(self, **changes: Any) -> Self:
            return type(self)(**{**self._asdict(), **changes})

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        def __repr__(self) -> str:
            fields = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({fields})"

    class _Definition(type):
        """Makes the class of a `class Name(NamedTuple)`."""

        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace[field] for field in fields if field in namespace}
            own = {key: value for key, value in namespace.items() if key not in defaults}
            own |= {"__slots__": (), "_fields": fields, "_field_defaults": defaults}
            return type(name, (_Fields,), own)

    NamedTuple = type.__new__(_Definition, "NamedTuple", (), {})

    class Protocol:
        """What others look like to a type checker."""


__all__ = ["NamedTuple", "Protocol"]
