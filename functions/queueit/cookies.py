"""Cookies on the wire: the request's Cookie header in, Set-Cookie header values out."""

from __future__ import annotations

import re
import time
from functools import lru_cache

from queueit.light_typing import Struct

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

COOKIE_NAME = re.compile(r"[!#$'*+\-.^`|~\w]+", re.ASCII)
"""What a room's id, the end of a cookie's name, may consist of.

An RFC 6265 token; `%` left out, as decoders differ on it, and `&`, which stands between a session cookie's fields.
"""


def parse_cookies(cookie_header: str, text: str = "") -> dict[str, list[str]]:
    """The values, as sent, of each cookie with a text in it, by name; a browser sends the most specific first."""
    cookies: dict[str, list[str]] = {}
    for pair in [pair for pair in cookie_header.split(";") if text in pair]:
        key, equals, value = pair.partition("=")
        if equals:
            cookies.setdefault(key.strip(), []).append(value.strip())
    return cookies


@lru_cache(maxsize=4)  # the same second comes many times
def http_date(unix_seconds: int) -> str:
    """An IMF-fixdate, such as `Tue, 24 Nov 2026 12:00:00 GMT`, in any locale."""
    year, month, day, hour, minute, second, weekday, *_ = time.gmtime(unix_seconds)
    return f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} GMT"


class CookieAttributes(Struct):
    """How cookies of one integration are set; `trailer` is what follows `Expires`, leading `; ` included."""

    trailer: str

    def set_cookie(self, name: str, value: str, expires_at: int) -> str:
        """The value of a Set-Cookie header; `expires_at` in Unix seconds, 0 deletes the cookie."""
        return f"{name}={value}; Path=/; Expires={http_date(expires_at)}{self.trailer}"


def cookie_attributes(
    domain: str = "", *, http_only: bool = False, secure: bool = False, same_site: str | None = None
) -> CookieAttributes:
    """Attributes in the order of protocol section 4: Domain if any, HttpOnly, Secure, then SameSite if any."""
    return CookieAttributes(
        (f"; Domain={domain}" if domain else "")
        + ("; HttpOnly" if http_only else "")
        + ("; Secure" if secure else "")
        + (f"; SameSite={same_site}" if same_site else "")
    )
