"""Finds the integrations that a URL may be for, by the texts that rule the others out (see `required_texts`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_MANY: Final = 128
_GRAM: Final = 4


class Candidates:
    """The integrations' texts, ready to be looked for in URLs.

    Few are looked for one by one. Of many, each is filed under four of its characters, the first or the last, and
    looked for only in a URL that has those: then a request costs about the same however many there are.
    `texts` are all of them in the integrations' order, each with its integration's place.
    """

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """`texts` of each integration; one without any is a candidate for every URL."""
        self.texts = tuple(
            [(text, place) for place, several in enumerate(texts) for text in several or ("",)]
        )
        self._unfiled = self.texts
        self._by_gram: dict[str, list[tuple[str, int]]] = {}
        if len(self.texts) > _MANY:
            self._unfiled = tuple([one for one in self.texts if len(one[0]) < _GRAM])
            self._file([one for one in self.texts if len(one[0]) >= _GRAM])

    def _file(self, texts: list[tuple[str, int]]) -> None:
        uses = Counter([text[:_GRAM] for text, _ in texts])
        uses.update([text[-_GRAM:] for text, _ in texts])
        for text, place in texts:
            gram = min(text[:_GRAM], text[-_GRAM:], key=uses.__getitem__)
            self._by_gram.setdefault(gram, []).append((text, place))

    def places(self, url_upper: str) -> list[int]:
        """The places, in order, of the integrations that the upper-cased URL has a text of."""
        found = [place for text, place in self._unfiled if text in url_upper]
        if self._by_gram:
            grams = {url_upper[start : start + _GRAM] for start in range(len(url_upper) - _GRAM + 1)}
            for gram in grams & self._by_gram.keys():
                found += [place for text, place in self._by_gram[gram] if text in url_upper]
            found.sort()
        return list(dict.fromkeys(found))
