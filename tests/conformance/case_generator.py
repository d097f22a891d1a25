"""Generated cases, ordinary to hostile: a configuration with the requests that meet it, all from one seed.

Everything is signed here, independently of the engine, so that a case can be valid in every way but one.
"""

import base64
import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from tests.conformance.session_grammar import is_ambiguous, mac, needs_mac

COOKIE_PREFIX = "QueueITAccepted-SDFrts345E-V3_"
SECRET_KEY = "a-secret-key-for-generated-cases"
LONG_SECRET_KEYS = tuple(SECRET_KEY.ljust(length, "-") for length in (64, 65, 72, 128))
"""Of a block of HMAC-SHA256 and longer ones, which are shortened first."""
OTHER_SECRET_KEY = "the-key-of-somebody-else"
API_KEY = "an-api-key-for-generated-cases"
PROXY_KEY = "a-proxy-key-for-generated-cases"
VERIFY_URL = "https://verify.example/{customerId}/{eventId}/{queueId}?limit={usageLimit}"
DIRECT_PASS_URL = "https://pass.example/{customerId}/{eventId}"


class Services(NamedTuple):
    """What the world outside answers a case, were it asked (protocol sections 10 and 12).

    `verify` is "allowed", "denied" or "failed"; `direct_pass` is "passed", with that token, "not passed" or "failed".
    `token_id` and `key` are the random UUIDs of an enqueue token.
    """

    verify: str = "allowed"
    direct_pass: str = "not passed"
    direct_pass_token: str = ""
    token_id: str = "00000000-0000-4000-8000-000000000001"
    key: str = "00000000-0000-4000-8000-000000000002"


class Case(NamedTuple):
    """One viewer-request event at `now` (Unix seconds, whole eighths so that milliseconds are exact)."""

    event: dict[str, Any]
    now: float
    services: Services = Services()


NO_ENQUEUE_TOKEN = {"enabled": False}
"""The reference makes none unless its caller wants one."""


class Group(NamedTuple):
    """Cases that share a configuration, an account and the connector's settings.

    While a rotation lasts, `previous_secret_key` is the one that the account had before; empty else.
    """

    config: dict[str, Any]
    customer_id: str
    secret_key: str
    cases: list[Case]
    settings: dict[str, Any] = {}  # noqa: RUF012  # never changed
    previous_secret_key: str = ""


def trigger_parts(config: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every trigger part of a configuration, each with its integration."""
    for integration in config["Integrations"]:
        for trigger in integration.get("Triggers") or []:
            for part in trigger.get("TriggerParts") or []:
                yield integration, part


def encode_component(text: str) -> str:
    """encodeURIComponent."""
    return quote(text, safe="-_.!~*'()", errors="surrogatepass")


def sign_token(fields: list[tuple[str, str]], key: str) -> str:
    """A queue token of these fields, its hash last (protocol section 3)."""
    text = "~".join([f"{name}_{value}" for name, value in fields])
    return f"{text}~h_{mac(key, text)}"


ROOMS = (
    "spring", "summer-2026", "EventCaps", "room_a", "roomB", "x", "e.v.1", "spring1",
    "Vip-0f0e0d0c-1111-2222-3333-444444444444",
)  # fmt: skip
HOSTS = ("shop.example", "www.shop.example", "shop.example:8443", "SHOP.example", "d111.cloudfront.net")
SEGMENTS = (
    "tickets", "Tickets", "TICKETS", "checkout", "cart", "a", "b.html", "index.php", "%74ickets", "ti%63kets",
    "%2e%2e", "..", ".", "", "a%20b", "a+b", "caf%C3%A9", "caf%c3%a9", "%E2%82%AC", "x;y=1", "~user", "(1)",
    "it's", "*", "!", "@", "a:b", "%2F", "%5C", "%00",
)  # fmt: skip
SPELLINGS = ("tickets", "Tickets", "%74ickets", "ticket%73", "x/../tickets", "./tickets", "%2e%2e/tickets")
"""Of one path that triggers often look for."""
HOSTILE_SEGMENTS = (
    "\\", "\\..\\", "é", "€", "😀", "%", "%zz", "%e", "%ff", "a b", "\t", '"', "<x>", "{y}", "|", "^", "`", "...",
    "..;", "%252e", "%2E%2E%2F", "ß", "ﬀ", "\u2028", "\ud800", "\ufeff", "\u00a0", "[1]", "tickets\u0131",
)  # fmt: skip
PARAMETERS = (
    "id=1", "id=2", "q=a+b", "q=a%20b", "u=https%3A%2F%2Fx.example%2F%3Fa%3Db", "empty=", "flag", "", "=", "a=b=c",
    "Tickets=yes", "x=%C3%A9", "t=../..", "r=//y", "queueittokens=1", "xqueueittoken=2", "s=%2E%2e",
)  # fmt: skip
HOSTILE_PARAMETERS = (
    "%", "é=ü", "q=😀", "q=%zz", "a b", "queueit%74oken=x", "?", "??a", "x=#y", "\\", "'", '"', "\u2028", "%00",
    "\ud800", "q=\u00a0", "a=1;b=2", ";", "q=%252e%252e%252f", "%71=1", "%2571=1", "+", "a+b=c+d",
    "queueittoken%3Dx", "QueueIT%54oken=e_spring", "%71ueueittoken=x", "queueittoken%20=x",
)  # fmt: skip
USER_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
    "Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.4.0", "", "MOZILLA", "straße", "É",
)  # fmt: skip
BODIES = ("", '{"action":"buy"}', "action=buy&id=1", "BUY", "caf\u00e9", "😀", "*", "\x00\x01")
COOKIE_VALUES = ("1", "", "vip", "VIP", "a%20b", "a=b", "%zz", "%ff", '"quoted"', "*", "caf%C3%A9", "é")
HEADER_NAMES = (
    "X-Device", "X-Device", "x-device", "X-Missing", "Accept-Language", "Cookie", "", "x-dEVICE", "USER-AGENT",
    "constructor", "__proto__", "toString",
)  # fmt: skip
HEADER_VALUES = ("1", "", "mobile", "MOBILE", "*", "a, b", "é", "ß")
ODD_ADDRESSES = ("", "::ffff:203.0.113.7", "fe80::1%eth0", "203.0.113.7 ", "unknown")
ADDRESSES = ("203.0.113.7", "198.51.100.23", "2001:db8::1", "::1")
AJAX_PAGES = (
    "https%3A%2F%2Fshop.example%2Fpage%3Fa%3Db", "https%3A%2F%2Fshop.example%2Fpage%3Fa%3Db",
    "https://shop.example/page", "HTTP%3A%2F%2Fshop.example", "https%3A%2F%2Fshop.example%2F%F0%9F%98%80",
    "https%3A%2F%2Fshop.example%2F%zz", "https%3A%2F%2Fshop.example%2F%ff",
)  # fmt: skip
HOSTILE_AJAX_PAGES = (
    "%zz", "%ff", "caf%C3%A9", "x", "%20", "javascript%3Aalert(1)", "data:text/html,x", "//shop.example/", "https:",
    "https%3A%2F%2F", "https%3A%2Fshop.example", "%20https%3A%2F%2Fshop.example", "ftp://shop.example", "HTTPS:\\\\x",
    "https%3A%2F%2Fshop.example%2F%0d%0aSet-Cookie%3A%20a%3Db",
)  # fmt: skip
FORWARDED = (
    "198.51.100.1", "198.51.100.1, 10.0.0.1", "2001:db8::7", "for=198.51.100.1;proto=https", "unknown", "é|=;,",
)  # fmt: skip
REDIRECT_TYPES = (
    "queue", "safetynet", "afterevent", "disabled", "directlink", "idle", "Queue", "SafetyNet", "2x", "x2", "a-b",
    "1", "", "Ünïcode",
)  # fmt: skip
WORDS = (
    "tickets", "Tickets", "/tickets", "/TICKETS/", "shop.example", "SHOP.EXAMPLE", "*", "", "a", "buy", "vip", "1",
    "mobile", "bot", "https://", "?", "id=1", "caf%C3%A9", "é", "É", "ß", "SS", "/", "..", "+", "%20", "😀", "\\",
)  # fmt: skip
ODD_VALIDITIES = (
    "+5", " 7", "5e3", "-1", "0", "007", "2147483648", "2147483647", "525600", "527040", "1.5", "\t3"
)  # fmt: skip
ODD_TIMES = (
    "+2000000000", "-1", " 2000000000", "2000000000 ", "2e10", "2147483647", "2147483648", "4294967296",
    "253402300799", "253402300800", "0", "-62135596800", "9" * 40, "2000000000.9", "02000000000",
)  # fmt: skip
GARBAGE_TOKENS = (
    "x", "~", "_", "e_", "%", "%zz", "e_spring~h_", "é", "😀", "\ud800", "a&b", "h_~h_", "~h_undefined", "a b",
    "<script>", "../", "e_spring~ts_9999999999~h_" + "0" * 64,
)  # fmt: skip


EXPECTED_VALUES = {
    "UrlValidator": (
        *WORDS, "/", "/a", "shop.example:8443", ":8443", "https://shop.example/", "/tickets/", "/tickets", "/a/b.html",
    ),
    "CookieValidator": ("1", "vip", "VIP", "a b", "a=b", "%zz", "*", "caf\u00e9", "", '"quoted"'),
    "UserAgentValidator": ("bot", "Mozilla", "MOZILLA", "curl", "*", "", "STRASSE", "\u00e9"),
    "HttpHeaderValidator": ("1", "mobile", "MOBILE", "a, b", "b", "*", "", "\u00c9", "ss", "en-GB", "segment"),
    "RequestBodyValidator": ("buy", "BUY", "action", "caf", "*", "", "\u00e9", "\ufffd", "\U0001f600"),
}  # fmt: skip
"""What triggers of each kind look for: often something that the generated requests have."""


class CaseGenerator:
    """An endless, reproducible stream of groups."""

    def __init__(self, seed: int, cases_per_group: int = 8) -> None:
        self._random = random.Random(seed)
        self._cases_per_group = cases_per_group
        self._secret_key = SECRET_KEY

    def groups(self, cases: int) -> Iterator[Group]:
        """Groups with at least `cases` cases in total."""
        made = 0
        while made < cases:
            group = self.group()
            made += len(group.cases)
            yield group

    def group(self) -> Group:
        """One configuration with its requests."""
        customer_id = self._pick(("acme", "acme-shop", "Customer_1"))
        self._secret_key = self._pick(LONG_SECRET_KEYS) if self._chance(0.25) else SECRET_KEY
        config = self._config(customer_id)
        settings = self._settings()
        hostile = self._chance(0.35)
        cases = [self._case(config, settings, hostile) for _ in range(self._cases_per_group)]
        previous = OTHER_SECRET_KEY if self._chance(0.3) else ""
        return Group(config, customer_id, self._secret_key, cases, settings, previous)

    def url(self) -> str:
        """A URL for normalization alone: stranger than what CloudFront passes on."""
        if self._chance(0.1):
            alphabet = "/\\.:?#%20aE9~-_éß😀\ud800\udc00 \t\n\u00a0\ufeff+[]@!$&'()*,;=<>{}|^`\"\x00\x7f"
            return "".join(self._random.choices(alphabet, k=self._random.randrange(0, 30)))
        scheme = self._pick(
            ("https://", "http://", "HTTPS://", "//", "", "ftp://", "https:/", "https:", " https://")
        )
        host = self._pick((*HOSTS, "", "shop", "é.example", "a\\b", "[::1]", "user@h.example"))
        return (
            scheme
            + host
            + self._path(0.4)
            + self._pick(("", "?", "?" + self._query(0.4)))
            + self._pick(("", "", "", "#frag", "#a?b", "#é", " "))
        )

    # Small change

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _pick(self, options: tuple[str, ...]) -> str:
        return self._random.choice(options)

    def _guid(self) -> str:
        digits = "".join(self._random.choices("0123456789abcdef", k=32))
        guid = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        return guid.upper() if self._chance(0.1) else guid

    def _queue_id(self) -> str:
        if self._chance(0.85):
            return self._guid()
        return self._pick((
            "", "q1", "not-a-guid", "1234", "QID with space", self._guid() + "0", "ÿ", "a/b?c", self._guid() + "20",
            "x" + self._guid(),
        ))  # fmt: skip

    # Settings and configurations

    def _settings(self) -> dict[str, Any]:
        """Those of the features that are off by default, and of the request's body."""
        settings: dict[str, Any] = {
            "include_body": self._chance(0.8),
            "truncated_body": self._pick(("queue", "visible_part")),
            "diagnostics": self._chance(0.9),
            "enqueue_token": NO_ENQUEUE_TOKEN,
        }
        if self._chance(0.4):
            settings["enqueue_token"] = {
                "enabled": True,
                "validity_seconds": self._random.choice((30, 240, 3600)),
                "key": self._chance(0.5),
                "client_ip": self._chance(0.7),
                "x_forwarded_for": self._chance(0.7),
            }
        if self._chance(0.4):
            settings["verify"] = {"url": VERIFY_URL, "timeout_ms": self._random.choice((100, 1000, 3000))}
        if self._chance(0.3):
            settings["direct_pass"] = {
                "url": DIRECT_PASS_URL,
                "timeout_ms": self._random.choice((800, 3000, 4000)),
                "on_failure": self._pick(("pass", "pass", "queue")),
            }
        return settings

    def _config(self, customer_id: str) -> dict[str, Any]:
        count = self._random.choice((1, 1, 2, 3, 5, 8))
        catch_all = 0.5 if count <= 5 else 0.1
        integrations = [self._integration(number, catch_all) for number in range(count)]
        config: dict[str, Any] = {
            "Description": "generated",
            "Integrations": integrations,
            "CustomerId": customer_id,
            "AccountId": customer_id,
            "Version": self._random.choice((1, 7, 2026, 99999)),
            "PublishDate": "2026-11-24T00:00:00.0000000Z",
            "ConfigDataVersion": "1.0.0.4",
        }
        for name in ("Description", "CustomerId", "PublishDate", "ConfigDataVersion"):
            if self._chance(0.1):
                config[name] = None
        return config

    def _integration(self, number: int, catch_all: float) -> dict[str, Any]:
        rooms = self._random.sample(ROOMS, 3)
        integration: dict[str, Any] = {
            "Name": self._pick((f"integration {number}", "Tickets", "a&b=c", "é", "it's (new)!*", "")),
            "ActionType": self._random.choices(
                ("Queue", "Cancel", "Ignore", "Unknown", "queue"), (70, 18, 8, 2, 2)
            )[0],
            "EventId": rooms[0],
            "InvolvedWaitingRoomIds": self._random.choice(
                (None, [], rooms[1:2], rooms[1:], [rooms[1], rooms[0]])
            ),
            "CookieDomain": self._pick(("", "", ".shop.example", "shop.example")),
            "IsCookieHttpOnly": self._chance(0.5),
            "IsCookieSecure": self._chance(0.5),
            "LayoutName": self._pick(("", "", "My layout", "Ünï+code & co")),
            "Culture": self._pick(("", "", "en-GB", "zh-Hans")),
            "ExtendCookieValidity": self._chance(0.7),
            "CookieValidityMinute": self._random.choice((1, 20, 20, 60)),
            "QueueDomain": self._pick(("acme.queue-it.net", "queue.shop.example", "queue.shop.example/")),
            "QueuePathPrefix": self._random.choice((None, "", "", "prefix", "/prefix", "a/b/", "/")),
            "RedirectLogic": self._pick(
                ("AllowTParameter", "AllowTParameter", "EventTargetUrl", "ForcedTargetUrl")
            ),
            "ForcedTargetUrl": self._pick(
                ("", "https://shop.example/start?a=b&c=d", "https://shop.example/ü (x)")
            ),
            "VerifyQueueIdEnabled": self._random.choice((None, False, True, True)),
            "QueueIdUsageLimit": self._random.choice((None, 1, 3)),
            "IsNormalizationEnabled": self._chance(0.4),
            "Triggers": [self._trigger() for _ in range(self._random.choice((0, 1, 1, 1, 2)))],
        }
        if self._chance(catch_all):
            everything = {"ValidatorType": "UrlValidator", "UrlPart": "PageUrl", "Operator": "Contains"}
            integration["Triggers"].append({"LogicalOperator": "And", "TriggerParts": [
                {**everything, "ValueToCompare": "*", "IsNegative": False, "IsIgnoreCase": True}
            ]})  # fmt: skip
        if self._chance(0.05):
            del integration["Name"]
        if self._chance(0.03):
            integration["QueuePathPrefix"] = "//a//"
        optional = sorted({*integration} - {"Name", "EventId", "QueueDomain", "ActionType", "Triggers"})
        for name in self._random.sample(optional, self._random.choice((0, 0, 0, 1, 2, 3))):
            if self._chance(0.5):
                integration[name] = None
            else:
                del integration[name]
        if self._chance(0.4):
            self._make_odd(integration, rooms)
        return integration

    def _make_odd(self, integration: dict[str, Any], rooms: list[str]) -> None:
        """Values that no account needs and some account may hold; what is refused at publication is left out."""
        first = rooms[0]
        odd: list[tuple[str, Any]] = [
            ("InvolvedWaitingRoomIds", [first.swapcase(), first]),
            ("InvolvedWaitingRoomIds", [rooms[1], first.upper(), rooms[1]]),
            ("InvolvedWaitingRoomIds", [*rooms[1:], "autumn", first.lower(), "Autumn"]),
            ("InvolvedWaitingRoomIds", ["", rooms[1], ""]),
            ("QueueIdUsageLimit", 0),
            ("QueueIdUsageLimit", -self._random.choice((1, 3))),
            ("QueueIdUsageLimit", self._random.choice((2**53 - 1, 2**31 + 1))),
            ("QueueDomain", self._random.choice(
                (None, "", "ACME.Queue-it.NET", "queue_shop.example", "queue.shop.example:8443", "localhost", "1.2.3.4",
                 "queue.shop.example.", "-a-")
            )),
            ("QueuePathPrefix", self._pick(
                ("/a//b/", "a?b", "a#b", "..", "%2F", "a;b", "//", "///a///", "a&b=c", "~(x)!'*", "A/./B")
            )),
            ("CookieDomain", self._pick(
                ("SHOP.example", "..shop.example", "localhost", "127.0.0.1", "a_b.example", "-")
            )),
            ("Culture", self._pick(("en_GB", "EN", " ", "é&=?#", "%", "\ud800", "\u0000", "zh-Hans-CN-x-private"))),
            ("LayoutName", self._pick((" ", "%20", "<b>", "\U0001f600", "\udc00x", "a\r\nb", "'()*!", "0"))),
            ("RedirectLogic", self._pick(("ForecedTargetUrl", "forcedtargeturl", "", "AllowTparameter"))),
            ("ActionType", None),
            ("Name", self._random.choice((None, "\ud800", "constructor", "0"))),
            ("Triggers", None),
        ]  # fmt: skip
        for name, value in self._random.sample(odd, self._random.choice((1, 1, 2, 3))):
            integration[name] = value
            if value is None and self._chance(0.5):
                del integration[name]
        if integration.get("ActionType") != "Queue" and self._chance(0.3):
            involved = integration.get("InvolvedWaitingRoomIds")
            integration["InvolvedWaitingRoomIds"] = involved or rooms[1:]
            integration["EventId"] = self._random.choice((None, ""))

    def _trigger(self) -> dict[str, Any]:
        trigger: dict[str, Any] = {
            "LogicalOperator": self._random.choice(
                ("And", "And", "Or", "Or", "or", None, "AND", "OR", "and", "Xor")
            ),
            "TriggerParts": [self._part() for _ in range(self._random.choice((0, 1, 1, 1, 2, 3)))],
        }
        if self._chance(0.02):
            trigger["TriggerParts"] = None
        return trigger

    def _part(self) -> dict[str, Any]:
        validator = self._random.choices(
            (
                "UrlValidator",
                "CookieValidator",
                "UserAgentValidator",
                "HttpHeaderValidator",
                "RequestBodyValidator",
                "Unknown",
                "urlvalidator",
                "HTTPHEADERVALIDATOR",
            ),
            (50, 12, 12, 12, 12, 2, 1, 1),
        )[0]
        words = EXPECTED_VALUES.get(validator, WORDS)
        part: dict[str, Any] = {
            "ValidatorType": validator,
            "Operator": self._random.choices(
                ("Equals", "Contains", "EqualsAny", "ContainsAny", "StartsWith", "equals", "CONTAINS", "containsAny"),
                (22, 40, 18, 18, 2, 1, 1, 1),
            )[0],
            "ValueToCompare": self._pick(words),
            "ValuesToCompare": self._random.choices(words, k=self._random.randrange(0, 4)),
            "IsNegative": self._chance(0.3),
            "IsIgnoreCase": self._chance(0.5),
            "UrlPart": self._random.choice(("HostName", "PagePath", "PageUrl", "PageUrl", "Unknown")),
            "CookieName": self._pick(("segment", "Segment", "missing", "")),
            "HttpHeaderName": self._pick(HEADER_NAMES),
        }  # fmt: skip
        for name in self._random.sample(sorted(part), self._random.choice((0, 0, 0, 1, 3))):
            if self._chance(0.5):
                part[name] = None
            else:
                del part[name]
        return part

    # Requests

    def _path(self, strangeness: float) -> str:
        if self._chance(0.15):
            return f"/{self._pick(SPELLINGS)}"
        segments = []
        for _ in range(self._random.randrange(0, 5)):
            odd = self._chance(strangeness)
            likely = SPELLINGS if self._chance(0.4) else SEGMENTS
            segments.append(self._pick(HOSTILE_SEGMENTS if odd else likely))
        return "/" + self._random.choice(("/", "/", "/", "//", "\\"[: int(strangeness * 9)] or "/")).join(
            segments
        )

    def _query(self, strangeness: float) -> str:
        chosen = []
        for _ in range(self._random.randrange(0, 4)):
            odd = self._chance(strangeness)
            chosen.append(self._pick(HOSTILE_PARAMETERS if odd else PARAMETERS))
        return "&".join(chosen)

    def _services(self, rooms: list[str], now: float, address: str) -> Services:
        return Services(
            self._random.choices(("allowed", "denied", "failed"), (60, 30, 10))[0],
            self._random.choices(("not passed", "passed", "failed"), (40, 40, 20))[0],
            self._token(rooms, now, address, hostile=False),
            self._guid(),
            self._guid(),
        )

    def _body(self, hostile: bool) -> dict[str, Any]:
        """A request's body as CloudFront passes it on: what is truncated is 40 KB."""
        content = self._pick(BODIES).encode() if self._chance(0.9) else b"\xff\xfebuy\x80"
        truncated = self._chance(0.35)
        if truncated and hostile and self._chance(0.1):
            content = (content * 40_000)[:40_000]
        as_text = self._chance(0.1) and content.isascii()
        return {
            "inputTruncated": truncated,
            "action": "read-only",
            "encoding": "text" if as_text else "base64",
            "data": content.decode() if as_text else base64.b64encode(content).decode(),
        }

    def _case(self, config: dict[str, Any], settings: dict[str, Any], hostile: bool) -> Case:
        now = self._random.randrange(1_600_000_000, 2_000_000_000) + self._random.randrange(8) / 8
        address = self._pick(ODD_ADDRESSES if self._chance(0.1) else ADDRESSES)
        strangeness = 0.25 if hostile else 0.0
        integrations = config["Integrations"]
        integration = integrations[0] if self._chance(0.6) else self._random.choice(integrations)
        rooms = [integration.get("EventId"), *(integration.get("InvolvedWaitingRoomIds") or [])]
        rooms = [room for room in rooms if room] or ["spring"]
        headers: dict[str, list[dict[str, str]]] = {}

        def add(name: str, value: str) -> None:
            headers.setdefault(name.lower(), []).append({"key": name, "value": value})

        add("Host", self._pick(HOSTS))
        if self._chance(0.8):
            add("User-Agent", self._pick(USER_AGENTS))
        if self._chance(0.4):
            add("X-Device", self._pick(HEADER_VALUES))
            if self._chance(0.2):
                add("X-Device", self._pick(HEADER_VALUES))
        if self._chance(0.2):
            add("Accept-Language", "en-GB,en;q=0.9")
        if self._chance(0.12):
            odd = hostile and self._chance(0.5)
            add("x-queueit-ajaxpageurl", self._pick(HOSTILE_AJAX_PAGES if odd else AJAX_PAGES))
            if self._chance(0.6):
                add("Origin", self._pick(("https://shop.example", "https://evil.example", "null")))
        for name in ("Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Referer"):
            if self._chance(0.15):
                add(name, self._pick((*FORWARDED[: -1 if not hostile else None], "https://shop.example/")))
        if hostile and self._chance(0.02):
            add("X-Forwarded-For", "203.0.113.7, " * self._random.choice((78, 79, 200)))
        for name in ("x-queueit-handover", "x-queueit-connector", "x-queueit-failed"):
            if self._chance(0.03):
                add(name, self._pick(("true", "x", "QueueITAccepted-SDFrts345E-V3_spring=1")))
        if self._chance(0.02):
            add(self._pick(("constructor", "__proto__", "toString")), self._pick(HEADER_VALUES))
        self._add_cookies(add, integration, rooms, now, address, hostile)
        if self._chance(0.08):
            self._make_lines_odd(headers)
        uri, query = self._path(strangeness), self._query(strangeness)
        if hostile and self._chance(0.01):
            query += self._pick(
                ("&q=" + "😀" * 1650, "&q=" + "€" * 2300, "&" + "%" * 8000, "&q=" + "é" * 4500)
            )
        if self._chance(0.45):
            token = self._token(rooms, now, address, hostile)
            if self._chance(0.15):
                add("x-queueittoken", token)
            if not self._chance(0.12):
                query = self._insert_token(query, token)
        request: dict[str, Any] = {
            "clientIp": address,
            "headers": headers,
            "method": self._random.choices(
                ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get", "Head", "post", "TRACE", ""),
                (70, 6, 12, 5, 4, 3, 1, 1, 1, 1, 1),
            )[0],
            "querystring": query,
            "uri": uri,
        }
        if settings["include_body"] and self._chance(0.4):
            request["body"] = self._body(hostile)
        cloudfront = {
            "config": {
                "distributionDomainName": "d111.cloudfront.net",
                "distributionId": "EDFDVBD6EXAMPLE",
                "eventType": "viewer-request",
                "requestId": f"request-{self._random.getrandbits(64):016x}==",
            },
            "request": request,
        }
        return Case({"Records": [{"cf": cloudfront}]}, now, self._services(rooms, now, address))

    def _make_lines_odd(self, headers: dict[str, list[dict[str, str]]]) -> None:
        """One header in another number of lines, or under a name in odd case; the host's stays the one line it is."""
        name = self._random.choice([name for name in headers if name != "host"] or ["x-device"])
        lines = headers.setdefault(name, [{"key": name, "value": "1"}])
        change = self._pick(("twice", "empty", "upper", "odd", "odd"))
        if change == "twice":
            lines.append(dict(lines[0]))
        elif change == "empty":
            lines.insert(self._random.randrange(len(lines) + 1), {"key": name, "value": ""})
        else:
            for line in lines:
                line["key"] = name.upper() if change == "upper" else name.title().swapcase()

    def _insert_token(self, query: str, token: str) -> str:
        name = self._pick(("queueittoken",) * 6 + ("QueueITToken", "QUEUEITTOKEN"))
        value = token if self._chance(0.8) else quote(token, safe="", errors="surrogatepass")
        segments = query.split("&") if query else []
        place = self._random.randrange(len(segments) + 1)
        segments.insert(place, f"{name}={value}")
        if self._chance(0.08):
            extra = self._pick(
                ("queueittoken", "queueittoken=", "QueueITtoken=second", f"queueittoken={token}")
            )
            segments.insert(self._random.randrange(len(segments) + 1), extra)
        return "&".join(segments)

    def _token(self, rooms: list[str], now: float, address: str, hostile: bool) -> str:
        seconds = int(now)
        room = self._random.choice(rooms)
        key = self._secret_key
        expires_at = seconds + self._random.choice((0, 1, 60, 240, 3600))
        bound_to = address if self._chance(0.2) else None
        flaw = self._random.choices(
            ("none", "expired", "room", "address", "key", "tampered", "case", "fields", "garbage", "long"),
            (55, 7, 7, 7, 9, 5, 3, 12 if hostile else 0, 8 if hostile else 1, 3 if hostile else 0),
        )[0]
        if flaw == "expired":
            expires_at = seconds - self._random.choice((1, 60, 86400))
        elif flaw == "room":
            room = self._random.choice((*ROOMS, "", room.swapcase()))
        elif flaw == "address":
            bound_to = self._pick((*ADDRESSES, ""))
        elif flaw == "key":
            key = OTHER_SECRET_KEY
        fields = [
            ("e", room),
            ("q", self._queue_id()),
            ("ts", str(expires_at)),
            ("ce", self._pick(("true", "false", "True", ""))),
            ("rt", "debug" if self._chance(0.12) else self._pick((*REDIRECT_TYPES[:9], "Debug"))),
        ]
        if self._chance(0.25):
            odd = self._chance(0.25)
            fields.insert(4, ("cv", self._pick(ODD_VALIDITIES if odd else ("1", "3", "20", "1440", "99999"))))
        if self._chance(0.06):
            fields[2] = ("ts", self._pick(ODD_TIMES))
        if bound_to is not None:
            fields.append(("hip", mac(key, bound_to)))
        if self._chance(0.1):
            del fields[1]
        if flaw == "fields":
            self._spoil_fields(fields)
        if flaw == "long":
            length = len(sign_token([*fields, ("x", "")], key))
            fields.append(("x", "y" * (self._random.choice((4000, 4096, 4097, 9000)) - length)))
        token = sign_token(fields, key)
        if flaw == "tampered":
            return self._pick((token[:-1], token + "0", token.replace("~q_", "~q_0"), token.replace("~h_", "~H_"),
                               token + "~ce_true", token.rpartition("~h_")[0], token.replace("~ts_1", "~ts_2"),
                               token + "~h_", "~" + token))  # fmt: skip
        if flaw == "case":
            return (
                token.upper()
                if self._chance(0.5)
                else token.rpartition("~h_")[0] + "~h_" + token[-64:].upper()
            )
        if flaw == "garbage":
            return self._pick(GARBAGE_TOKENS)
        return token

    def _spoil_fields(self, fields: list[tuple[str, str]]) -> None:
        """Fields that no genuine signer writes, under a good signature."""
        place = self._random.randrange(len(fields) + 1)
        spoiled = self._random.choice((
            ("cv", "0"), ("cv", "-5"), ("cv", "12abc"), ("cv", "x"), ("cv", " 7"), ("cv", "100000"), ("cv", "0x10"),
            ("ts", "9999999999"), ("ts", "x"), ("ts", "0x7fffffff"), ("ts", "2e9"), ("rt", ""), ("q", ""),
            ("e", "spring_summer"), ("q", "a_b"), ("unknown", "1"), ("", ""), ("q", "A&B=C"), ("rt", "Ünïcode"),
            ("rt", "2x"), ("rt", "x2"), ("rt", "a&b"), ("q", "é"), ("ce", "maybe"), ("hip", ""), ("e", fields[0][1]),
        ))  # fmt: skip
        fields.insert(place, spoiled)
        if self._chance(0.3):
            name = self._pick(("rt", "ts", "e", "ce"))
            fields[:] = [field for field in fields if field[0] != name] or fields

    # Cookies

    def _add_cookies(
        self, add: Any, integration: dict[str, Any], rooms: list[str], now: float, address: str, hostile: bool
    ) -> None:
        pairs = []
        if self._chance(0.4):
            pairs.append(f"{self._pick(('segment', 'segment', 'Segment'))}={self._pick(COOKIE_VALUES)}")
        if self._chance(0.1):
            pairs.append(f"SEGMENT={self._pick(COOKIE_VALUES)}")
        if self._chance(0.1):
            pairs.append("other; ;=; x ; y = z ")
        if self._chance(0.1):
            pairs.append(
                self._pick(("segment=\tvip", "\tsegment\t=\t1\t", 'segment="vip"', "segment=a=b=", "segment"))
            )
        if self._chance(0.55):
            minutes = integration.get("CookieValidityMinute") or 20
            for room in dict.fromkeys((*self._random.choices(rooms, k=2), self._random.choice(ROOMS))):
                if self._chance(0.65):
                    pairs.append(self._session_cookie(room, minutes, int(now), address, hostile))
                    if self._chance(0.05):
                        pairs.append(self._session_cookie(room, minutes, int(now), address, hostile))
                    if self._chance(0.04):
                        name, _, value = pairs[-1].partition("=")
                        pairs[-1] = self._pick(
                            (f"\t{name}\t=\t{value}\t", f'{name}="{value}"', f"{name}={value}=")
                        )
        self._random.shuffle(pairs)
        while pairs:
            taken = self._random.randrange(1, len(pairs) + 1)
            add("Cookie", self._pick(("; ", "; ", ";")).join(pairs[:taken]))
            del pairs[:taken]

    def _session_cookie(self, room: str, minutes: int, now: int, address: str, hostile: bool) -> str:
        flaw = self._random.choices(
            ("none", "expired", "room", "address", "key", "tampered", "grammar", "encoding", "later"),
            (50, 8, 4, 8, 9, 4, 14 if hostile else 0, 8 if hostile else 0, 8 if hostile else 1),
        )[0]
        key = OTHER_SECRET_KEY if flaw == "key" else self._secret_key
        fixed = self._pick(("1", "3", "60", "99999")) if self._chance(0.25) else ""
        validity = 60 * int(fixed or minutes)
        issued_at = now - self._random.choice((0, 1, 59, validity // 2, validity))
        if flaw == "expired":
            issued_at = now - validity - self._random.choice((1, 60, 86400))
        elif flaw == "later":
            issued_at = now + self._random.choice((1, 60, 61, 3600))
        queue_id = self._queue_id()
        redirect_type = self._pick(REDIRECT_TYPES).lower()
        written = self._random.choice((*ROOMS, room.swapcase())) if flaw == "room" else room
        if self._chance(0.1):
            written = written.lower()
        bound_to = self._pick(ADDRESSES) if flaw == "address" else address if self._chance(0.2) else None
        pairs = [("EventId", written)]
        pairs += [("QueueId", queue_id)] if queue_id else []
        pairs += [("FixedValidityMins", fixed)] if fixed else []
        pairs += [("RedirectType", redirect_type), ("IssueTime", str(issued_at))]
        pairs += [("Hip", mac(key, bound_to))] if bound_to is not None else []
        if flaw == "grammar" and self._chance(0.6):
            self._spoil_pairs(pairs)
        signed = "".join([value for name, value in pairs])
        signed = signed.replace(written, written if self._chance(0.08) else written.lower(), 1)
        if self._chance(0.05):  # pairs in another order, still under the right hash
            self._random.shuffle(pairs)
        proof = mac(key, signed)
        text = "&".join([f"{name}={value}" for name, value in pairs])
        complete = f"{text}&Hash={proof}"
        if self._chance(0.8 if needs_mac(queue_id, redirect_type) else 0.1):
            if self._chance(0.9 if is_ambiguous(signed) else 0.05):
                complete = f"{text}&Hash={mac(key, text)}"
            complete += f"&Mac={mac(key, text) if self._chance(0.9) else '0' * 64}"
        if flaw == "tampered":
            complete = self._pick((
                complete.replace("Hash=", "Hash=0"), complete[:-1], complete.replace("&", "&x=y&", 1),
                complete.replace("IssueTime=1", "IssueTime=2"), complete + "&Hash=" + "0" * 64,
                complete.replace(proof, proof.upper()), complete + "&Hash=" + proof,
            ))  # fmt: skip
        if flaw == "grammar" and self._chance(0.4):
            complete = self._pick((complete + "&", "&" + complete, complete + "&Unknown=1", complete + " ",
                                   complete.replace("EventId", "eventid"), complete.replace("&Hash", "&&Hash"),
                                   complete + "=", complete + "&IssueTime=" + str(issued_at)))  # fmt: skip
        value = encode_component(complete)
        if flaw == "encoding":
            value = self._pick((complete, value.lower(), encode_component(value), f'"{value}"', value + "%",
                                value + "%zz", "%ff" + value, value.replace("%3D", "="), value + "é", "",
                                quote(complete, safe=""), value.replace("-", "%2D")))  # fmt: skip
        return f"{COOKIE_PREFIX}{room}={value}"

    def _spoil_pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Values that the strict grammar refuses; the caller signs them."""
        place = self._random.randrange(len(pairs))
        name, value = pairs[place]
        pairs[place] = self._random.choice((
            (name, ""), (name, value + " "), (name, value + "0"), (name, "0" + value), (name, value.upper()),
            (name, value + "=x"), (name.lower(), value), (name, "9" * 10), (name, value[:-1]),
        ))  # fmt: skip


def describe(group: Group, case: Case) -> str:
    """A case as JSON, complete enough to run again."""
    shown = {**group._asdict(), **case._asdict(), "services": case.services._asdict()}
    return json.dumps({name: value for name, value in shown.items() if name != "cases"})
