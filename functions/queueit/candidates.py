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
            self._file([one for one in self.texts if len(one[0]) >= filed])

    def _file(self, texts: list[tuple[str, int]]) -> None:
        uses = Counter([gram for text, _ in texts for gram in (text[:_GRAM], text[-_GRAM:])])
        for text, place in texts:
            start = 0 if uses[text[:_GRAM]] <= uses[text[-_GRAM:]] else len(text) - _GRAM - self._step + 1
            for first in range(start, start + self._step):
                self._by_gram.setdefault(tuple(text[first : first + _GRAM]), []).append((text, place))

    def _grams(self, url_upper: str) -> Iterator[_Gram]:
        """The four characters at each place of a URL that has to be looked at."""
        if self._step == _GRAM:
            return zip(*[iter(url_upper)] * _GRAM)  # noqa: B905  # some may be left over
        return zip(*[url_upper[first:] for first in range(_GRAM)])  # noqa: B905

    def places(self, url_upper: str) -> list[int]:
        """The places, in order, of the integrations that the upper-cased URL has a text of."""
        found = [place for text, place in self._unfiled if text in url_upper]
        if by_gram := self._by_gram:
            for gram in {gram for gram in self._grams(url_upper) if gram in by_gram}:
                found += [place for text, place in by_gram[gram] if text in url_upper]
        return sorted({*found}) if len(found) > 1 else found
