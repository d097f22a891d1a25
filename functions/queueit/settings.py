"""What an operator can tell every edge through the snapshot, with no deployment."""

import re
from typing import Any, Final, NamedTuple

from queueit.errors import InvalidSettings, shown

SAME_SITE_VALUES: Final = ("Lax", "Strict", "None")
URL_MATCHINGS: Final = ("raw_or_normalized", "as_configured")
_METHOD = re.compile(r"[A-Z]{1,32}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}")


class SessionCookieSettings(NamedTuple):
    """Attributes of the session cookie; None leaves the choice to the integration."""

    same_site: str | None = None
    secure: bool | None = None
    http_only: bool | None = None


class Settings(NamedTuple):
    """All settings with their defaults; one that is absent from a document, or null, has its default."""

    enabled: bool = True
    url_matching: str = "raw_or_normalized"
    ignored_methods: tuple[str, ...] = ("OPTIONS",)
    session_cookie: SessionCookieSettings = SessionCookieSettings()
    poll_interval_seconds: int = 30
    replica_regions: tuple[str, ...] = ()
    decision_log_rate: float = 0.01


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _choice(*accepted: str) -> Any:
    def read(value: object) -> str:
        if value not in accepted:
            raise ValueError(" or ".join([f'"{one}"' for one in accepted]))
        return str(value)

    return read


def _whole_number(lowest: int, highest: int) -> Any:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return value

    return read


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1")
    return float(value)


def _list_of(pattern: "re.Pattern[str]", accepts: str) -> Any:
    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(
            isinstance(item, str) and pattern.fullmatch(item) for item in value
        ):
            raise ValueError(accepts)
        return tuple(value)

    return read


_SESSION_COOKIE_READERS: Final = {
    "same_site": _choice(*SAME_SITE_VALUES),
    "secure": _boolean,
    "http_only": _boolean,
}
_READERS: Final = {
    "enabled": _boolean,
    "url_matching": _choice(*URL_MATCHINGS),
    "ignored_methods": _list_of(_METHOD, 'a list of HTTP methods in capitals, such as ["OPTIONS"]'),
    "poll_interval_seconds": _whole_number(5, 300),
    "replica_regions": _list_of(_REGION, 'a list of AWS regions, such as ["eu-west-1"]'),
    "decision_log_rate": _share,
}


def _shown(value: object) -> str:
    return shown(value, 80)


def _read(
    document: object, readers: dict[str, Any], prefix: str, problems: list[str], unknown: list[str]
) -> dict[str, Any]:
    """The values of `document` that are given; what is wrong goes to `problems` and `unknown`."""
    if document is None:
        return {}
    if not isinstance(document, dict):
        where = f'setting "{prefix[:-1]}"' if prefix else "the settings"
        problems.append(f"{where}: got {_shown(document)}; accepts an object")
        return {}
    values = {}
    for name, value in document.items():
        if name not in readers:
            known = ", ".join(sorted(readers))
            unknown.append(f"setting {_shown(prefix + name)} is not known; the settings here are {known}")
        elif value is not None:
            try:
                values[name] = readers[name](value)
            except ValueError as error:
                problems.append(f'setting "{prefix}{name}": got {_shown(value)}; accepts {error}')
    return values


def parse_settings(document: object, *, strict: bool) -> Settings:
    """Read a settings object (parsed JSON); null or a missing name means the default.

    Strict, as config_refresh reads them, every unknown name or unaccepted value raises InvalidSettings; else,
    as the edge reads them, unknown names are those of a later version and are left out.
    """
    problems: list[str] = []
    unknown: list[str] = []
    readers: dict[str, Any] = {**_READERS, "session_cookie": lambda value: value}
    values = _read(document, readers, "", problems, unknown)
    if "session_cookie" in values:
        cookie = SessionCookieSettings(
            **_read(values["session_cookie"], _SESSION_COOKIE_READERS, "session_cookie.", problems, unknown)
        )
        if cookie.same_site == "None" and not cookie.secure:
            problems.append(
                'setting "session_cookie.same_site": got "None" without "session_cookie.secure"; browsers drop '
                "such a cookie: set session_cookie.secure to true, or accept Lax"
            )
        values["session_cookie"] = cookie
    if strict:
        problems += unknown
    if problems:
        raise InvalidSettings(tuple(problems))
    return Settings(**values)
