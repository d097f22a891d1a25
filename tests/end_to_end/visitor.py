"""A visitor as the end-to-end tests send one, and the session cookies and tokens they bring.

The cookies are made here by protocol section 4, apart from the engine that checks them.
"""

import hashlib
import hmac
import http.client
import time
from types import TracebackType
from urllib.parse import quote, urlsplit

import requests

EVENT_ID = "winternights"
COOKIE_NAME = f"QueueITAccepted-SDFrts345E-V3_{EVENT_ID}"
QUEUE_ID = "1f2d3c4b-5a69-4788-9c0d-e1f2a3b4c5d6"


class Visitor:
    """Somebody with a cookie jar of their own who follows no redirect by themselves."""

    def __init__(self, url: str) -> None:
        """`url` is the edge's."""
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask for `path`, which may be a whole URL; in header names `_` stands for `-`."""
        return self.request("GET", path, None, **headers)

    def request(
        self, method: str, path: str, data: dict[str, str] | None = None, **headers: str
    ) -> requests.Response:
        """Send a request with any method."""
        return self.session.request(
            method,
            path if path.startswith("http") else f"{self.url}{path}",
            data=data,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            allow_redirects=False,
            timeout=20,
        )

    def carry(self, cookie_value: str, name: str = COOKIE_NAME) -> None:
        """Put a session cookie into the jar, for the edge's host."""
        self.session.cookies.set(name, cookie_value, domain="127.0.0.1", path="/")

    @property
    def session_cookie(self) -> str | None:
        """The session cookie in the jar."""
        return self.session.cookies.get(COOKIE_NAME)

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()


def session_cookie(
    secret_key: str,
    *,
    event_id: str = EVENT_ID,
    queue_id: str = QUEUE_ID,
    issued_at: float | None = None,
    fixed_minutes: str = "",
    client_ip: str = "",
) -> str:
    """A session cookie's value, signed with `secret_key`; issued now when not said."""
    issue_time = str(int(time.time() if issued_at is None else issued_at))
    hip = _mac(secret_key, client_ip) if client_ip else ""
    signed = event_id.lower() + queue_id + fixed_minutes + "queue" + issue_time + hip
    pairs = [
        ("EventId", event_id),
        ("QueueId", queue_id),
        ("FixedValidityMins", fixed_minutes),
        ("RedirectType", "queue"),
        ("IssueTime", issue_time),
        ("Hip", hip),
        ("Hash", _mac(secret_key, signed)),
    ]
    return quote("&".join(f"{name}={value}" for name, value in pairs if value), safe="-_.!~*'()")


def answer_to_raw_headers(url: str, path: str, headers: list[tuple[str, str]]) -> http.client.HTTPResponse:
    """GET with exactly these header lines, several of one name if so listed; the body is read."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.putrequest("GET", path)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        return answer
    finally:
        connection.close()


def _mac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
