"""A visitor's request as the engine sees it: parsed totally, each part only when something asks for it."""

from collections.abc import Callable
from functools import cached_property

from queueit.cookies import parse_cookies
from queueit.percent_encoding import decode_uri_component
from queueit.queue_token import QueueToken, parse_queue_token
from queueit.session_cookie import NAME_PREFIX
from queueit.url_forms import Url, without_port

TOKEN_PARAMETER = "queueittoken"  # noqa: S105  # the parameter's name, not a secret
TOKEN_HEADER = "x-queueittoken"  # noqa: S105  # the header's name, not a secret
AJAX_HEADER = "x-queueit-ajaxpageurl"


class Request:
    """One request: `path` and `query` as on the wire, `query` without its `?`.

    `header(name)` gives a header by its lower-case name, several lines joined, empty when absent; `body()` gives
    the body as text, empty when there is none; `is_body_cut()` says whether it is only the body's beginning. None of
    them is called before something asks for it.

    `url` is the page's URL without the token, which triggers see and the visitor comes back to;
    `query_without_token` is the query string less every segment named queueittoken up to a `;` in it, the rest byte for
    byte as it was; `is_own_domain` says whether the request is to `own_domain`, the distribution's.
    """

    def __init__(
        self,
        method: str,
        host: str,
        path: str,
        query: str,
        client_ip: str,
        header: Callable[[str], str],
        body: Callable[[], str],
        is_body_cut: Callable[[], bool] = bool,
        own_domain: str = "",
    ) -> None:
        self.method = method
        self.query = query
        self.client_ip = client_ip
        # The length first: folding only shortens, and nearly always settles it.
        self.is_own_domain = 0 < len(own_domain) <= len(host) and without_port(host) == without_port(
            own_domain
        )
        self.header = header
        self._read_body = body
        self._is_body_cut = is_body_cut
        self._query_tokens: list[str] = []
        self.query_without_token = query
        if TOKEN_PARAMETER in query.lower():
            kept = []
            for segment in query.split("&"):
                name, _, value = segment.partition("=")
                if name.lower() != TOKEN_PARAMETER:
                    kept.append(segment)
                    continue
                self._query_tokens.append(value)
                # No token holds a `;`, at which some origins begin another parameter: what follows it stays.
                if ";" in segment:
                    kept.append(segment.partition(";")[2])
            self.query_without_token = "&".join(kept)
        self.has_query_token = bool(self._query_tokens)
        page_query = f"?{self.query_without_token}" if self.query_without_token else ""
        self.url = Url(f"https://{host}{path}{page_query}")

    @cached_property
    def body(self) -> str:
        """The body as text, empty when there is none."""
        return self._read_body()

    @cached_property
    def is_body_cut(self) -> bool:
        """Whether `body` is only the beginning of what the visitor sent."""
        return self._is_body_cut()

    @property
    def ajax_page_url(self) -> str:
        """The encoded URL of the page that made an AJAX call, empty for a page request."""
        return self.header(AJAX_HEADER)

    @property
    def is_preflight(self) -> bool:
        """Whether a browser asks what it may send (section 5); anybody can send such a request."""
        return (
            self.method == "OPTIONS"
            and bool(self.header("origin"))
            and bool(self.header("access-control-request-method"))
        )

    @property
    def original_url(self) -> str:
        """The URL as requested, with the token if the query string has one."""
        if not self.has_query_token:
            return self.url.text
        kept = len(self.query_without_token)
        page = self.url.text[: -kept - 1] if kept else self.url.text
        return f"{page}?{self.query}"

    def token(self) -> QueueToken | None:
        """The token of the query string, else of the header `x-queueittoken`; None without a usable one."""
        return self._token

    @cached_property
    def _token(self) -> QueueToken | None:
        for value in self._query_tokens:
            token = parse_queue_token(decode_uri_component(value) or "")
            if token:
                return token
        return parse_queue_token(self.header(TOKEN_HEADER))

    @cached_property
    def _cookie_header(self) -> str:
        return self.header("cookie")

    @cached_property
    def _parsed_cookies(self) -> dict[str, list[str]]:
        return parse_cookies(self._cookie_header)

    @cached_property
    def _decoded_cookies(self) -> dict[str, str]:
        return {}

    @cached_property
    def session_cookies(self) -> dict[str, list[str]]:
        """The values of each session cookie by its name, as sent: a request may reach many integrations that ask."""
        header = self._cookie_header
        return parse_cookies(header, NAME_PREFIX) if NAME_PREFIX in header else {}

    def cookie(self, name: str) -> str:
        """The first value of the cookie `name`, decoded where it can be; empty without one."""
        known = self._decoded_cookies
        if name not in known:
            values = self._parsed_cookies.get(name, []) if name in self._cookie_header else []
            decoded = decode_uri_component(values[0]) if values else ""
            known[name] = values[0] if decoded is None else decoded
        return known[name]
