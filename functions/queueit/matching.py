"""Which integrations a request reaches: for each form of its URL the first that matches (sections 2 and 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from queueit.candidates import Candidates
from queueit.integration import Integration
from queueit.request import Request
from queueit.snapshot import Snapshot
from queueit.triggers import Reading
from queueit.url_forms import Url, forms, is_plain, normalized, with_folded_host


def _places(candidates: Candidates, *urls: Url) -> list[int]:
    """The places, in order, of the integrations that any of `urls` may be for."""
    return sorted({place for url in urls for place in candidates.places(url.text_upper)})


def _first_match(snapshot: Snapshot, request: Request, url: Url) -> Integration | None:
    for place in snapshot.candidates.places(url.text_upper):
        integration = snapshot.integrations[place]
        if integration.matches(request, url):
            return integration
    return None


def _as_configured(snapshot: Snapshot, request: Request, raw: Url, normal: Url) -> Integration | None:
    """Section 2 to the letter, but for the host: each integration looks at one form of the URL."""
    for place in _places(snapshot.candidates, *dict.fromkeys((raw, normal))):
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
    for place in _places(snapshot.own_domain_candidates, *dict.fromkeys((raw, normal))):
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
    found = forms(request.url)
    reached: list[Integration | None] = []
    for url in found.urls:
        if own_domain:
            reached += _on_own_domain(snapshot, request, url, url)
        else:
            reached.append(_first_match(snapshot, request, url))
    if not found.are_all:
        reached += _on_any_page(snapshot, request)
    return _each_once(reached)
