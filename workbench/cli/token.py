"""`queueit token`: make test tokens and session cookies, and show what is in one."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import click

from queueit import session_cookie
from queueit.percent_encoding import decode_uri_component
from queueit.queue_token import parse_queue_token, token_error
from queueit.secret_keys import secret_keys
from queueit.session_cookie import Session
from workbench.cli import command as cli
from workbench.cli.commands import COMMANDS
from workbench.cli.input_files import read_text
from workbench.cli.secret_key_source import SECRET_FILE, required_secret_key, secret_key
from workbench.cli.value_types import IP_ADDRESS, PAGE_URL, WAITING_ROOM
from workbench.queue_token import add_queue_token, mint_queue_token

_ERRORS = {
    "hash": "the signature is wrong: the token was forged, altered, or signed with another key",
    "eventid": "it is for another waiting room",
    "timestamp": "it has expired",
    "ip": "it is bound to another address",
}
_DEFAULT_VALIDITY_MINUTES = 20
_LONGEST_SECONDS = 100 * 366 * 86400


def _mint(options: cli.Options, context: cli.Context) -> cli.Result:
    expires_at = int(context.now()) + options.valid_for
    try:
        token = mint_queue_token(
            required_secret_key(options, context),
            options.event,
            queue_id=options.queue_id,
            expires_at=expires_at,
            redirect_type=options.redirect_type,
            validity_minutes=options.validity_minutes,
            client_ip=options.ip or None,
        )
    except ValueError as error:
        raise cli.UsageError(str(error)) from None
    data: dict[str, Any] = {"token": token, "expires_at": expires_at}
    if options.url:
        data["url"] = add_queue_token(options.url, token)
    return cli.Result(data, data.get("url", token))


def _cookie(options: cli.Options, context: cli.Context) -> cli.Result:
    keys = secret_keys(required_secret_key(options, context))
    session = Session(
        session_cookie.VALID,
        options.event,
        options.queue_id or "",
        options.validity_minutes,
        options.redirect_type,
        keys.sign(options.ip) if options.ip else "",
    )
    issued_at = int(context.now()) - options.issued_ago
    name, value = session_cookie.cookie_name(options.event), session_cookie.issue(session, keys, issued_at)
    return cli.Result({"name": name, "value": value, "issued_at": issued_at}, f"{name}={value}")


def _read(options: cli.Options, context: cli.Context) -> cli.Result:
    if options.text == "-" and options.secret_file == "-":
        raise cli.UsageError("the text and the key cannot both come from standard input")
    text = (read_text("-", context) if options.text == "-" else options.text).strip()
    if not text:
        raise cli.CommandFailed("there is no token, cookie or address to read")
    key = secret_key(options, context)
    name, _, value = text.partition("=")
    if name.startswith(session_cookie.NAME_PREFIX):
        return _read_cookie(value, name.removeprefix(session_cookie.NAME_PREFIX), key, options, context)
    if "EventId=" in (decode_uri_component(text) or ""):
        return _read_cookie(text, options.event or "", key, options, context)
    return _read_token(_token_in(text), key, options, context)


def _token_in(text: str) -> str:
    """The token in an address; a text that is no address is the token itself."""
    if not re.match(r"https?://", text, re.IGNORECASE):
        return text
    try:
        parameters = parse_qsl(urlsplit(text).query)
    except ValueError:
        parameters = []
    tokens = [value for name, value in parameters if name.lower() == "queueittoken"]
    if not tokens:
        raise cli.CommandFailed("the address has no queueittoken parameter")
    return tokens[0]


def _read_token(text: str, key: str | None, options: cli.Options, context: cli.Context) -> cli.Result:
    token = parse_queue_token(text)
    if token is None:
        raise cli.CommandFailed("the text is longer than any token; the edge ignores it")
    now = int(context.now())
    problem = _token_problem(token, key, options, now)
    data = {
        "kind": "queue token",
        "event_id": token.event_id,
        "queue_id": token.queue_id,
        "expires_at": token.expires_at,
        "validity_minutes": token.validity_minutes,
        "redirect_type": token.redirect_type,
        "is_bound_to_an_address": bool(token.hashed_ip),
        "verified": key is not None,
        "problem": problem,
    }
    left = token.expires_at - now
    when = f"in {cli.duration(left)}" if left >= 0 else f"{cli.duration(-left)} ago"
    return _taken_apart(data, ("expires", f"{cli.moment(token.expires_at)}, {when}"), token.hash)


def _token_problem(token: Any, key: str | None, options: cli.Options, now: int) -> str | None:
    """Why an edge would refuse the token, None where it would not; without a key no signature is checked."""
    if key is not None:
        rooms = (options.event or token.event_id,)
        error = token_error(token, secret_keys(key), rooms, options.ip, now)
        return f"{error}: {_ERRORS[error]}" if error else None
    if not token.hash:
        return f"hash: {_ERRORS['hash']}"
    if options.event and token.event_id != options.event:
        return f"eventid: {_ERRORS['eventid']}"
    return f"timestamp: {_ERRORS['timestamp']}" if token.expires_at < now else None


def _read_cookie(
    value: str, event_id: str, key: str | None, options: cli.Options, context: cli.Context
) -> cli.Result:
    now = int(context.now())
    pairs = dict(pair.partition("=")[::2] for pair in (decode_uri_component(value) or "").split("&"))
    event_id = options.event or event_id or pairs.get("EventId", "")
    status = None
    if key is not None:
        status = session_cookie.read(
            value, event_id, secret_keys(key), options.ip, now, options.validity_minutes
        ).status
    problem = None if status in (None, session_cookie.VALID) else status
    begun = _number(pairs.get("IssueTime", ""))
    minutes = _number(pairs.get("FixedValidityMins", ""))
    data = {
        "kind": "session cookie",
        "event_id": pairs.get("EventId", ""),
        "queue_id": pairs.get("QueueId", ""),
        "issued_at": begun,
        "validity_minutes": minutes,
        "redirect_type": pairs.get("RedirectType", ""),
        "is_bound_to_an_address": "Hip" in pairs,
        "verified": key is not None,
        "problem": problem,
    }
    when = "not readable" if begun is None else f"{cli.moment(begun)}, {cli.duration(now - begun)} ago"
    return _taken_apart(data, ("issued", when), pairs.get("Hash", ""))


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def _taken_apart(data: dict[str, Any], when: tuple[str, str], signature: str) -> cli.Result:
    """`data` for a person too, with the beginning of the signature alone, and whether an edge would accept it."""
    minutes, problem = data["validity_minutes"], data["problem"]
    rows = [
        ("waiting room", data["event_id"] or "none"),
        ("queue id", data["queue_id"] or "none"),
        when,
        ("redirect type", data["redirect_type"] or "none"),
        (
            "session",
            "as long as the integration says, extendable" if minutes is None else f"{minutes} min, fixed",
        ),
        ("address", "bound to one" if data["is_bound_to_an_address"] else "any"),
        ("signature", f"{signature[:6]}…" if signature else "none"),
    ]
    verdict = "valid" if data["verified"] else "not verified: that takes the account's secret key"
    text = "\n".join([*cli.listed(data["kind"], rows), f"REFUSED: {problem}" if problem else verdict])
    return cli.Result(data, text, ok=not problem)


_EVENT = cli.option("--event", required=True, metavar="ID", type=WAITING_ROOM, help="the waiting room's id")
_SESSION = (
    cli.option("--queue-id", metavar="ID", help="the visitor's queue id"),
    cli.option(
        "--redirect-type",
        default="queue",
        metavar="TYPE",
        help="how the visitor left the queue (default queue)",
    ),
    cli.option(
        "--validity-minutes",
        type=click.IntRange(1, 99_999),
        metavar="N",
        help="give the session this fixed length",
    ),
    cli.option("--ip", default="", metavar="ADDRESS", type=IP_ADDRESS, help="bind it to this IP address"),
    SECRET_FILE,
)

COMMAND = click.Group(
    "token",
    help=f"{COMMANDS['token'].capitalize()}.",
    commands=[
        cli.command(
            "mint",
            _mint,
            """
token mint --event tickets
token mint --event tickets --valid-for 600 --url https://shop.example.com/tickets
""",
            _EVENT,
            *_SESSION,
            cli.option(
                "--valid-for",
                type=click.IntRange(1, _LONGEST_SECONDS),
                default=180,
                metavar="SECONDS",
                help="until it expires (default 180)",
            ),
            cli.option(
                "--url",
                metavar="URL",
                type=PAGE_URL,
                help="print this address with the token added, ready to open",
            ),
            help="make a queue token, as the waiting room gives it to a visitor",
        ),
        cli.command(
            "cookie",
            _cookie,
            """
token cookie --event tickets --validity-minutes 5
""",
            _EVENT,
            *_SESSION,
            cli.option(
                "--issued-ago",
                type=click.IntRange(0, _LONGEST_SECONDS),
                default=0,
                metavar="SECONDS",
                help="how long ago it was issued (default 0)",
            ),
            help="make a session cookie, as the connector sets it",
        ),
        cli.command(
            "read",
            _read,
            """
token read "e_tickets~ts_1790000000~ce_true~rt_queue~h_0000"
token read - --event tickets --ip 203.0.113.7
""",
            cli.argument("text", "TEXT"),
            cli.option("--event", metavar="ID", type=WAITING_ROOM, help="the waiting room it should be for"),
            cli.option(
                "--ip", default="", metavar="ADDRESS", type=IP_ADDRESS, help="the visitor's IP address"
            ),
            cli.option(
                "--validity-minutes",
                type=click.IntRange(1, 99_999),
                default=_DEFAULT_VALIDITY_MINUTES,
                metavar="N",
                help="the integration's CookieValidityMinute, for a session without a fixed one "
                f"(default {_DEFAULT_VALIDITY_MINUTES})",
            ),
            SECRET_FILE,
            help="show what is in TEXT: a token, a session cookie or an address with a token; - reads standard input",
        ),
    ],
)
