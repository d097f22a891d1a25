"""Which integrations a request reaches: for each form of its URL the first that matches (sections 2 and 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from queueit.integration_config import Integration
from queueit.request import Request
from queueit.snapshot import Snapshot, TextsInOrder
from queueit.triggers import Reading
from queueit.url_forms import Url, forms, is_plain, normalized, with_folded_host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_LONG: Final = 512
_GRAM: Final = 4


class _LongText:
    """A long text in which many others are looked for: nearly all are ruled out by four characters at each end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._grams = frozenset([text[place : place + _GRAM] for place in range(len(text) - _GRAM + 1)])

    def __contains__(self, wanted: str) -> bool:
        if len(wanted) >= _GRAM and not (wanted[:_GRAM] in self._grams and wanted[-_GRAM:] in self._grams):
            return False
        return wanted in self._text


def _searched(text: str, texts: TextsInOrder) -> str | _LongText:
    """`text`, ready for so many searches."""
    return _LongText(text) if len(text) > _LONG and len(texts) > len(text) // 64 else text


def _first_match(snapshot: Snapshot, request: Request, url: Url) -> Integration | None:
    texts, integrations = snapshot.by_required_text, snapshot.integrations
    upper: str | _LongText = url.text_upper
    if len(url.text) > _LONG:
        upper = _searched(url.text_upper, texts)
    for required, place in texts:
        if required in upper and integrations[place].matches(request, url):
            return integrations[place]
    return None


def _as_configured(snapshot: Snapshot, request: Request, raw: Url, normal: Url) -> Integration | None:
    """Section 2 to the letter, but for the host: each integration looks at one form of the URL."""
    texts = snapshot.by_required_text
    uppers = [_searched(url.text_upper, texts) for url in dict.fromkeys((raw, normal))]
    for required, place in texts:
        if any([required in upper for upper in uppers]):
            integration = snapshot.integrations[place]
            if integration.matches(request, normal if integration.is_normalized else raw):
                return integration
    return None


def _on_own_domain(
    snapshot: Snapshot, request: Request, raw: Url, normal: Url
) -> Iterator[Integration | None]:
    """Every Queue integration that matches for some host, up to an Ignore or Cancel that matches as sent.

    An integration looks at `normal` where it asks for the normalized URL, else at `raw`.
    """
    seen, texts = -1, snapshot.by_own_domain_text
    uppers = [_searched(url.text_upper, texts) for url in dict.fromkeys((raw, normal))]
    for required, place in texts:
        if place == seen or not any([required in upper for upper in uppers]):
            continue
        seen = place
        integration = snapshot.integrations[place]
        reading = Reading.SOME_HOST if integration.is_queue else Reading.EVERY_HOST
        if integration.matches_under(reading)(request, normal if integration.is_normalized else raw):
            yield integration
            if not integration.is_queue:
                return
    yield None


def _on_any_page(snapshot: Snapshot, request: Request) -> Iterator[Integration]:
    for integration in snapshot.integrations:
        if integration.is_queue and integration.matches_under(Reading.SOME_PAGE)(request, request.url):
            yield integration


def _each_once(reached: Iterable[Integration | None]) -> tuple[Integration | None, ...]:
    return tuple({id(one): one for one in reached}.values())


def reached_integrations(snapshot: Snapshot, request: Request) -> tuple[Integration | None, ...]:
    """The integrations that decide on `request`, each once, in the order of section 9: raw, normalized, resolved forms.

    None stands for a form that no integration is for. The request passes only if all of them let it.
    """
    settings = snapshot.settings
    own_domain = request.is_own_domain and settings.own_domain == "queue"
    if settings.url_matching == "as_configured":
        raw = with_folded_host(request.url)
        normal = normalized(raw)
        if own_domain:
            return _each_once(_on_own_domain(snapshot, request, raw, normal))
        return (_as_configured(snapshot, request, raw, normal),)
    if not own_domain and is_plain(request.url):
        return (_first_match(snapshot, request, request.url),)
    urls, are_all = forms(request.url)
    reached: list[Integration | None] = []
    for url in urls:
        if own_domain:
            reached += _on_own_domain(snapshot, request, url, url)
        else:
            reached.append(_first_match(snapshot, request, url))
    if not are_all:
        reached += _on_any_page(snapshot, request)
    return _each_once(reached)
