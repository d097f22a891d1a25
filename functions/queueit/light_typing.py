"""What classes are made of, without importing typing or dataclasses, which cost a cold start more than our own code.

To a type checker a struct is a frozen dataclass, and a protocol is typing's own. At run time a struct's fields are
slots, which are read fastest, and only its constructor sets them, which has to be compiled and is made with the first
value; a protocol is a plain class.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar, Protocol, Self, dataclass_transform

    @dataclass_transform(frozen_default=True)
    class Struct:
        """What all structs can do; the names are those of collections.namedtuple."""

        _fields: ClassVar[tuple[str, ...]]
        _field_defaults: ClassVar[Mapping[str, Any]]

        def _replace(self, **changes: Any) -> Self: ...
        def _asdict(self) -> dict[str, Any]: ...

else:

    class _Struct:
        __slots__ = ()
        _fields: tuple[str, ...] = ()
        _field_defaults: Mapping[str, Any] = {}

        def __init__(self, *values: Any, **named: Any) -> None:
            """Compile the class's own constructor, which takes the place of this one, and call it."""
            cls, defaults = type(self), self._field_defaults
            parameters = [f"{name}=defaults[{name!r}]" if name in defaults else name for name in cls._fields]
            values_of = "".join([f"{{0}}.{name}, " for name in cls._fields]).format
            lines = [
                f"def __init__(self, {', '.join(parameters)}):",
                *[f" set_{name}(self, {name})" for name in cls._fields],
                "def __eq__(self, other):",
                f" return type(self) is type(other) and ({values_of('self')}) == ({values_of('other')})",
                "def __hash__(self):",
                f" return hash(({values_of('self')}))",
            ]
            made: dict[str, Any] = {f"set_{name}": getattr(cls, name).__set__ for name in cls._fields}
            made["defaults"] = defaults
            exec("\n".join(lines), made)  # noqa: S102  # of the class's own annotations, as namedtuple does
            for name in ("__init__", "__eq__", "__hash__"):
                setattr(cls, name, made[name])
            self.__init__(*values, **named)

        def __setattr__(self, name: str, value: Any) -> None:
            raise AttributeError(f"{type(self).__name__} is immutable")

        def _asdict(self) -> dict[str, Any]:
            return {name: getattr(self, name) for name in self._fields}

        def _replace(self, **changes: Any) -> Self:
            return type(self)(**{**self._asdict(), **changes})

        def __reduce__(self) -> tuple[Any, ...]:
            return type(self), tuple(self._asdict().values())

        def __repr__(self) -> str:
            fields = ", ".join([f"{name}={value!r}" for name, value in self._asdict().items()])
            return f"{type(self).__name__}({fields})"

    class _Definition(type):
        """Makes the class of a `class Name(Struct)`."""

        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace[field] for field in fields if field in namespace}
            own = {key: value for key, value in namespace.items() if key not in defaults}
            own |= {"__slots__": fields, "_fields": fields, "_field_defaults": defaults}
            return type(name, (_Struct,), own)

    Struct = type.__new__(_Definition, "Struct", (), {})

    class Protocol:
        """What others look like to a type checker."""


__all__ = ["Protocol", "Struct"]
