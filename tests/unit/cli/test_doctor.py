"""`queueit doctor` before sites that are ill in one way each; a healthy one is asked end to end."""

import io
import json
import posixpath
import re
from collections.abc import Callable
from functools import cache
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from edge import event_handling, viewer_response
from queueit.snapshot import Snapshot
from tests.builders import ADDRESS, NOW, SECRET_KEY, compiled_snapshot, queue_integration, triggers, url_part
from tests.command_line import queueit
from workbench.cli.explanation import viewer_event
from workbench.cli.site_checks import Examination, Unreachable

URL = "https://shop.example.com/tickets"
WAITING_ROOM = "example.queue-it.net"
ORIGIN = "origin.example.com"
OWN_DOMAIN = "d111111abcdef8.cloudfront.net"
PAGES = ("/tickets", "/about", "/")
ASKED_FOR = ("--own-domain", OWN_DOMAIN, "--origin", f"https://{ORIGIN}")


class Site(BaseAdapter):
    """A site behind the connector, which a test makes ill; what a session's requests go to."""

    def __init__(self) -> None:
        super().__init__()
        self.integration = queue_integration(CookieDomain=".example.com", IsCookieSecure=True)
        self.settings: dict[str, Any] = {}
        self.page_headers: dict[str, str] = {}
        self.on_answer: Callable[[str, requests.Response], None] = lambda url, answer: None
        self.trouble: dict[str, Exception] = {}
        self.waiting_room_status = 200
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.serves: Callable[[str, str], bool] = lambda method, path: method == "GET" and path in PAGES
        self.unprotected_folder = "none"
        self.open_origin = False

    def __call__(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # to look for proxies in the environment takes longer than the rest
        session.mount("https://", self)
        session.mount("http://", self)
        return session

    def close(self) -> None:
        pass

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, *, timeout: float, **_: Any
    ) -> requests.Response:
        assert timeout > 0
        url, headers = str(request.url), dict(request.headers)
        self.asked.append((url, headers))
        parts = urlsplit(url)
        for place, error in self.trouble.items():
            if url.startswith(place):
                raise error
        if parts.netloc == WAITING_ROOM:
            answer = response(self.waiting_room_status, [])
        elif parts.netloc == ORIGIN:
            answer = self._serve(str(request.method), parts.path) if self.open_origin else response(403, [])
        elif parts.scheme == "http":
            answer = response(301, [("Location", url.replace("http:", "https:", 1))])
        else:
            answer = self._page(str(request.method), url, headers)
        answer.request, answer.url = request, url
        self.on_answer(url, answer)
        return answer

    def _serve(self, method: str, path: str) -> requests.Response:
        return response(200, [], b"a page") if self.serves(method, path) else response(404, [])

    def _page(self, method: str, url: str, headers: dict[str, str]) -> requests.Response:
        event = viewer_event(
            url, method=method, headers=tuple(headers.items()), client_ip=ADDRESS, own_domain=OWN_DOMAIN
        )
        cf = event["Records"][0]["cf"]
        path = cf["request"]["uri"]
        if path.startswith(self.unprotected_folder):
            return self._serve(method, path)
        snapshot = snapshot_of(json.dumps([self.integration, self.settings]))
        outcome = event_handling.handle(event, snapshot, NOW)
        page = b""
        if "status" not in outcome:
            served = self._serve(method, path)
            if served.status_code != 200:
                return served
            page = served.content
            lines = {
                name.lower(): [{"key": name, "value": value}] for name, value in self.page_headers.items()
            }
            cf["response"] = {"status": "200", "headers": lines}
            outcome = viewer_response.handler(event, None)
        given = [(one["key"], one["value"]) for each in outcome["headers"].values() for one in each]
        return response(int(outcome["status"]), given, page)


@cache
def snapshot_of(what: str) -> Snapshot:
    """The snapshot of an integration and settings, as JSON: a site is asked a hundred times with the same."""
    integration, settings = json.loads(what)
    return compiled_snapshot(integration, settings=settings)


def response(status: int, lines: list[tuple[str, str]], body: bytes = b"") -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    headers = HTTPHeaderDict()
    for name, value in lines:
        headers.add(name, value)
    answer.headers.update(dict(headers))
    answer.raw = HTTPResponse(io.BytesIO(body), headers=headers, status=status, preload_content=False)
    return answer


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def doctor(site: Site) -> Callable[..., dict[str, Any]]:
    """What the doctor finds, by check; with the secret key unless told otherwise."""

    def examine(url: str = URL, *, key: str = SECRET_KEY) -> dict[str, Any]:
        environ = {"QUEUEIT_SECRET_KEY": key}
        ran = queueit("doctor", url, *ASKED_FOR, "--json", environ=environ, session=site)
        found = {one["name"]: one for one in ran.document["checks"]}
        assert ran.status == (1 if "problem" in [one["status"] for one in found.values()] else 0)
        return found

    return examine


def replacing(status: int = 200, headers: dict[str, str] | None = None, when: str = "") -> Any:
    """Makes the site answer something else to addresses that contain `when`."""

    def change(url: str, answer: requests.Response) -> None:
        if when in url and urlsplit(url).netloc == "shop.example.com":
            answer.status_code = status
            answer.headers.clear()
            answer.headers.update(headers or {})

    return change


def setting(headers: dict[str, str | None]) -> Any:
    """Makes the site's answers carry, or with None lack, headers."""

    def change(url: str, answer: requests.Response) -> None:
        if urlsplit(url).netloc == "shop.example.com":
            for name, value in headers.items():
                if value is None:
                    answer.headers.pop(name, None)
                else:
                    answer.headers[name] = value

    return change


def test_a_healthy_site_has_no_findings(doctor: Any) -> None:
    found = doctor()
    assert {name for name, one in found.items() if one["status"] != "ok"} == set()
    assert len(found) == 22


def test_text_for_people_names_every_check_and_counts(site: Site) -> None:
    ran = queueit("doctor", URL, session=site)
    assert ran.status == 0
    assert 'ok      queue: a visitor without a session is sent to the waiting room "tickets"' in ran.out
    assert "skipped token: whether a genuine token lets a visitor in was not checked" in ran.out
    assert "        → set QUEUEIT_SECRET_KEY, or give --secret-file FILE\n" in ran.out
    assert ran.out.endswith("no problems, no warnings\n")


def test_every_visitor_is_a_new_one_and_says_who_asks(doctor: Any, site: Site) -> None:
    doctor()
    agents = {headers["User-Agent"] for _, headers in site.asked}
    assert len(agents) == 1
    assert "queueit-doctor/" in agents.pop()
    cookies = [SimpleCookie(headers["Cookie"]) for _, headers in site.asked if "Cookie" in headers]
    assert len(cookies) == 2, "the forged one and the genuine one"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (requests.exceptions.SSLError(), "its TLS certificate is not accepted"),
        (requests.exceptions.ConnectTimeout(), "no response within 15 s"),
        (requests.exceptions.ConnectionError(), "the connection was closed before a response came"),
        (requests.exceptions.ProxyError(), "the proxy named by HTTPS_PROXY or HTTP_PROXY does not respond"),
        (requests.exceptions.ChunkedEncodingError(), "the response is not HTTP"),
    ],
)
def test_a_site_that_gives_no_answer_is_a_problem(
    doctor: Any, site: Site, error: Exception, message: str
) -> None:
    site.trouble = {"https://shop.example.com": error}
    assert doctor()["answer"]["message"] == f"the site does not respond: {message}"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://shop.invalid/tickets", "this host name has no address"),
        ("http://127.0.0.1:9/tickets", "nothing accepts connections at this address and port"),
    ],
)
def test_a_host_that_is_not_there_is_a_plain_sentence(url: str, message: str) -> None:
    def session() -> requests.Session:
        made = requests.Session()
        made.trust_env = False
        return made

    with pytest.raises(Unreachable, match=f"^{message}$"):
        Examination(url, session).ask("GET", url, {})


def test_a_failed_or_throttled_edge_function_is_reported_in_cloudfronts_own_words(
    doctor: Any, site: Site
) -> None:
    site.on_answer = replacing(503, {"X-Cache": "LambdaLimitExceeded from cloudfront"})
    found = doctor()
    assert found.keys() == {"answer", "plain_http"}
    assert "CloudFront itself answers 503 (LambdaLimitExceeded from cloudfront)" in found["answer"]["message"]
    assert "raise the region's concurrency quota" in found["answer"]["remedy"]


@pytest.mark.parametrize(("status", "how"), [(200, "open"), (503, "closed")])
def test_a_connector_that_failed_is_reported_as_open_or_closed(
    doctor: Any, site: Site, status: int, how: str
) -> None:
    site.on_answer = replacing(status, {"x-queueit-failed": "true", "x-queueit-connector": "cloudfront"})
    assert f"failed {how}" in doctor()["answer"]["message"]


def test_a_page_that_answers_with_an_error_cannot_be_judged(doctor: Any, site: Site) -> None:
    site.on_answer = replacing(404)
    assert "viewer-response does not run for such a status" in doctor()["answer"]["message"]


def test_a_page_that_the_connector_did_not_touch_is_a_problem(doctor: Any, site: Site) -> None:
    assert doctor("https://shop.example.com/about")["connector"]["status"] == "problem"
    site.settings = {"enabled": False}
    found = doctor()["connector"]
    assert "no integration matched, the connector is switched off, or it is not in front" in found["message"]
    assert f"queueit explain {URL}" in found["remedy"]


def test_a_page_that_is_exempt_is_a_warning(doctor: Any, site: Site) -> None:
    site.integration |= {"ActionType": "Ignore"}
    assert doctor()["queue"]["status"] == "warning"


def test_a_redirect_to_elsewhere_is_not_taken_for_the_waiting_room(doctor: Any, site: Site) -> None:
    site.on_answer = replacing(
        301, {"Location": "https://www.example.com/", "x-queueit-connector": "cloudfront"}
    )
    found = doctor()
    assert "which is no waiting room" in found["queue"]["message"]
    assert "forged_token" not in found


def test_a_target_on_another_host_is_a_warning(doctor: Any, site: Site) -> None:
    site.integration |= {"RedirectLogic": "ForcedTargetUrl", "ForcedTargetUrl": "https://other.example.com/"}
    assert "on another host than this page's" in doctor()["target"]["message"]
    site.integration |= {"ForcedTargetUrl": "https://shop.example.com/start"}
    assert doctor()["target"]["status"] == "warning"
    site.integration |= {"RedirectLogic": "EventTargetUrl"}
    assert doctor()["target"]["status"] == "ok"


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Age": "12"}, "comes from a cache (Age 12"),
        ({"X-Cache": "Hit from cloudfront"}, "X-Cache Hit from cloudfront"),
        ({"Cache-Control": "max-age=60"}, "may be cached (Cache-Control: max-age=60)"),
    ],
)
def test_a_redirect_that_is_or_may_be_cached_is_a_problem(
    doctor: Any, site: Site, headers: dict[str, str | None], message: str
) -> None:
    site.on_answer = setting(headers)
    found = doctor()["caching"]
    assert found["status"] == "problem"
    assert message in found["message"]


def test_a_background_request_that_loses_its_header_is_a_problem(doctor: Any, site: Site) -> None:
    site.on_answer = setting({"x-queueit-redirect": None})
    assert doctor()["ajax"]["status"] == "problem"


def test_a_forged_token_that_opens_the_gate_is_a_problem(doctor: Any, site: Site) -> None:
    site.on_answer = replacing(200, when="queueittoken")
    found = doctor()
    assert "a forged token gets past the queue (status 200)" in found["forged_token"]["message"]
    assert found["forged_cookie"]["status"] == "ok"


def test_a_redirect_back_with_a_session_does_not_count_as_sent_away(doctor: Any, site: Site) -> None:
    site.on_answer = replacing(302, {"Location": URL}, when="queueittoken")
    assert doctor()["forged_token"]["status"] == "problem"


def test_a_forged_cookie_or_internal_header_that_opens_the_gate_is_a_problem(doctor: Any, site: Site) -> None:
    def open_to(header: str) -> Any:
        def change(url: str, answer: requests.Response) -> None:
            if header in site.asked[-1][1] and urlsplit(url).scheme == "https":
                answer.status_code = 200

        return change

    site.on_answer = open_to("Cookie")
    assert doctor()["forged_cookie"]["status"] == "problem"
    site.on_answer = open_to("x-queueit-handover")
    assert doctor()["internal_headers"]["status"] == "problem"


def test_a_waiting_room_that_is_down_or_unknown_is_a_problem(doctor: Any, site: Site) -> None:
    site.waiting_room_status = 404
    assert doctor()["waiting_room"]["message"] == "the waiting room answers 404"
    site.trouble = {f"https://{WAITING_ROOM}": requests.exceptions.ConnectionError()}
    found = doctor()
    assert "does not respond" in found["waiting_room"]["message"]
    assert found["token"]["status"] == "ok", "the other checks go on"


def test_a_key_that_is_not_the_edges_is_a_problem(doctor: Any) -> None:
    found = doctor(key="another-fake-key")["token"]
    assert found["status"] == "problem"
    assert "the edge has another secret key" in found["remedy"]


def test_a_cookie_that_browsers_drop_or_send_in_the_clear_is_found(doctor: Any, site: Site) -> None:
    site.integration |= {"CookieDomain": ".example.org"}
    assert "to which shop.example.com does not belong" in doctor()["cookie"]["message"]
    site.integration |= {"CookieDomain": "", "IsCookieSecure": False}
    assert "is not Secure" in doctor()["cookie"]["message"]
    site.integration |= {"IsCookieSecure": True}
    assert doctor()["cookie"]["message"] == "the session cookie is for shop.example.com alone"


def test_a_session_that_does_not_hold_is_a_problem(doctor: Any, site: Site) -> None:
    def forget(url: str, answer: requests.Response) -> None:
        if "Cookie" in site.asked[-1][1] and answer.status_code == 200:
            answer.status_code = 302
            answer.headers["Location"] = f"https://{WAITING_ROOM}/?c=example&e=tickets&cver=7"

    site.on_answer = forget
    assert doctor()["session"]["status"] == "problem"


def test_a_page_from_the_cache_says_its_age(doctor: Any, site: Site) -> None:
    site.page_headers = {"Age": "75", "X-Cache": "Hit from cloudfront", "Cache-Control": "public, max-age=60"}
    found = doctor()
    assert found["session"]["message"].endswith("(status 200, from CloudFront's cache (age 1 min 15 s))")
    assert found["isolation"]["status"] == "ok"


def test_a_page_that_others_get_from_a_cache_before_the_connector_is_a_problem(
    doctor: Any, site: Site
) -> None:
    has_been_in: list[bool] = []

    def cache_all(url: str, answer: requests.Response) -> None:
        if url == URL and answer.status_code == 200 and "Cookie" in site.asked[-1][1]:
            has_been_in.append(True)
        elif url == URL and has_been_in:
            answer.status_code = 200

    site.on_answer = cache_all
    assert doctor()["isolation"]["status"] == "problem"


def test_plain_http_that_serves_the_page_is_a_warning_and_a_closed_port_is_fine(
    doctor: Any, site: Site
) -> None:
    site.trouble = {"http://": requests.exceptions.ConnectionError()}
    assert doctor()["plain_http"]["message"] == "plain HTTP is not answered"
    site.trouble = {}

    def serve(url: str, answer: requests.Response) -> None:
        if url.startswith("http://"):
            answer.status_code = 200
            answer.headers.clear()

    site.on_answer = serve
    assert doctor()["plain_http"]["status"] == "warning"


def test_neither_the_key_nor_a_session_is_printed(site: Site) -> None:
    for more in ((), ("--json",)):
        ran = queueit("doctor", URL, *more, environ={"QUEUEIT_SECRET_KEY": SECRET_KEY}, session=site)
        assert not [word for word in (SECRET_KEY, "Hash", "~h_") if word in ran.out]


def test_the_query_string_of_the_page_is_kept(doctor: Any, site: Site) -> None:
    assert doctor(f"{URL}?seat=12#top")["target"]["status"] == "ok"
    with_token = [dict(parse_qsl(urlsplit(url).query)) for url, _ in site.asked if "queueittoken" in url]
    assert [query["seat"] for query in with_token if "seat" in query] == ["12", "12"]


def lenient(method: str, path: str) -> bool:
    """An origin that decodes twice, knows the backslash, cuts parameters and resolves dots."""
    read = unquote(unquote(path)).replace("\\", "/")
    return (
        method == "GET" and posixpath.normpath("/" + re.sub("[;#?][^/]*", "", read).strip("/")) == "/tickets"
    )


def answers_options(method: str, path: str) -> bool:
    return method in ("GET", "OPTIONS") and path == "/tickets"


def matching(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"Triggers": triggers(*parts)}


ON_THE_HOST = [url_part("shop.example.com", UrlPart="HostName", Operator="Equals"), url_part("/tickets")]

HOLES: dict[str, tuple[str, dict[str, Any]]] = {
    "spellings compared as configured": (
        "spellings",
        {
            "serves": lenient,
            "settings": {"url_matching": "as_configured"},
            "integration": matching(url_part("/tickets", Operator="Equals")),
        },
    ),
    "an exemption that another spelling claims": (
        "behaviors",
        {
            "serves": lenient,
            "settings": {"url_matching": "as_configured"},
            "integration": matching(url_part("/static/", IsNegative=True)),
        },
    ),
    "a behavior without the pair": ("behaviors", {"serves": lenient, "unprotected_folder": "/static/"}),
    "a trigger for one query string": (
        "cache_miss",
        {"integration": matching(url_part(URL, UrlPart="PageUrl", Operator="Equals"))},
    ),
    "a host compared as it is written": (
        "port",
        {"settings": {"url_matching": "as_configured"}, "integration": matching(*ON_THE_HOST)},
    ),
    "an ignored method that the origin answers": (
        "options",
        {"serves": answers_options, "settings": {"ignored_methods": ["OPTIONS"]}},
    ),
    "a preflight that the origin answers in full": ("preflight", {"serves": answers_options}),
    "a host trigger and the distribution's own domain": (
        "own_domain",
        {"settings": {"own_domain": "as_sent"}, "integration": matching(*ON_THE_HOST)},
    ),
    "an open origin": ("origin", {"open_origin": True}),
}


@pytest.mark.parametrize("name", HOLES)
def test_a_hole_that_is_planted_is_found(doctor: Any, site: Site, name: str) -> None:
    check, planted = HOLES[name]
    for attribute, value in planted.items():
        if attribute == "integration":
            value = site.integration | value
        setattr(site, attribute, value)
    found = doctor()
    assert found[check]["status"] == "problem"


def test_a_lenient_origin_alone_is_no_hole(doctor: Any, site: Site) -> None:
    site.serves = lenient
    assert [name for name, one in doctor().items() if one["status"] != "ok"] == []


def test_a_query_is_asked_for_in_another_spelling(site: Site) -> None:
    site.integration |= matching(url_part("route=a/b", UrlPart="PageUrl"))
    assert queueit("doctor", f"{URL}?route=a/b", session=site).status == 0
    assert f"{URL}?route=a%2Fb" in [url for url, _ in site.asked]
    site.settings = {"url_matching": "as_configured"}
    ran = queueit("doctor", f"{URL}?route=a/b", session=site)
    assert "PROBLEM spellings: another spelling of the address gets a page" in ran.out


def test_another_folder_can_be_named(site: Site) -> None:
    site.serves, site.unprotected_folder = lenient, "/shop-files/"
    assert queueit("doctor", URL, session=site).status == 0
    ran = queueit("doctor", URL, "--folder", "shop-files", session=site)
    assert ran.status == 1
    assert "PROBLEM behaviors: a path through the folder of another cache behavior gets a page" in ran.out
    assert "GET https://shop.example.com/shop-files/..%2Ftickets" in ran.out


def test_what_needs_an_option_that_was_not_given_is_shown_as_skipped(site: Site) -> None:
    ran = queueit("doctor", URL, session=site)
    assert (
        "skipped own_domain: whether the distribution's own domain bypasses the queue was not checked"
        in ran.out
    )
    assert "skipped origin: whether the origin answers direct requests was not checked" in ran.out
