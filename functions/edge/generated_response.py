"""Responses that viewer-request makes itself (protocol section 7): viewer-response does not see them."""

from __future__ import annotations

from queueit.percent_encoding import encode_for_header, encode_query_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RETRY_AFTER_SECONDS = 30

_MAX_COOKIE_BYTES = 6_000  # beside the longest redirect, so that a response stays below CloudFront's 40 KB
_Headers = dict[str, list[dict[str, str]]]


def _headers(*lines: tuple[str, str]) -> _Headers:
    return {name.lower(): [{"key": name, "value": value}] for name, value in lines}


_ON_ALL = _headers(
    ("Cache-Control", "no-cache, no-store, must-revalidate, max-age=0"),
    ("Pragma", "no-cache"),
    ("Expires", "Fri, 01 Jan 1990 00:00:00 GMT"),
    ("x-queueit-connector", "cloudfront"),
)


def _set_cookie_lines(set_cookies: tuple[str, ...]) -> list[dict[str, str]]:
    """The first cookie, and of the others as many as there is room for: several are only ever deleted."""
    lines: list[dict[str, str]] = []
    size = 0
    for cookie in set_cookies:
        size += len("Set-Cookie") + len(cookie) + 4
        if lines and size > _MAX_COOKIE_BYTES:
            break
        lines.append({"key": "Set-Cookie", "value": cookie})
    return lines


def _response(
    status: str, description: str, headers: _Headers, set_cookies: tuple[str, ...] = ()
) -> dict[str, Any]:
    headers = {**headers, **_ON_ALL}
    if set_cookies:
        headers["set-cookie"] = _set_cookie_lines(set_cookies)
    return {"status": status, "statusDescription": description, "headers": headers}


def redirect(url: str, set_cookies: tuple[str, ...]) -> dict[str, Any]:
    """A page request's redirect; any character that a header cannot hold is percent-encoded."""
    location = [{"key": "Location", "value": encode_for_header(url)}]
    return _response("302", "Found", {"location": location}, set_cookies)


def _cross_origin(origin: str, allowed_origins: tuple[str, ...]) -> _Headers:
    """What lets a script of another site read the answer, if its site is one of `allowed_origins`."""
    if not allowed_origins:
        return {}
    if origin not in allowed_origins:
        return _headers(("Vary", "Origin"))
    return _headers(
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Vary", "Origin"),
    )


def ajax_redirect(
    url: str, set_cookies: tuple[str, ...], origin: str = "", allowed_origins: tuple[str, ...] = ()
) -> dict[str, Any]:
    """An AJAX call's answer: the page's own script reads the header and sends the visitor to `url`.

    `origin` is the call's Origin header, which is echoed only if it is one of `allowed_origins`.
    """
    headers = _headers(
        ("x-queueit-redirect", encode_query_value(url)),
        ("Access-Control-Expose-Headers", "x-queueit-redirect"),
    )
    return _response("200", "OK", {**headers, **_cross_origin(origin, allowed_origins)}, set_cookies)


def unavailable(set_cookies: tuple[str, ...] = (), accepted_languages: str = "") -> dict[str, Any]:
    """What a visitor gets when the connector cannot decide and fails closed, by their Accept-Language header."""
    from edge.unavailable_page import render

    page, language, policy = render(accepted_languages, RETRY_AFTER_SECONDS)
    headers = _headers(
        ("Retry-After", str(RETRY_AFTER_SECONDS)),
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Language", language),
        ("Content-Security-Policy", policy),
        ("Vary", "Accept-Language"),
        ("x-queueit-failed", "true"),
    )
    return {**_response("503", "Service Unavailable", headers, set_cookies), "body": page}
