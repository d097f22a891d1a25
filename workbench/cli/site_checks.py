"""Sends a live site requests as visitors would, honest ones and others, and judges each response."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from queueit import __version__
from queueit.session_cookie import NAME_PREFIX
from workbench.cli.command import duration
from workbench.queue_token import add_queue_token, mint_queue_token

GOOD, WARNING, PROBLEM, SKIPPED = "ok", "warning", "problem", "skipped"

_TIMEOUT_SECONDS = 15
_EDGE_FUNCTION_ERRORS = ("LambdaExecutionError", "LambdaValidationError", "LambdaLimitExceeded")
_QUEUE_PARAMETERS = ("c", "e", "ver", "cver", "man")
_QUEUE_ID = "00000000-0000-4000-8000-000000000000"
_ASSOCIATION = "associate viewer-request and viewer-response with the cache behavior that serves this path"


class Check(NamedTuple):
    """The result of one check: `status` is GOOD, WARNING, PROBLEM or SKIPPED; `remedy` is empty where all is well."""

    name: str
    status: str
    message: str
    remedy: str = ""


class Queued(NamedTuple):
    """What the address of a redirect to the waiting room contains."""

    location: str
    event_id: str
    version: int | None
    integration: str


class Unreachable(Exception):
    """The site gave no response; the text says why."""


def _why_unanswered(error: requests.RequestException) -> str:
    """Why a request got no response, so that the reader knows what to check."""
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy named by HTTPS_PROXY or HTTP_PROXY does not respond"
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, NameResolutionError):
        return "this host name has no address"
    if isinstance(reason, NewConnectionError):
        return "nothing accepts connections at this address and port"
    if isinstance(error, requests.ConnectionError):
        return "the connection was closed before a response came"
    return "the response is not HTTP"


class Examination:
    """The checks of one page and their results; `queued` is where the first visitor was sent to queue, if anywhere."""

    def __init__(
        self,
        url: str,
        session: Callable[[], requests.Session],
        *,
        secret_key: str | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.url = url
        self._session = session
        self._secret_key = secret_key
        self._now = now
        self.checks: list[Check] = []
        self.queued: Queued | None = None
        self.is_touched = False

    def run(self) -> None:
        """Send the requests, from a plain one to those that try to pass the queue."""
        try:
            first = self._get(self.url)
            if self._judge_answer(first):
                self._judge_redirect(first)
                if self.queued:
                    self._judge_caching(first)
                    self._ask_as_script()
                    self._try_forged_token(self.queued)
                    self._try_forged_cookie(self.queued)
                    self._try_internal_headers()
                    self._ask_waiting_room(self.queued)
                    self._come_back_with_token(self.queued)
            self._ask_over_plain_http()
        except Unreachable as error:
            self._problem(
                "answer", f"the site does not respond: {error}", "check the address, DNS and the certificate"
            )

    def _good(self, name: str, message: str) -> None:
        self.checks.append(Check(name, GOOD, message))

    def _warning(self, name: str, message: str, remedy: str) -> None:
        self.checks.append(Check(name, WARNING, message, remedy))

    def _problem(self, name: str, message: str, remedy: str) -> None:
        self.checks.append(Check(name, PROBLEM, message, remedy))

    def ask(self, method: str, url: str, headers: dict[str, str]) -> requests.Response:
        """Send one request as a new visitor who follows no redirect; the address goes out byte for byte as written.

        Raises Unreachable.
        """
        sent = {
            "User-Agent": f"Mozilla/5.0 (compatible; queueit-doctor/{__version__})",
            "Accept": "text/html",
        }
        try:
            with self._session() as session:
                request = session.prepare_request(requests.Request(method, url, headers=sent | headers))
                request.url = url  # requests would normalize it
                settings = session.merge_environment_settings(url, {}, None, None, None)
                adapter = session.get_adapter(url)
                answer = adapter.send(request, timeout=_TIMEOUT_SECONDS, **settings)  # type: ignore[arg-type]
                _ = answer.content  # read while the connection is there
                return answer
        except requests.exceptions.SSLError:
            raise Unreachable("its TLS certificate is not accepted") from None
        except requests.exceptions.Timeout:
            raise Unreachable(f"no response within {_TIMEOUT_SECONDS} s") from None
        except requests.RequestException as error:
            raise Unreachable(_why_unanswered(error)) from None

    def _get(self, url: str, **headers: str) -> requests.Response:
        """Send a GET; `_` in the names of headers stands for `-`."""
        return self.ask("GET", url, {name.replace("_", "-"): value for name, value in headers.items()})

    def _judge_answer(self, answer: requests.Response) -> bool:
        """Whether the site is up and the connector handled the plain request."""
        cached = answer.headers.get("X-Cache", "")
        if cached.startswith(_EDGE_FUNCTION_ERRORS):
            self._problem(
                "answer",
                f"CloudFront itself answers {answer.status_code} ({cached}): an edge function failed or was throttled",
                "for LambdaLimitExceeded raise the region's concurrency quota; otherwise read the function's log group "
                "/aws/lambda/us-east-1.{function} in the region nearest to the visitor",
            )
            return False
        if answer.headers.get("x-queueit-failed") == "true":
            how = "closed" if answer.status_code == 503 else "open"
            self._problem(
                "answer",
                f"the connector could not decide and failed {how} (x-queueit-failed: true)",
                "the edge has no snapshot, or the connector has a defect: see `queueit status`, then the log group "
                "/aws/lambda/us-east-1.{name}-viewer-request in the region nearest to the visitor",
            )
            return False
        if answer.status_code >= 400:
            self._problem(
                "answer",
                f"the page answers {answer.status_code}; viewer-response does not run for such a status, so "
                "nothing more can be seen from outside",
                "give the address of a protected page that exists",
            )
            return False
        self.is_touched = answer.headers.get("x-queueit-connector") == "cloudfront"
        if not self.is_touched:
            self._problem(
                "connector",
                f"the page answers {answer.status_code} without x-queueit-connector: no integration matched, the "
                "connector is switched off, or it is not in front of this path",
                f"see `queueit explain {self.url} --name CONNECTOR`; if that says the page queues, {_ASSOCIATION}",
            )
            return False
        self._good("connector", f"the page answers {answer.status_code}, handled by the connector")
        return True

    def _judge_redirect(self, answer: requests.Response) -> None:
        location = answer.headers.get("Location", "")
        query = parse_qs(urlsplit(location).query) if location else {}
        if answer.status_code not in (301, 302, 303, 307, 308):
            self._warning(
                "queue",
                "a visitor without a session gets the page: the integration that matches does not queue",
                f"see `queueit explain {self.url} --name CONNECTOR`",
            )
            return
        missing = [name for name in _QUEUE_PARAMETERS if name not in query]
        if missing:
            self._warning(
                "queue",
                f"the page redirects to {location}, which is no waiting room (it lacks {', '.join(missing)})",
                "run the command again with the address it redirects to",
            )
            return
        version = query["cver"][0]
        self.queued = Queued(
            location, query["e"][0], int(version) if version.isdecimal() else None, query["man"][0]
        )
        self._good(
            "queue",
            f'a visitor without a session is sent to the waiting room "{self.queued.event_id}" by the integration '
            f'"{self.queued.integration}", version {version}',
        )
        target = query.get("t", [""])[0]
        if not target:
            self._good("target", "visitors come back to the waiting room's own target")
        elif target.partition("://")[2] == self.url.partition("://")[2]:  # the edge always says https
            self._good("target", "visitors come back to this page")
        elif urlsplit(target).netloc != urlsplit(self.url).netloc:
            self._warning(
                "target",
                f"visitors come back to {target}, on another host than this page's",
                "unless that is the ForcedTargetUrl, CloudFront gets another Host header than the one in the visitor's "
                "browser",
            )
        else:
            self._warning(
                "target", f"visitors come back to {target}, not to this page", "check that this is intended"
            )

    def _judge_caching(self, answer: requests.Response) -> None:
        """A redirect to the waiting room must not come from a cache."""
        control = answer.headers.get("Cache-Control", "")
        served = answer.headers.get("X-Cache", "")
        age = answer.headers.get("Age")
        if age is not None or served.startswith("Hit"):
            self._problem(
                "caching",
                f"the redirect to the waiting room comes from a cache (Age {age or 'none'}, X-Cache "
                f"{served or 'none'}): visitors with a session could get it too",
                "remove the cache in front of CloudFront, or move the functions from origin events to "
                "viewer-request and viewer-response",
            )
        elif "no-store" not in control:
            self._problem(
                "caching",
                f"the redirect to the waiting room may be cached (Cache-Control: {control or 'none'})",
                "find what changes Cache-Control between the edge and you, such as a response headers policy",
            )
        else:
            self._good("caching", "the redirect to the waiting room is not cached and must not be")

    def _ask_as_script(self) -> None:
        answer = self._get(self.url, x_queueit_ajaxpageurl=quote(self.url, safe=""))
        redirect = answer.headers.get("x-queueit-redirect", "")
        exposed = answer.headers.get("Access-Control-Expose-Headers", "").lower()
        if answer.status_code == 200 and redirect and "x-queueit-redirect" in exposed:
            self._good("ajax", "a background request gets the waiting room's address in x-queueit-redirect")
        else:
            self._problem(
                "ajax",
                f"a background request gets {answer.status_code} without a usable x-queueit-redirect header",
                "look for a response headers policy, or a cache in between, that removes headers",
            )

    def is_sent_away(self, answer: requests.Response) -> bool:
        """Whether an answer keeps the visitor out: a redirect that leads away from the page, without a session."""
        location = answer.headers.get("Location", "")
        return (
            answer.status_code == 302
            and urlsplit(location).netloc != urlsplit(self.url).netloc
            and not _session_cookie_of(answer)
        )

    def _gate(self, name: str, answer: requests.Response, what: str) -> None:
        """Judge the response to a request that tried to pass the queue."""
        if self.is_sent_away(answer):
            self._good(name, f"{what} does not get past the queue")
        else:
            self._problem(
                name,
                f"{what} gets past the queue (status {answer.status_code})",
                "the gate is open: check that no other function or cache answers for this path, and that the "
                "connector's version is a released one",
            )

    def _try_forged_token(self, queued: Queued) -> None:
        expires_at = int(self._now()) + 3600
        forged = f"e_{queued.event_id}~q_{_QUEUE_ID}~ts_{expires_at}~ce_true~rt_queue~h_{'0' * 64}"
        self._gate("forged_token", self._get(add_queue_token(self.url, forged)), "a forged token")

    def _try_forged_cookie(self, queued: Queued) -> None:
        event_id = queued.event_id
        value = (
            f"EventId%3D{event_id}%26QueueId%3D{_QUEUE_ID}%26RedirectType%3Dqueue%26IssueTime%3D{int(self._now())}"
            f"%26Hash%3D{'0' * 64}"
        )
        answer = self._get(self.url, Cookie=f"{NAME_PREFIX}{event_id}={value}")
        self._gate("forged_cookie", answer, "a forged session cookie")

    def _try_internal_headers(self) -> None:
        answer = self._get(
            self.url, x_queueit_handover="doctor | ok", x_queueit_failed="true", x_queueit_connector="doctor"
        )
        self._gate("internal_headers", answer, "a request with the connector's own headers")

    def _ask_waiting_room(self, queued: Queued) -> None:
        try:
            status = self._get(queued.location).status_code
        except Unreachable as error:
            self._problem(
                "waiting_room",
                f"the waiting room at {urlsplit(queued.location).netloc} does not respond: {error}",
                "check QueueDomain in the integration, and its DNS record",
            )
            return
        if status < 400:
            self._good("waiting_room", f"the waiting room answers {status}")
        else:
            self._problem(
                "waiting_room",
                f"the waiting room answers {status}",
                "check on the platform that the customer and the waiting room exist and are open",
            )

    def _come_back_with_token(self, queued: Queued) -> None:
        """Walk the whole way of a visitor whose turn it is, which takes the secret key."""
        if self._secret_key is None:
            unasked = "whether a genuine token lets a visitor in was not checked: that takes the account's secret key"
            how = "set QUEUEIT_SECRET_KEY, or give --secret-file FILE"
            self.checks.append(Check("token", SKIPPED, unasked, how))
            return
        token = mint_queue_token(
            self._secret_key, queued.event_id, queue_id=_QUEUE_ID, expires_at=int(self._now()) + 120
        )
        answer = self._get(add_queue_token(self.url, token))
        cookie = _session_cookie_of(answer)
        if answer.headers.get("Location", "") != self.url or not cookie:
            self._problem(
                "token",
                f"a genuine token does not let a visitor in (status {answer.status_code})",
                "the edge has another secret key than the one you gave (see `queueit status`), or the clocks differ: "
                f"the site's says {answer.headers.get('Date', 'nothing')}",
            )
            return
        self._good("token", "a genuine token lets a visitor in, and is cut from the address")
        self._judge_cookie(cookie)
        self._browse_on(cookie)

    def _judge_cookie(self, cookie: str) -> None:
        attributes = {
            name.strip().lower(): value.strip()
            for name, _, value in (part.partition("=") for part in cookie.split(";")[1:])
        }
        host = urlsplit(self.url).hostname or ""
        domain = attributes.get("domain", "").lstrip(".").lower()
        if domain and host != domain and not host.endswith(f".{domain}"):
            self._problem(
                "cookie",
                f"the session cookie is for {domain}, to which {host} does not belong: browsers drop it, and visitors "
                "queue forever",
                "correct CookieDomain in the integration",
            )
        elif self.url.startswith("https:") and "secure" not in attributes:
            self._warning(
                "cookie",
                "the session cookie is not Secure: browsers also send it over plain HTTP",
                "set IsCookieSecure in the integration, or session_cookie.secure in the settings",
            )
        else:
            where = f"for {domain} and its subdomains" if domain else f"for {host} alone"
            self._good("cookie", f"the session cookie is {where}")

    def _browse_on(self, cookie: str) -> None:
        """Whether the session is accepted, and nobody else gets its page from a cache."""
        answer = self._get(self.url, Cookie=cookie.partition(";")[0])
        if answer.status_code in (301, 302) and "cver" in parse_qs(
            urlsplit(answer.headers.get("Location", "")).query
        ):
            self._problem(
                "session", "the session cookie is not accepted: the visitor queues again", "see `token` above"
            )
            return
        served = answer.headers.get("X-Cache", "")
        age = answer.headers.get("Age")
        where = f", from CloudFront's cache (age {duration(int(age))})" if age and age.isdecimal() else ""
        self._good(
            "session", f"with its session cookie a visitor gets the page (status {answer.status_code}{where})"
        )
        if self.is_sent_away(self._get(self.url)):
            self._good("isolation", "the next visitor without a session still queues")
        else:
            self._problem(
                "isolation",
                f"afterwards a visitor without a session gets the page too (X-Cache {served or 'none'})",
                f"something answers before the connector: {_ASSOCIATION}",
            )

    def _ask_over_plain_http(self) -> None:
        if not self.url.startswith("https://"):
            return
        try:
            answer = self._get(f"http://{self.url.removeprefix('https://')}")
        except Unreachable:
            self._good("plain_http", "plain HTTP is not answered")
            return
        if answer.headers.get("Location", "").startswith("https://"):
            self._good("plain_http", "plain HTTP redirects to HTTPS")
        else:
            self._warning(
                "plain_http",
                f"plain HTTP answers {answer.status_code} instead of redirecting to HTTPS; browsers send no "
                "Secure cookie over it",
                "set the behavior's viewer protocol policy to redirect-to-https",
            )


def _session_cookie_of(answer: requests.Response) -> str:
    """The first session cookie that a response sets, other than to delete it; empty without one."""
    raw: Any = answer.raw
    lines = raw.headers.getlist("Set-Cookie") if raw is not None else []
    for line in lines:
        if line.startswith(NAME_PREFIX) and line.partition(";")[0].partition("=")[2]:
            return str(line)
    return ""
