"""Responses that viewer-request makes itself (protocol section 7): viewer-response does not see them."""

from typing import Any

from queueit.percent_encoding import encode_for_header, encode_query_value

RETRY_AFTER_SECONDS = 30

_MAX_COOKIES = 64  # of some 200 bytes each, so that a response stays far below CloudFront's 40 KB
_NOT_CACHED = (
    ("Cache-Control", "no-cache, no-store, must-revalidate, max-age=0"),
    ("Pragma", "no-cache"),
    ("Expires", "Fri, 01 Jan 1990 00:00:00 GMT"),
    ("x-queueit-connector", "cloudfront"),
)
_UNAVAILABLE_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>One moment, please</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}</style>
<h1>One moment, please</h1>
<p>This page cannot be shown right now. Please try again in half a minute.</p>
</html>
"""


def _response(
    status: str, description: str, headers: tuple[tuple[str, str], ...], set_cookies: tuple[str, ...] = ()
) -> dict[str, Any]:
    lines: dict[str, Any] = {name.lower(): [{"key": name, "value": value}] for name, value in headers}
    if set_cookies:
        lines["set-cookie"] = [
            {"key": "Set-Cookie", "value": cookie} for cookie in set_cookies[:_MAX_COOKIES]
        ]
    return {"status": status, "statusDescription": description, "headers": lines}


def redirect(url: str, set_cookies: tuple[str, ...]) -> dict[str, Any]:
    """A page request's redirect; any character that a header cannot hold is percent-encoded."""
    return _response("302", "Found", (("Location", encode_for_header(url)), *_NOT_CACHED), set_cookies)


def ajax_redirect(url: str, set_cookies: tuple[str, ...]) -> dict[str, Any]:
    """An AJAX call's answer: the page's own script reads the header and sends the visitor to `url`."""
    headers = (
        ("x-queueit-redirect", encode_query_value(url)),
        ("Access-Control-Expose-Headers", "x-queueit-redirect"),
    )
    return _response("200", "OK", (*headers, *_NOT_CACHED), set_cookies)


def unavailable() -> dict[str, Any]:
    """What a visitor gets when the connector cannot decide and fails closed."""
    headers = (
        ("Retry-After", str(RETRY_AFTER_SECONDS)),
        ("Content-Type", "text/html; charset=utf-8"),
        ("x-queueit-failed", "true"),
    )
    response = _response("503", "Service Unavailable", (*headers, *_NOT_CACHED))
    response["body"] = _UNAVAILABLE_PAGE
    return response
