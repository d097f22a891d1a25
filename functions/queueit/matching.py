"""Which integrations a request reaches: for each form of its URL the first that matches (sections 2 and 9)."""

from collections.abc import Iterable, Iterator

from queueit.integration_config import Integration
from queueit.request import Request
from queueit.snapshot import Snapshot
from queueit.triggers import Reading
from queueit.url_forms import Url, forms, normalized, with_folded_host


def _first_match(snapshot: Snapshot, request: Request, url: Url) -> Integration | None:
    upper = url.text_upper
    for required, place in snapshot.by_required_text:
        if required in upper and snapshot.integrations[place].matches(request, url):
            return snapshot.integrations[place]
    return None


def _as_configured(snapshot: Snapshot, request: Request, raw: Url, normal: Url) -> Integration | None:
    """Section 2 to the letter, but for the host: each integration looks at one form of the URL."""
    for required, place in snapshot.by_required_text:
        if required in raw.text_upper or required in normal.text_upper:
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
    seen = -1
    for required, place in snapshot.by_own_domain_text:
        if place == seen or (required not in raw.text_upper and required not in normal.text_upper):
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
    urls, are_all = forms(request.url)
    if len(urls) == 1 and not own_domain:
        return (_first_match(snapshot, request, urls[0]),)
    reached: list[Integration | None] = []
    for url in urls:
        if own_domain:
            reached += _on_own_domain(snapshot, request, url, url)
        else:
            reached.append(_first_match(snapshot, request, url))
    if not are_all:
        reached += _on_any_page(snapshot, request)
    return _each_once(reached)
