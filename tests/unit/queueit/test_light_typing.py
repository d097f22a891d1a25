"""A struct does what a frozen dataclass does that is changed like a named tuple."""

from __future__ import annotations

import copy
import pickle
from typing import Any, NamedTuple

import pytest

from queueit.light_typing import Struct


class Ours(Struct):
    """A value."""

    first: int
    second: str = "two"

    def both(self) -> str:
        """The two as one text."""
        return f"{self.first} {self.second}"


class Other(Struct):
    first: int
    second: str = "two"


class Typings(NamedTuple):
    first: int
    second: str = "two"


@pytest.mark.parametrize(
    "what",
    [
        lambda kind: kind(1)._asdict(),
        lambda kind: kind(1, "2")._asdict(),
        lambda kind: kind(second="2", first=1)._asdict(),
        lambda kind: kind(1)._replace(second="3")._asdict(),
        lambda kind: kind._fields,
        lambda kind: kind._field_defaults,
        lambda kind: (kind(1).first, kind(1).second),
        lambda kind: hash(kind(1)),
        lambda kind: repr(kind(1)).partition("(")[2],
    ],
)
def test_it_is_made_read_and_replaced_as_a_named_tuple(what: Any) -> None:
    assert what(Ours) == what(Typings)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda kind: kind(),
        lambda kind: kind(1, "2", 3),
        lambda kind: kind(1, third=3),
        lambda kind: kind(1)._replace(third=3),
        lambda kind: setattr(kind(1), "first", 2),
        lambda kind: setattr(kind(1), "third", 3),
    ],
)
def test_a_mistake_is_an_error(mistake: Any) -> None:
    for kind in (Ours, Typings):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            mistake(kind)


def test_equal_are_those_of_one_class_with_equal_fields() -> None:
    assert Ours(1) == Ours(1, "two")
    assert Ours(1) not in (Ours(2), Ours(1, "2"), Other(1), (1, "two"), None)


def test_methods_and_docstrings_stay() -> None:
    assert Ours(1).both() == "1 two"
    assert Ours.__doc__ == "A value."


def test_it_survives_copying_and_pickling() -> None:
    assert copy.deepcopy(Ours(1, "2")) == pickle.loads(pickle.dumps(Ours(1, "2"))) == Ours(1, "2")
