"""Diagnostics: what the connector saw and did, in a cookie, for the holder of a debug token (protocol section 11)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from queueit import direct_pass
from queueit.cookies import cookie_attributes
from queueit.integration import Integration
from queueit.outcome import QUEUED, Decision, diagnostics_refused
from queueit.percent_encoding import encode_uri_component, replace_lone_surrogates
from queueit.queue_token import QueueToken
from queueit.redirect_urls import CONNECTOR, diagnostics_url
from queueit.request import Request
from queueit.secret_keys import SecretKeys
from queueit.services import ServiceRequest, ServiceResponse, Services
from queueit.snapshot import Snapshot
from queueit.visit import Visit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

COOKIE_NAME: Final = "queueitdebug"
LIFETIME_SECONDS: Final = 20 * 60

MAX_COOKIE_LENGTH: Final = 3800
"""Of the cookie's value, percent-encoded: browsers drop cookies over 4,096 bytes."""

_LENGTHS = (1024, 512, 256, 128, 64, 32, 16, 8)  # with the last, all entries together fit whatever they hold
_HEADERS: Final = (
    ("Via", "via"),
    ("Forwarded", "forwarded"),
    ("XForwardedFor", "x-forwarded-for"),
    ("XForwardedHost", "x-forwarded-host"),
    ("XForwardedProto", "x-forwarded-proto"),
)
_TOKEN_HASH = re.compile(r"(h_)[0-9a-fA-F]+")
_DIRECT_PASS_RESULTS: Final = {
    direct_pass.PASSED: "HasPassed",
    direct_pass.NOT_PASSED: "NotPassed",
    direct_pass.FAILED: "Timeout",
}

Entries = dict[str, str]
"""The cookie's entries in order."""

Decide = Callable[[Snapshot, Request, float, Services | None], Decision]
"""Decides on a request without diagnostics."""


class DiagnosedDefect(Exception):
    """A decision met a defect, its cause, while diagnostics were on; `set_cookies` say so to who asked for them."""

    def __init__(self, set_cookies: tuple[str, ...]) -> None:
        super().__init__("a defect, with diagnostics on")
        self.set_cookies = set_cookies


def token_error(token: QueueToken, keys: SecretKeys, now: int) -> str:
    """Why a debug token does not turn diagnostics on: `hash` or `timestamp`; empty when it does."""
    if not token.is_signed(keys):
        return "hash"
    return "timestamp" if token.expires_at < now else ""


def set_cookie(entries: Entries, now: int) -> str:
    """The value of a Set-Cookie header with `entries`, the longest of them cut so that a browser takes it."""
    value = ""
    for length in _LENGTHS:
        pairs = [f"{name}={text[:length]}" for name, text in entries.items()]
        value = encode_uri_component(replace_lone_surrogates("|".join(pairs)))
        if len(value) <= MAX_COOKIE_LENGTH:
            break
    return cookie_attributes(secure=True).set_cookie(COOKIE_NAME, value, now + LIFETIME_SECONDS)


def request_entries(snapshot: Snapshot, request: Request, token: QueueToken, now: int) -> Entries:
    """What can be said before anything is decided."""
    year, month, day, hour, minute, second, *_ = time.gmtime(now)
    return {
        "SdkVersion": CONNECTOR,
        "PureUrl": request.url.text,
        "QueueitToken": token.text,
        "OriginalUrl": request.original_url,
        "ServerUtcTime": f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z",
        "RequestIP": request.client_ip,
        **{f"RequestHttpHeader_{name}": request.header(header) for name, header in _HEADERS},
        "ConfigVersion": str(snapshot.version),
    }


def integration_entries(
    integration: Integration | None, request: Request, snapshot: Snapshot, now: int
) -> Entries:
    """Which integration matched, where the visitor would come back to, and what it says."""
    if integration is None:
        return {"MatchedConfig": "NULL"}
    entries = {"MatchedConfig": integration.name}
    visit = Visit(integration, request, snapshot, now)
    if integration.is_queue:
        entries["TargetUrl"] = visit.target
        entries["QueueConfig"] = _queue_config(integration, snapshot.version)
    elif integration.is_cancel:
        entries["TargetUrl"] = visit.page_url
        entries["CancelConfig"] = _cancel_config(integration, snapshot.version)
    return entries


def _spelled(value: Any) -> str:
    """A value of the configuration as the platform's own connectors spell it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(value)
    return "null" if value is None else str(value)


def _joined(values: dict[str, Any]) -> str:
    return "&".join([f"{name}:{_spelled(value)}" for name, value in values.items()])


def _queue_config(integration: Integration, version: int) -> str:
    source = integration.source
    return _joined(
        {
            "EventId": integration.event_id,
            "AllowedWaitingRoomIds": source.get("InvolvedWaitingRoomIds") or [],
            "Version": version,
            "ActionName": integration.name,
            "QueueDomain": source.get("QueueDomain"),
            "QueuePathPrefix": source.get("QueuePathPrefix") or "",
            "CookieDomain": source.get("CookieDomain"),
            "IsCookieHttpOnly": source.get("IsCookieHttpOnly") or False,
            "IsCookieSecure": source.get("IsCookieSecure") or False,
            "ExtendCookieValidity": source.get("ExtendCookieValidity"),
            "CookieValidityMinute": source.get("CookieValidityMinute"),
            "LayoutName": source.get("LayoutName"),
            "Culture": source.get("Culture"),
            "VerifyActionEnabled": source.get("VerifyQueueIdEnabled"),
            "QueueIdUsageLimit": integration.usage_limit or "",
        }
    )


def _cancel_config(integration: Integration, version: int) -> str:
    source = integration.source
    prefix = source.get("QueuePathPrefix")
    return _joined(
        {
            "WaitingRoomIds": list(integration.rooms),
            "Version": version,
            "QueueDomain": source.get("QueueDomain"),
            **({"QueuePathPrefix": prefix} if prefix else {}),
            "CookieDomain": source.get("CookieDomain"),
            "IsCookieHttpOnly": source.get("IsCookieHttpOnly") or False,
            "IsCookieSecure": source.get("IsCookieSecure") or False,
            "ActionName": integration.name,
        }
    )


class Recorder:
    """Services, with what they were asked on the way to a decision and what they answered."""

    def __init__(self, services: Services | None) -> None:
        self._services = services
        self._exchanges: list[tuple[ServiceRequest, ServiceResponse | None]] = []

    def services(self) -> Services | None:
        """The services, recorded, if there are any."""
        services = self._services
        if services is None:
            return None

        def post(request: ServiceRequest) -> ServiceResponse | None:
            response = services.post(request)
            self._exchanges.append((request, response))
            return response

        return Services(post, services.new_uuid)

    def entries(self) -> Entries:
        """What went to the direct-pass service and came back; the signature of a token in it is left out."""
        entries: Entries = {}
        for request, response in self._exchanges:
            if request.service != "direct_pass":
                continue
            entries |= {
                "DirectPassTimeoutSetting": str(request.timeout_ms),
                "DirectPassTimeoutUsed": str(request.timeout_ms),
            }
            if response:
                body = response.body[:MAX_COOKIE_LENGTH].decode("utf-8", "replace")
                entries |= {
                    "DirectActionHttpReponseCode": str(response.status),
                    "DirectActionHttpResponseBody": _TOKEN_HASH.sub(r"\1…", body),
                }
            entries["DirectPassResult"] = _DIRECT_PASS_RESULTS[direct_pass.read_response(response).outcome]
        return entries


def diagnose(
    decide: Decide,
    snapshot: Snapshot,
    request: Request,
    now: float,
    services: Services | None,
    token: QueueToken,
) -> Decision:
    """Decide for the holder of a debug token, and say in a cookie what was seen and done; `now` in Unix seconds.

    A bad token leads to the platform's page for it. A defect is raised as DiagnosedDefect.
    """
    seconds = int(now)
    error = token_error(token, snapshot.keys, seconds)
    if error:
        url = diagnostics_url(snapshot.customer_id, error)
        return Decision(None, url, (), diagnostics_refused(error))
    entries = request_entries(snapshot, request, token, seconds)
    recorder = Recorder(services)
    try:
        decision = decide(snapshot, request, now, recorder.services())
    except Exception as defect:
        entries["Exception"] = type(defect).__name__
        raise DiagnosedDefect((set_cookie(entries, seconds),)) from defect
    entries |= integration_entries(decision.integration, request, snapshot, seconds)
    if decision.reason == QUEUED and snapshot.settings.direct_pass is None:
        entries["DirectActionDisabled"] = "true"
    entries |= recorder.entries()
    return decision._replace(set_cookies=(*decision.set_cookies, set_cookie(entries, seconds)))
