"""Finds the integrations that a URL may be for, by the texts that rule the others out (see `required_texts`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

_MANY: Final = 48
_GRAM: Final = 4

_Gram: TypeAlias = "tuple[str, ...]"


def _grams(text: str) -> Iterator[_Gram]:
    """The four characters at each place of `text`."""
    return zip(text, text[1:], text[2:], text[3:])  # noqa: B905  # the last places have fewer


class Candidates:
    """The integrations' texts, ready to be looked for in URLs.

    Few are looked for one by one. Of many, each is filed under four of its characters, at its beginning or its end, and
    looked for only in a URL that has those: then a request costs about the same however many there are. If nearly all
    are long, each is filed four times, a place apart: then every fourth place of a URL is enough to look at.
    `texts` are all of them in the integrations' order, each with its integration's place.
    """

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """`texts` of each integration; one without any is a candidate for every URL."""
        self.texts = tuple(
            [(text, place) for place, several in enumerate(texts) for text in several or ("",)]
        )
        self._unfiled = self.texts
        self._by_gram: dict[_Gram, list[tuple[str, int]]] = {}
        if len(self.texts) > _MANY:
            short = sum([len(text) < 2 * _GRAM - 1 for text, _ in self.texts])
            self._step = _GRAM if short <= _MANY else 1
            filed = _GRAM + self._step - 1
            self._unfiled = tuple([one for one in self.texts if len(one[0]) < filed])
            self._file([one for one in self.texts if len(one[0]) >= filed], filed)

    def _file(self, texts: list[tuple[str, int]], length: int) -> None:
        ends = [(one, one[0][:_GRAM], one[0][-_GRAM:]) for one in texts]
        uses = Counter([gram for _, first, last in ends for gram in (first, last)])
        by_gram = self._by_gram
        for one, first, last in ends:
            for gram in _grams(one[0][:length] if uses[first] <= uses[last] else one[0][-length:]):
                if gram in by_gram:
                    by_gram[gram].append(one)
                else:
                    by_gram[gram] = [one]

    def _grams_of(self, url_upper: str) -> Iterator[_Gram]:
        """The four characters at each place of a URL that has to be looked at."""
        if self._step == 1:
            return _grams(url_upper)
        return zip(*[iter(url_upper)] * _GRAM)  # noqa: B905  # some may be left over

    def places(self, url_upper: str) -> list[int]:
        """The places, in order, of the integrations that the upper-cased URL has a text of."""
        found = [place for text, place in self._unfiled if text in url_upper]
        if by_gram := self._by_gram:
            for gram in by_gram.keys() & self._grams_of(url_upper):
                found += [place for text, place in by_gram[gram] if text in url_upper]
        return sorted({*found}) if len(found) > 1 else found
