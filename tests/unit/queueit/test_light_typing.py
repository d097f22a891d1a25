"""Our named tuples do what typing's do."""

from __future__ import annotations

import copy
import pickle
from typing import Any
from typing import NamedTuple as TypingNamedTuple

import pytest

from queueit.light_typing import NamedTuple


class Ours(NamedTuple):
    """A value."""

    first: int
    second: str = "two"

    def both(self) -> str:
        """The two as one text."""
        return f"{self.first} {self.second}"


class Typings(TypingNamedTuple):
    first: int
    second: str = "two"


@pytest.mark.parametrize(
    "what",
    [
        lambda kind: kind(1),
        lambda kind: kind(1, "2"),
        lambda kind: kind(second="2", first=1),
        lambda kind: kind(1)._replace(second="3"),
        lambda kind: kind._make([1, "2"]),
        lambda kind: kind(1)._asdict(),
        lambda kind: kind._fields,
        lambda kind: kind._field_defaults,
        lambda kind: (kind(1).first, kind(1).second),
        lambda kind: kind(1) == (1, "two"),
        lambda kind: hash(kind(1)),
        lambda kind: copy.deepcopy(kind(1)),
        lambda kind: repr(kind(1)).partition("(")[2],
    ],
)
def test_a_value_is_made_read_and_changed_the_same_way(what: Any) -> None:
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


def test_methods_and_docstrings_stay() -> None:
    assert Ours(1).both() == "1 two"
    assert Ours.__doc__ == "A value."


def test_a_value_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(Ours(1, "2"))) == Ours(1, "2")
