"""A case as the list of choices that make it, so that what was interesting can be changed and kept."""

from collections.abc import Sequence
from random import Random
from typing import Any

MAX_CHOICES = 2_000
_LARGE = 1 << 16


class Choices:
    """Choices, taken from `given` while it lasts and from `random` after it; `taken` is what came of it."""

    def __init__(self, given: Sequence[int], random: Random) -> None:
        self._given = given
        self._length = len(given)
        self._random = random.random
        self.taken: list[int] = []

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` - 1."""
        taken = self.taken
        place = len(taken)
        chosen = self._given[place] % bound if place < self._length else int(self._random() * bound)
        taken.append(chosen)
        return chosen

    def pick(self, options: Sequence[Any]) -> Any:
        """One of `options`."""
        return options[self.below(len(options))]

    def once_in(self, times: int) -> bool:
        """Whether something happens that happens once in so many times."""
        return self.below(times) == 0


def mutated(choices: Sequence[int], other: Sequence[int], random: Random) -> list[int]:
    """`choices` with up to four changes; `other` are those of another case, to take some from."""
    changed = list(choices)
    for _ in range(random.randint(1, 4)):
        place = random.randint(0, len(changed))
        way = random.randrange(6)
        if way <= 1 and place < len(changed):
            changed[place] = random.randrange(_LARGE)
        elif way == 2:
            del changed[place : place + random.randint(1, 4)]
        elif way == 3:
            changed[place:place] = [random.randrange(_LARGE) for _ in range(random.randint(1, 4))]
        elif way == 4:
            changed[place:] = other[place:]
        else:
            del changed[place:]
    return changed[:MAX_CHOICES]
