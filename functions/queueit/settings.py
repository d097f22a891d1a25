"""What an operator can tell every edge through the snapshot, with no deployment."""

from __future__ import annotations

import re
from collections.abc import Callable

from queueit.errors import InvalidSettings, shown
from queueit.light_typing import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeAlias

SAME_SITE_VALUES: Final = ("Lax", "Strict", "None")
URL_MATCHINGS: Final = ("every_form", "as_configured")
OWN_DOMAINS: Final = ("queue", "as_sent")
PREFLIGHTS: Final = ("pass", "decide")
TRUNCATED_BODIES: Final = ("queue", "visible_part")
ON_FAILURES: Final = ("pass", "queue")
_MAX_URL_LENGTH: Final = 1024
# Text, not compiled: an edge compiles only what a given setting needs.
_METHOD = r"[A-Z]{1,32}"
_REGION = r"[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}"
_HOST = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[1-9][0-9]{0,4})?"
_LOOPBACK = r"(?:localhost|127\.0\.0\.1)(?::[1-9][0-9]{0,4})?"
_ORIGIN = rf"https://(?!.*:443$){_HOST}|http://{_LOOPBACK}"
_SERVICE_URL = rf"(?:https://{_HOST}|http://{_LOOPBACK})(?:/[!-\"$->@-~]*)?(?:\?[!-\"$-~]*)?"


class SessionCookieSettings(Struct):
    """Attributes of the session cookie; None leaves the choice to the integration."""

    same_site: str | None = None
    secure: bool | None = None
    http_only: bool | None = None


class EnqueueTokenSettings(Struct):
    """Whether visitors take a token along to the queue, and what is in it (protocol section 10).

    `key` adds a random one to each token.
    """

    enabled: bool = True
    validity_seconds: int = 240
    key: bool = False
    client_ip: bool = True
    x_forwarded_for: bool = False


class VerifySettings(Struct):
    """The service that is asked whether a queue id has been used too often (protocol section 12)."""

    url: str
    timeout_ms: int = 1000


class DirectPassSettings(Struct):
    """The service that may let a visitor in without waiting (protocol section 12).

    `on_failure` is what its timeout or failure means: "pass", as with other connectors, or "queue".
    """

    url: str
    timeout_ms: int = 3000
    on_failure: str = "pass"


class Settings(Struct):
    """All settings with their defaults; one that is absent from a document, or null, has its default.

    `url_matching` says whether every form of a URL is decided on or the one that the configuration names, `own_domain`
    whether requests to the distribution's own domain queue like those to the sites behind it (section 9); `preflight`
    whether CORS preflights pass undecided, as requests of `ignored_methods` do (section 5).

    `include_body` says whether CloudFront hands request bodies to the function; `truncated_body` what a trigger on
    a body means that CloudFront has cut: "queue" that it matches for Queue and Cancel and not for Ignore, so that no
    padding leads past the queue, "visible_part" that what is there is compared. `decision_log_rate` is the share
    of decisions, 0 to 1, that get a log line. The features that are None are off.
    """

    enabled: bool = True
    url_matching: str = "every_form"
    own_domain: str = "queue"
    preflight: str = "pass"
    ignored_methods: tuple[str, ...] = ()
    session_cookie: SessionCookieSettings = SessionCookieSettings()
    poll_interval_seconds: int = 30
    replica_regions: tuple[str, ...] = ()
    include_body: bool = False
    truncated_body: str = "queue"
    allowed_origins: tuple[str, ...] = ()
    enqueue_token: EnqueueTokenSettings = EnqueueTokenSettings()
    verify: VerifySettings | None = None
    direct_pass: DirectPassSettings | None = None
    diagnostics: bool = True
    decision_log_rate: float = 0.01

    @property
    def freshness_seconds(self) -> int:
        """How long an edge decides by what it knows until it waits a moment for what is in force."""
        return max(60, 2 * self.poll_interval_seconds)


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
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1")
    return float(value)


def _service_url(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MAX_URL_LENGTH or not re.fullmatch(_SERVICE_URL, value):
        raise ValueError(
            "an https URL of visible ASCII characters, host in lower case, without credentials or fragment "
            "(http for localhost only)"
        )
    return value


def _list_of(pattern: str, accepts: str) -> Any:
    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(
            isinstance(item, str) and re.fullmatch(pattern, item) for item in value
        ):
            raise ValueError(accepts)
        return tuple(value)

    return read


_Readers: TypeAlias = "dict[str, Any]"
"""A reader by the setting's name; an object of settings has readers of its own."""

_READERS: Final[_Readers] = {
    "enabled": _boolean,
    "url_matching": _choice(*URL_MATCHINGS),
    "own_domain": _choice(*OWN_DOMAINS),
    "preflight": _choice(*PREFLIGHTS),
    "ignored_methods": _list_of(_METHOD, 'a list of HTTP methods in capitals, such as ["TRACE"]'),
    "session_cookie": {
        "same_site": _choice(*SAME_SITE_VALUES),
        "secure": _boolean,
        "http_only": _boolean,
    },
    "poll_interval_seconds": _whole_number(5, 300),
    "replica_regions": _list_of(_REGION, 'a list of AWS regions, such as ["eu-west-1"]'),
    "include_body": _boolean,
    "truncated_body": _choice(*TRUNCATED_BODIES),
    "allowed_origins": _list_of(
        _ORIGIN,
        'a list of origins as browsers send them, such as ["https://www.example.com"]: lower case, no path, and a port '
        "only if it is not 443 (http for localhost only)",
    ),
    "enqueue_token": {
        "enabled": _boolean,
        "validity_seconds": _whole_number(30, 3600),
        "key": _boolean,
        "client_ip": _boolean,
        "x_forwarded_for": _boolean,
    },
    "verify": {"url": _service_url, "timeout_ms": _whole_number(100, 3000)},
    "direct_pass": {
        "url": _service_url,
        "timeout_ms": _whole_number(800, 4000),
        "on_failure": _choice(*ON_FAILURES),
    },
    "diagnostics": _boolean,
    "decision_log_rate": _share,
}
_OBJECTS: Final[dict[str, Callable[..., Any]]] = {
    "session_cookie": SessionCookieSettings,
    "enqueue_token": EnqueueTokenSettings,
    "verify": VerifySettings,
    "direct_pass": DirectPassSettings,
}


def _shown(value: object) -> str:
    return shown(value, 80)


def _read(
    document: object, readers: _Readers, prefix: str, problems: list[str], unknown: list[str]
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
        elif value is None:
            continue
        elif name in _OBJECTS:
            values[name] = _object(name, value, problems, unknown)
        else:
            try:
                values[name] = readers[name](value)
            except ValueError as error:
                problems.append(f'setting "{prefix}{name}": got {_shown(value)}; accepts {error}')
    return values


def _object(name: str, document: object, problems: list[str], unknown: list[str]) -> Any:
    """The settings object `name`, None if it is not usable."""
    found = len(problems)
    values = _read(document, _READERS[name], f"{name}.", problems, unknown)
    if "url" in _READERS[name] and "url" not in values and len(problems) == found:
        problems.append(f'setting "{name}.url" is missing; {name} needs the URL of the service to ask')
    return _OBJECTS[name](**values) if len(problems) == found else None


def parse_settings(document: object, *, strict: bool) -> Settings:
    """Read a settings object (parsed JSON); null or a missing name means the default.

    Strict, as config_refresh reads them, every unknown name or unaccepted value raises InvalidSettings; else,
    as the edge reads them, unknown names are those of a later version and are left out.
    """
    problems: list[str] = []
    unknown: list[str] = []
    values = _read(document, _READERS, "", problems, unknown)
    cookie = values.get("session_cookie")
    if cookie and cookie.same_site == "None" and not cookie.secure:
        problems.append(
            'setting "session_cookie.same_site": got "None" without "session_cookie.secure"; browsers drop such a '
            "cookie: set session_cookie.secure to true, or accept Lax"
        )
    if strict:
        problems += unknown
    if problems:
        raise InvalidSettings(tuple(problems))
    return Settings(**values)
