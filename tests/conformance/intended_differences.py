"""Every difference from the reference that is intended: its name, its protocol section, and what it is exactly.

A difference is not "anything may differ here". Each says what the reference is to be asked instead, or what its
answer is to be turned into, so that the outcome it then gives must be ours byte for byte.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from tests.conformance.case_generator import COOKIE_PREFIX, Case, Group, encode_component, trigger_parts
from tests.conformance.outcome import (
    DEBUG_COOKIE,
    OUR_VERSION,
    PLATFORM_SUFFIX,
    Outcome,
    copied,
    enc,
    page_url,
    token_segment,
    url_with,
)
from tests.conformance.session_grammar import SessionCookie, decode, mac, mac_is_right, parse, with_mac

MAX_TOKEN_LENGTH = 4096
MAX_FIELD_LENGTH = 256
MAX_REDIRECT_LENGTH = 20_000
MAX_FORWARDED_FOR_LENGTH = 1024
MAX_QUESTION_URL_LENGTH = 4096
MAX_QUESTION_HEADER_LENGTH = 1024
MAX_DEBUG_COOKIE_LENGTH = 3800
DEFAULT_VALIDITY_MINUTES = 20
MAX_VALIDITY_MINUTES = 99_999
MAX_CLOCK_SKEW_SECONDS = 60
INVALID_SESSION = "invalid"
_CONFIG_FIELDS = (
    "QueueDomain",
    "CookieDomain",
    "ExtendCookieValidity",
    "LayoutName",
    "Culture",
    "VerifyQueueIdEnabled",
)

_Answer = dict[str, Any]


class Question(NamedTuple):
    """What the reference is asked; adjustments work on it in place.

    `matched` is the integration that the case is for, None where none is. `rewrites` are applied to the answer, in
    order; `reshapes` to the outcome that follows from it; `owners` names the difference that each of them is of.
    """

    config: dict[str, Any]
    event: dict[str, Any]
    settings: dict[str, Any]
    services: dict[str, Any]
    options: dict[str, Any]
    now: float
    customer_id: str
    secret_key: str
    previous_secret_key: str
    matched: dict[str, Any] | None
    rewrites: list[Callable[[_Answer], None]]
    reshapes: list[Callable[[Outcome], Outcome]]
    owners: dict[Callable[..., Any], str]

    @property
    def request(self) -> dict[str, Any]:
        """CloudFront's request."""
        request: dict[str, Any] = self.event["Records"][0]["cf"]["request"]
        return request

    def header(self, name: str) -> str:
        """All lines of a header, joined; empty without it."""
        return ", ".join([line["value"] for line in self.request["headers"].get(name, [])])


def question(group: Group, case: Case, options: dict[str, Any]) -> Question:
    """What the reference is asked about `case` before any adjustment."""
    return Question(
        config=group.config,
        event=case.event,
        settings=group.settings,
        services=case.services._asdict(),
        options=options,
        now=case.now,
        customer_id=group.customer_id,
        secret_key=group.secret_key,
        previous_secret_key=group.previous_secret_key,
        matched=None,
        rewrites=[],
        reshapes=[],
        owners={},
    )


Adjust = Callable[[Question], bool]


class IntendedDifference(NamedTuple):
    """`adjust` changes a question where the difference may show, and says whether it did.

    What it adds to `rewrites` and `reshapes` does not count as a change: that may come to nothing.

    One that `decides_matching` bears on which integration a case is for; the others only on what follows, so that
    no trigger sees what they change.
    """

    name: str
    section: str
    why: str
    adjust: Adjust
    decides_matching: bool


INTENDED_DIFFERENCES: list[IntendedDifference] = []
"""In the order in which they are applied, which is that of this file."""


def _intended(name: str, section: str, why: str, *, matching: bool = False) -> Callable[[Adjust], Adjust]:
    """Makes an adjustment an intended difference."""

    def register(adjust: Adjust) -> Adjust:
        INTENDED_DIFFERENCES.append(IntendedDifference(name, section, why, adjust, matching))
        return adjust

    return register


def _rewriting(rewrite: Callable[[Question, _Answer], None]) -> Adjust:
    """An adjustment of the reference's answer alone."""

    def adjust(question: Question) -> bool:
        question.rewrites.append(lambda answer: rewrite(question, answer))
        return False

    return adjust


def _reshaping(reshape: Callable[[Outcome], Outcome]) -> Adjust:
    """An adjustment of the outcome alone."""

    def adjust(question: Question) -> bool:
        question.reshapes.append(reshape)
        return False

    return adjust


# Hosts and addresses


def _is_folded(host: str) -> bool:
    return host == host.lower() and not host.endswith((".", ":443"))


@_intended("hosts are folded", "9", "the reference compares a host as it was sent", matching=True)
def _folded_hosts(question: Question) -> bool:
    compared = [
        value
        for _, part in trigger_parts(question.config)
        if part.get("ValidatorType") == "UrlValidator" and part.get("UrlPart") in ("HostName", "PageUrl")
        for value in [part.get("ValueToCompare") or "", *(part.get("ValuesToCompare") or [])]
    ]
    if _is_folded(question.header("host")) and all(map(_is_folded, compared)):
        return False
    question.options["folded_hosts"] = True
    return True


@_intended(
    "a header part on the client's address",
    "2",
    "the reference leaves the header of that name to its caller",
    matching=True,
)
def _client_address(question: Question) -> bool:
    names = {
        (part.get("HttpHeaderName") or "").lower()
        for _, part in trigger_parts(question.config)
        if part.get("ValidatorType") == "HttpHeaderValidator"
    }
    if "x-queueit-clientip" not in names:
        return False
    address = {"key": "X-QueueIT-ClientIP", "value": question.request["clientIp"]}
    question.request["headers"]["x-queueit-clientip"] = [address]
    return True


# Configuration


def _each_integration(adjust: Callable[[Question, int, dict[str, Any]], bool]) -> Adjust:
    """An adjustment of every integration by itself, told with its place."""

    def adjust_all(question: Question) -> bool:
        return any(
            [adjust(question, place, one) for place, one in enumerate(question.config["Integrations"])]
        )

    return adjust_all


@_intended(
    "a missing list is empty",
    "2",
    "the reference throws on a missing Triggers or TriggerParts",
    matching=True,
)
@_each_integration
def _missing_lists(_question: Question, _place: int, integration: dict[str, Any]) -> bool:
    found = integration.get("Triggers") is None
    if found:
        integration["Triggers"] = []
    for trigger in integration["Triggers"]:
        if trigger.get("TriggerParts") is None:
            trigger["TriggerParts"] = []
            found = True
    return found


def _diagnosed_as_configured(question: Question, place: int, adjusted_text: str, text: str) -> None:
    """Diagnostics show the integration at `place` as it is configured, not as the reference was given it."""

    def rewrite(answer: _Answer) -> None:
        for name in ("QueueConfig", "CancelConfig"):
            if answer["matched"] == place and name in answer["entries"]:
                answer["entries"][name] = answer["entries"][name].replace(adjusted_text, text, 1)

    question.rewrites.append(rewrite)


@_intended(
    "a missing CookieValidityMinute is 20",
    "2",
    "the reference throws, or lets a session without it last for ever",
    matching=True,
)
@_each_integration
def _missing_validity(question: Question, place: int, integration: dict[str, Any]) -> bool:
    if integration.get("CookieValidityMinute") is not None:
        return False
    integration["CookieValidityMinute"] = DEFAULT_VALIDITY_MINUTES
    written = f"&CookieValidityMinute:{DEFAULT_VALIDITY_MINUTES}&"
    _diagnosed_as_configured(question, place, written, "&CookieValidityMinute:null&")
    return True


@_intended(
    "an involved room without an id is none",
    "2",
    "the reference looks for its cookie and cancels it too",
    matching=True,
)
@_each_integration
def _empty_rooms(question: Question, place: int, integration: dict[str, Any]) -> bool:
    involved = integration.get("InvolvedWaitingRoomIds") or []
    rooms = [room for room in involved if room]
    if rooms == involved:
        return False
    integration["InvolvedWaitingRoomIds"] = rooms
    texts = [f"&AllowedWaitingRoomIds:{','.join(several)}&" for several in (rooms, involved)]
    _diagnosed_as_configured(question, place, *texts)
    return True


@_intended("a missing QueueDomain is the account's", "2", "the reference throws", matching=True)
@_each_integration
def _missing_queue_domain(question: Question, place: int, integration: dict[str, Any]) -> bool:
    if integration.get("QueueDomain") or integration.get("ActionType") not in ("Queue", "Cancel"):
        return False
    written = {None: "null", "": ""}[integration.get("QueueDomain")]
    integration["QueueDomain"] = f"{question.customer_id}.queue-it.net"
    _diagnosed_as_configured(
        question, place, f"&QueueDomain:{integration['QueueDomain']}&", f"&QueueDomain:{written}&"
    )
    return True


@_intended(
    "ForecedTargetUrl is ForcedTargetUrl", "2", "the reference does not know the old spelling", matching=True
)
@_each_integration
def _old_spelling(_question: Question, _place: int, integration: dict[str, Any]) -> bool:
    if integration.get("RedirectLogic") != "ForecedTargetUrl":
        return False
    integration["RedirectLogic"] = "ForcedTargetUrl"
    return True


_MATCHES = {
    "ValidatorType": "UrlValidator",
    "UrlPart": "PageUrl",
    "Operator": "Contains",
    "ValueToCompare": "*",
}
_NEVER_MATCHES = {"ValidatorType": "none"}
_OPERATORS = ("Equals", "Contains", "EqualsAny", "ContainsAny")


@_intended(
    "a body that is cut",
    "8",
    "CloudFront passes on 40 KB of a body; the reference compares what there is",
    matching=True,
)
def _cut_body(question: Question) -> bool:
    body = question.request.get("body") or {}
    if question.settings.get("truncated_body") != "queue" or not body.get("inputTruncated"):
        return False
    found = False
    for integration, part in trigger_parts(question.config):
        if part.get("ValidatorType") == "RequestBodyValidator" and part.get("Operator") in _OPERATORS:
            meant = _MATCHES if integration.get("ActionType") in ("Queue", "Cancel") else _NEVER_MATCHES
            part.clear()
            part.update(meant)
            found = True
    return found


@_intended(
    "slashes made single", "6", "the reference trims one slash at each end of QueuePathPrefix", matching=True
)
@_each_integration
def _single_slashes(question: Question, place: int, integration: dict[str, Any]) -> bool:
    prefix = integration.get("QueuePathPrefix") or ""
    if not prefix.startswith("//") and not prefix.endswith("//"):
        return False
    single = integration["QueuePathPrefix"] = prefix.strip("/")
    _diagnosed_as_configured(question, place, f"&QueuePathPrefix:{single}&", f"&QueuePathPrefix:{prefix}&")
    return True


# URLs

_UNNORMALIZABLE = re.compile("[\U00010000-\U0010ffff\ud800-\udfff]")


def _percent_encoded(match: "re.Match[str]") -> str:
    character = "\ufffd" if "\ud800" <= match[0] <= "\udfff" else match[0]
    return encode_component(character)


def normalizable(url: str) -> str:
    """`url` without what the reference's normalization gives up on: those characters percent-encoded."""
    return _UNNORMALIZABLE.sub(_percent_encoded, url)


@_intended(
    "normalization never fails",
    "9",
    "the reference leaves a URL as it is that has an astral character or a lone surrogate",
    matching=True,
)
def _total_normalization(question: Question) -> bool:
    url = page_url(question.request)
    if not _UNNORMALIZABLE.search(url):
        return False
    question.options["normalize_as"] = normalizable(url)
    return True


@_intended("a Location of visible ASCII", "6", "the reference leaves header safety to its platform")
@_reshaping
def _header_safe_location(outcome: Outcome) -> Outcome:
    def visible(match: "re.Match[str]") -> str:
        return "%20" if match[0] == " " else _percent_encoded(match)

    if "location" not in outcome.headers:
        return outcome
    location = re.sub(r"[^!-~]", visible, outcome.headers["location"])
    return outcome._replace(headers={**outcome.headers, "location": location})


_WEB_PAGE = re.compile(r"https?://", re.IGNORECASE)


@_intended("an AJAX page of the web", "7", "the reference takes any text for a target")
def _web_pages_only(question: Question) -> bool:
    page = question.header("x-queueit-ajaxpageurl")
    decoded = decode(page)
    if not page or decoded is None or _WEB_PAGE.match(decoded):
        return False
    question.request["headers"]["x-queueit-ajaxpageurl"] = [{"key": "x-queueit-ajaxpageurl", "value": "%"}]
    return True


# Tokens


def _query_tokens(request: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """The place among the segments, and the decoded value, of each token in the query string."""
    for place, segment in enumerate(request["querystring"].split("&")):
        if token_segment(segment):
            yield place, decode(segment.partition("=")[2]) or ""


def _header_token(request: dict[str, Any]) -> str:
    return ", ".join([line["value"] for line in request["headers"].get("x-queueittoken", [])])


def _replace_token(request: dict[str, Any], old: str, new: str) -> None:
    """Put `new` for every token `old` of the request."""
    segments = request["querystring"].split("&")
    for place, value in list(_query_tokens(request)):
        if value == old:
            segments[place] = f"queueittoken={encode_component(new)}"
    request["querystring"] = "&".join(segments)
    if _header_token(request) == old:
        request["headers"]["x-queueittoken"] = [{"key": "x-queueittoken", "value": new}]


def exchange_token(question: Question, old: str, new: str) -> None:
    """Ask with the token `new` for `old`, and put `old` back wherever the answer repeats it."""
    url = url_with(question.request["querystring"], question.request)
    _replace_token(question.request, old, new)

    def restore(answer: _Answer) -> None:
        if answer["redirect"]:
            written, original = f"&queueittoken={new}&", f"&queueittoken={old}&"
            answer["redirect"] = answer["redirect"].replace(written, original)
        for repeating in (answer["entries"], *[asked["fields"] for asked in answer["asked"]]):
            for name, text in (
                ("QueueitToken", old),
                ("OriginalUrl", url),
                ("url", url),
                ("protectedUrl", url),
            ):
                if name in repeating:
                    repeating[name] = text

    question.rewrites.insert(0, restore)


def exchange_tokens(question: Question, change: Callable[[str], str]) -> bool:
    """Exchange the request's token and a direct pass's for what `change` makes of them; whether either changed."""
    token, passing = effective_token(question.request), question.services["direct_pass_token"]
    token_again, passing_again = change(token), change(passing)
    if token_again != token:
        exchange_token(question, token, token_again)
    question.services["direct_pass_token"] = passing_again
    return (token_again, passing_again) != (token, passing)


def effective_token(request: dict[str, Any]) -> str:
    for _, value in _query_tokens(request):
        if value:
            return value
    return _header_token(request)


@_intended("an overlong token is absent", "6", "the reference takes any length")
def _long_token(question: Question) -> bool:
    request, found = question.request, False
    for value in [value for _, value in _query_tokens(request)] + [_header_token(request)]:
        if len(value) > MAX_TOKEN_LENGTH:
            exchange_token(question, value, "")
            found = True
    return found


@_intended("a token is percent-encoded", "6", "the reference writes it as it came")
def _encoded_token(question: Question) -> bool:
    token = effective_token(question.request)
    if enc(token) == token:
        return False

    def rewrite(answer: _Answer) -> None:
        if answer["redirect"]:
            written = f"&queueittoken={token}&ts={int(question.now)}"
            encoded = f"&queueittoken={enc(token)}&ts={int(question.now)}"
            answer["redirect"] = answer["redirect"].replace(written, encoded, 1)

    question.rewrites.append(rewrite)
    return False


def last_fields(token: str) -> dict[str, str]:
    """The fields of a token, the last of equal names."""
    fields = [field.partition("_") for field in token.split("~") if field.count("_") == 1]
    return {name: value for name, _, value in fields}


# The previous secret key


class _Resigning:
    """Signs with the current key what the previous one has signed, and puts addresses' hashes back afterwards."""

    def __init__(self, question: Question) -> None:
        self._previous, self._current = question.previous_secret_key, question.secret_key
        address = question.request["clientIp"]
        self._bound = {mac(self._previous, address): mac(self._current, address)}
        self._hips: dict[tuple[str, str], str] = {}

    def _is_signed(self, text: str, proof: str) -> bool:
        return proof in (mac(self._previous, text), mac(self._current, text))

    def _rebound(self, room: str, queue_id: str, hip: str) -> str:
        if hip not in self._bound:
            return hip
        self._hips[room.lower(), queue_id] = hip
        return self._bound[hip]

    def token(self, token: str) -> str:
        """A queue token as the current key signs it; as it is when neither key has signed it."""
        last = last_fields(token)
        proof, hip = last.get("h", ""), last.get("hip", "")
        unsigned = token.replace(f"~h_{proof}", "", 1)
        if not proof or not self._is_signed(unsigned, proof):
            return token
        bound = self._rebound(last.get("e", ""), last.get("q", ""), hip)
        if bound != hip:
            unsigned = unsigned.replace(f"hip_{hip}", f"hip_{bound}")
        return f"{unsigned}~h_{mac(self._current, unsigned)}"

    def cookie(self, _room: str, value: str) -> str:
        """A session cookie's value, likewise."""
        cookie = parse(value)
        if cookie is None:
            return value
        others = cookie.others
        for signed in (cookie.signed(cookie.room), cookie.signed(cookie.room.lower()), others):
            if not self._is_signed(signed, cookie.hash):
                continue
            bound = self._rebound(cookie.room, cookie.queue_id, cookie.hip)
            text, signed_again = (
                (part.replace(cookie.hip, bound) if bound != cookie.hip else part)
                for part in (others, signed)
            )
            again = f"{text}&Hash={mac(self._current, signed_again)}"
            if cookie.mac:
                is_right = self._is_signed(others, cookie.mac)
                again += f"&Mac={mac(self._current, text) if is_right else cookie.mac}"
            return encode_component(again) if again != cookie.text else value
        return value

    def rewrite(self, answer: _Answer) -> None:
        """A session keeps the hash of its address, whichever key has made it."""
        for cookie in answer["cookies"]:
            fields = {name: value for name, _, value in map(_pair, cookie[1].split("&"))}
            old = self._hips.get((fields.get("EventId", "").lower(), fields.get("QueueId", "")))
            if old and cookie[0].startswith(COOKIE_PREFIX) and fields.get("Hip") in self._bound.values():
                del fields["Hash"]
                fields["Hip"] = old
                text = "&".join([f"{name}={value}" for name, value in fields.items()])
                fields["EventId"] = fields["EventId"].lower()
                cookie[1] = f"{text}&Hash={mac(self._current, ''.join(fields.values()))}"


def _pair(text: str) -> tuple[str, str, str]:
    return text.partition("=")


@_intended("the previous secret key still verifies", "4", "the reference knows one key")
def _previous_key(question: Question) -> bool:
    if not question.previous_secret_key:
        return False
    resigning = _Resigning(question)
    tokens_changed = exchange_tokens(question, resigning.token)
    cookies_changed = _map_session_cookies(question.request, resigning.cookie)
    question.rewrites.append(resigning.rewrite)
    return tokens_changed or cookies_changed


# Strange fields


def _leading_number(text: str) -> int:
    match = re.match(r"\s*([+-]?[0-9]+)", text)
    return int(match[1]) if match else 0


def _as_we_read(token: str, key: str) -> str:
    """A token under a good signature whose fields no waiting room writes, signed with what we make of them."""
    last = last_fields(token)
    proof = last.get("h", "")
    if not proof or mac(key, token.replace(f"~h_{proof}", "", 1)) != proof:
        return token
    wanted = {**last, "rt": last.get("rt", "")}
    del wanted["h"]
    for name in ("q", "rt"):
        if name in wanted:
            wanted[name] = re.sub("[&=\ud800-\udfff]", "", wanted[name])[:MAX_FIELD_LENGTH]
    if "ts" in wanted:
        wanted["ts"] = str(_leading_number(wanted["ts"]))
    minutes = min(_leading_number(wanted.pop("cv", "")), MAX_VALIDITY_MINUTES)
    if minutes > 0:
        wanted["cv"] = str(minutes)
    text = "~".join([f"{name}_{value}" for name, value in wanted.items()])
    del last["h"]
    return token if wanted == last else f"{text}~h_{mac(key, text)}"


@_intended(
    "strange fields of a signed token",
    "3",
    "the reference throws without rt, and writes into the cookie whatever the fields hold",
)
def _strange_fields(question: Question) -> bool:
    return exchange_tokens(question, lambda token: _as_we_read(token, question.secret_key))


# Diagnostics


def _is_debug(token: str) -> bool:
    return last_fields(token).get("rt") == "debug"


@_intended("diagnostics switched off", "11", "the reference knows no such setting")
def _diagnostics_off(question: Question) -> bool:
    token = effective_token(question.request)
    if question.settings.get("diagnostics", True) or not _is_debug(token):
        return False
    fields = [field if field != "rt_debug" else "rt_Debug" for field in token.split("~")]
    other = "~".join(fields)
    proof = last_fields(token).get("h", "")
    if proof and mac(question.secret_key, token.replace(f"~h_{proof}", "", 1)) == proof:
        unsigned = other.replace(f"~h_{proof}", "", 1)
        other = other.replace(f"~h_{proof}", f"~h_{mac(question.secret_key, unsigned)}", 1)
    exchange_token(question, token, other)
    return True


@_intended("the diagnostics cookie is Secure", "11", "the reference sets it for plain HTTP too")
@_rewriting
def _secure_diagnostics(_question: Question, answer: _Answer) -> None:
    for cookie in answer["cookies"]:
        if cookie[0] == DEBUG_COOKIE:
            cookie[5] = True


@_intended(
    "missing fields in diagnostics",
    "11",
    "the reference writes JavaScript's undefined for null, and null for an empty name",
)
def _missing_fields_of_diagnostics(question: Question) -> bool:
    if question.matched is None or not _is_debug(effective_token(question.request)):
        return False
    integration = question.config["Integrations"][question.options["matched"]]
    missing = [name for name in _CONFIG_FIELDS if name not in integration]
    integration.update(dict.fromkeys(missing))
    name = integration.get("Name", "unspecified") or ""

    def rewrite(answer: _Answer) -> None:
        entries = answer["entries"]
        if "MatchedConfig" in entries:
            entries["MatchedConfig"] = name
        if entries.get("TargetUrl") in ("null", "undefined"):  # a missing ForcedTargetUrl
            entries["TargetUrl"] = ""
        for config in ("QueueConfig", "CancelConfig"):
            if config in entries and not name:
                entries[config] = entries[config].replace("&ActionName:null", "&ActionName:")

    question.rewrites.append(rewrite)
    return bool(missing)


# Session cookies


def _map_session_cookies(request: dict[str, Any], change: Callable[[str, str], str | None]) -> bool:
    """Replace each session cookie's value by `change(room, value)`, None to leave it out; whether any changed."""
    changed = False
    for line in request["headers"].get("cookie", []):
        pairs = []
        for pair in line["value"].split(";"):
            name, equals, value = (text.strip() for text in pair.partition("="))
            if not equals or not name.startswith(COOKIE_PREFIX):
                pairs.append(pair)
                continue
            other = change(name.removeprefix(COOKIE_PREFIX), value)
            changed = changed or other != value
            if other is not None:
                pairs.append(f"{name}={other}")
        line["value"] = ";".join(pairs)
    return changed


def _invalid_if(reason: Callable[[SessionCookie | None, Question], bool]) -> Adjust:
    """An adjustment: the session cookies for which `reason` holds count as found but invalid."""

    def adjust(question: Question) -> bool:
        def change(_room: str, value: str) -> str:
            # The empty value is no cookie for either side; the marker is ours already.
            if value in ("", INVALID_SESSION):
                return value
            return INVALID_SESSION if reason(parse(value), question) else value

        return _map_session_cookies(question.request, change)

    return adjust


@_intended("a session cookie outside the grammar", "4", "the reference takes any pairs")
@_invalid_if
def _outside_grammar(cookie: SessionCookie | None, _question: Question) -> bool:
    return cookie is None


@_intended("a session from the future", "4", "the reference takes any IssueTime")
@_invalid_if
def _from_the_future(cookie: SessionCookie | None, question: Question) -> bool:
    return cookie is not None and cookie.issued_at > int(question.now) + MAX_CLOCK_SKEW_SECONDS


@_intended("an odd session cookie without its Mac", "4", "the reference knows no Mac")
@_invalid_if
def _without_right_mac(cookie: SessionCookie | None, question: Question) -> bool:
    return cookie is not None and not mac_is_right(cookie, question.secret_key)


@_intended(
    "a Hash over the text of the Mac",
    "4",
    "the reference knows only a Hash of the fields, which here has another reading",
)
def _hash_over_mac_text(question: Question) -> bool:
    """Ask with the Hash that the reference verifies, where ours is right; else the cookie counts as invalid."""

    def change(_room: str, value: str) -> str:
        cookie = parse(value)
        if cookie is None or not cookie.hash_is_over_mac_text:
            return value
        if cookie.hash != mac(question.secret_key, cookie.others):
            return INVALID_SESSION
        proof = mac(question.secret_key, cookie.signed(cookie.room.lower()))
        return encode_component(f"{cookie.others}&Hash={proof}&Mac={cookie.mac}")

    return _map_session_cookies(question.request, change)


@_intended(
    "a Hash over capitals", "4", "the reference verifies the EventId as written, but signs it in lower case"
)
@_invalid_if
def _hash_over_capitals(cookie: SessionCookie | None, question: Question) -> bool:
    if cookie is None or cookie.room == cookie.room.lower():
        return False
    return cookie.fits(question.secret_key, cookie.room)


@_intended("an EventId with capitals", "4", "the reference does not accept the cookie that it set itself")
def _capital_event_id(question: Question) -> bool:
    def change(_room: str, value: str) -> str:
        cookie = parse(value)
        if cookie is None or cookie.room == cookie.room.lower():
            return value
        if not cookie.fits(question.secret_key, cookie.room.lower()):
            return value
        return encode_component(cookie.text.replace(cookie.room, cookie.room.lower(), 1))

    return _map_session_cookies(question.request, change)


def _counts(cookie: SessionCookie | None, room: str, question: Question) -> bool:
    """Whether a session cookie that passed the strict rules is valid for the matched integration."""
    assert question.matched
    if cookie is None or cookie.room.lower() != room.lower():
        return False
    if not cookie.fits(question.secret_key, cookie.room.lower()):
        return False
    address = question.request["clientIp"]
    if cookie.hip and address and mac(question.secret_key, address) != cookie.hip:
        return False
    if question.matched.get("ActionType") == "Cancel":
        return True
    minutes = int(cookie.fixed or question.matched.get("CookieValidityMinute") or DEFAULT_VALIDITY_MINUTES)
    return cookie.issued_at + 60 * minutes >= int(question.now)


@_intended(
    "any copy of a session cookie", "4", "a platform hands the reference one copy of a cookie; we look at all"
)
def _several_copies(question: Question) -> bool:
    """Runs after the strict rules: what is left to tell apart is which copy counts."""
    if question.matched is None:
        return False
    copies: dict[str, list[str]] = {}

    def collect(room: str, value: str) -> str:
        copies.setdefault(room, []).append(value)
        return value

    _map_session_cookies(question.request, collect)
    kept = {}
    for room, values in copies.items():
        sent = [value for value in values if value]
        valid = [value for value in sent if _counts(parse(value), room, question)]
        kept[room] = [*valid, *sent, ""][0]

    def keep(room: str, value: str) -> str | None:
        return kept.pop(room, None) if value == kept.get(room) else None

    return _map_session_cookies(question.request, keep)


@_intended(
    "one Set-Cookie for a cookie",
    "5",
    "the reference deletes a session cookie and then sets it, when a direct pass passes",
)
@_rewriting
def _last_of_a_name(_question: Question, answer: _Answer) -> None:
    answer["cookies"] = [*{cookie[0]: cookie for cookie in answer["cookies"]}.values()]


@_intended("a Mac is added", "4", "the reference knows no Mac")
@_rewriting
def _added_mac(question: Question, answer: _Answer) -> None:
    for cookie in answer["cookies"]:
        if cookie[0].startswith(COOKIE_PREFIX) and cookie[1]:
            cookie[1] = with_mac(cookie[1], question.secret_key)


@_intended("queue ids are percent-encoded", "6", "the reference writes them as they came")
def _encoded_queue_ids(question: Question) -> bool:
    queue_ids: list[str] = []

    def collect(_room: str, value: str) -> str:
        cookie = parse(value)
        if cookie and enc(cookie.queue_id) != cookie.queue_id:
            queue_ids.append(cookie.queue_id)
        return value

    def rewrite(answer: _Answer) -> None:
        if answer["action"] == "Cancel" and answer["redirect"]:
            start, wrl, rest = answer["redirect"].partition("?wrl=")
            rooms, target, encoded_target = rest.partition("&r=")
            for queue_id in queue_ids:
                rooms = rooms.replace(f"~{queue_id}", f"~{enc(queue_id)}")
            answer["redirect"] = start + wrl + rooms + target + encoded_target

    _map_session_cookies(question.request, collect)
    question.rewrites.append(rewrite)
    return False


# Enqueue tokens


@_intended(
    "an overlong X-Forwarded-For is left out of an enqueue token", "10", "the reference takes any length"
)
def _long_forwarded_for(question: Question) -> bool:
    wanted = question.settings.get("enqueue_token") or {}
    if (
        not wanted.get("x_forwarded_for")
        or len(question.header("x-forwarded-for")) <= MAX_FORWARDED_FOR_LENGTH
    ):
        return False
    question.settings["enqueue_token"] = {**wanted, "x_forwarded_for": False}
    return True


# Services


@_intended("a verify service that fails lets visitors in", "12", "the reference leaves it to its platform")
def _verify_outage(question: Question) -> bool:
    if question.services["verify"] != "failed" or not question.settings.get("verify"):
        return False
    question.services["verify"] = "allowed"
    return True


@_intended("a direct pass that fails may queue", "5", "the reference always passes")
def _direct_pass_outage(question: Question) -> bool:
    service = question.settings.get("direct_pass") or {}
    if question.services["direct_pass"] != "failed" or service.get("on_failure") != "queue":
        return False
    question.services["direct_pass"] = "not passed"

    def rewrite(answer: _Answer) -> None:
        if "DirectPassResult" in answer["entries"]:
            answer["entries"]["DirectPassResult"] = "Timeout"
            for name in ("DirectActionHttpReponseCode", "DirectActionHttpResponseBody"):
                del answer["entries"][name]

    question.rewrites.append(rewrite)
    return True


def _repeated(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9 ._\-/();:,+]", "", text[:MAX_QUESTION_HEADER_LENGTH])


def _encoded_url(url: str, max_length: int) -> str:
    readable = re.sub("[\ud800-\udfff]", "\ufffd", url[:max_length])
    return re.sub("%[^%]?$", "", enc(readable)[:max_length])


@_intended(
    "a question to a service repeats no free text",
    "12",
    "the reference repeats the visitor's request as it came",
)
@_reshaping
def _fitting_question(outcome: Outcome) -> Outcome:
    asked = []
    for one in outcome.asked:
        fields, headers = dict(one["fields"]), dict(one["headers"])
        for name in ("url", "protectedUrl"):
            if name in fields:
                fields[name] = _encoded_url(fields[name], MAX_QUESTION_URL_LENGTH)
        if "userAgent" in fields:
            fields["userAgent"] = _repeated(fields["userAgent"])
        for name in ("client-ip", "User-Agent"):
            if name in headers:
                headers[name] = _repeated(headers[name])
        if "Referer" in headers:
            headers["Referer"] = _encoded_url(headers["Referer"], MAX_QUESTION_HEADER_LENGTH)
        asked.append({**one, "fields": fields, "headers": headers})
    return outcome._replace(asked=tuple(asked))


@_intended(
    "a diagnostics cookie that browsers take",
    "11",
    "the reference writes entries of any length, with what a direct pass answered as it came",
)
@_rewriting
def _fitting_diagnostics(_question: Question, answer: _Answer) -> None:
    entries = {name: re.sub("[\ud800-\udfff]", "\ufffd", text) for name, text in answer["entries"].items()}
    body = entries.get("DirectActionHttpResponseBody")
    if body is not None:
        entries["DirectActionHttpResponseBody"] = re.sub("(h_)[0-9a-fA-F]+", r"\1…", body)
    for length in (1024, 512, 256, 128, 64, 32, 16, 8):
        cut = {name: text[:length] for name, text in entries.items()}
        text = "|".join([f"{name}={value}" for name, value in {**cut, "SdkVersion": OUR_VERSION}.items()])
        if len(encode_component(text)) <= MAX_DEBUG_COOKIE_LENGTH:
            break
    answer["entries"] = cut


def _fitting(url: str) -> str:
    for parameter in ("[tr]", "queueittoken"):
        if len(url) > MAX_REDIRECT_LENGTH:
            url = re.sub(rf"&{parameter}=[^&]*", "", url, count=1)
    return url


@_intended("a redirect that fits", "8", "the reference writes URLs of any length")
@_reshaping
def _fitting_redirect(outcome: Outcome) -> Outcome:
    for name, written, read in (("location", str, str), ("x-queueit-redirect", enc, unquote)):
        url = read(outcome.headers.get(name, ""))
        if url.endswith(PLATFORM_SUFFIX) and len(url) > MAX_REDIRECT_LENGTH:
            return outcome._replace(headers={**outcome.headers, name: written(_fitting(url))})
    return outcome


def adjusted(question: Question, without: str, *, matching: bool) -> tuple[Question, list[str]]:
    """A copy of `question` under the intended differences, and the names of those that apply.

    `matching` takes those that decide which integration a case is for, else the others; `without` leaves one out.
    """
    other = question._replace(
        config=copied(question.config),
        event=copied(question.event),
        settings=dict(question.settings),
        services=dict(question.services),
        options=dict(question.options),
        rewrites=[*question.rewrites],
        reshapes=[*question.reshapes],
        owners=dict(question.owners),
    )
    names = []
    for difference in INTENDED_DIFFERENCES:
        if difference.decides_matching is matching and difference.name != without:
            if difference.adjust(other):
                names.append(difference.name)
            changes: list[Callable[..., Any]] = [*other.rewrites, *other.reshapes]
            for change in changes:
                other.owners.setdefault(change, difference.name)
    return other, names
