"""A visitor's request as the engine sees it: parsed totally, each part only when something asks for it."""

import re
from collections.abc import Callable
from functools import cached_property

from queueit.cookies import cookie_values
from queueit.percent_encoding import decode_uri_component
from queueit.queue_token import QueueToken, parse_queue_token

TOKEN_PARAMETER = "queueittoken"  # noqa: S105  # the parameter's name, not a secret
TOKEN_HEADER = "x-queueittoken"  # noqa: S105  # the header's name, not a secret
AJAX_HEADER = "x-queueit-ajaxpageurl"

# RFC 3986, appendix B: 1 is the authority, 2 the path.
_URL = re.compile(r"^(?:[^:/?#]+:)?(?://([^/?#]*))?([^?#]*)")


def _is_token_segment(segment: str) -> bool:
    return segment.partition("=")[0].lower() == TOKEN_PARAMETER


class Url:
    """An absolute URL and the parts that triggers compare, with their upper-cased forms (section 2)."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _parts(self) -> tuple[str, str]:
        match = _URL.match(self.text)
        return (match[1] or "", match[2]) if match else ("", "")

    @cached_property
    def host(self) -> str:
        """The authority with its port."""
        return self._parts[0]

    @cached_property
    def path(self) -> str:
        """The path, without query or fragment."""
        return self._parts[1]

    @cached_property
    def text_upper(self) -> str:
        """`text`, upper-cased."""
        return self.text.upper()

    @cached_property
    def host_upper(self) -> str:
        """`host`, upper-cased."""
        return self.host.upper()

    @cached_property
    def path_upper(self) -> str:
        """`path`, upper-cased."""
        return self.path.upper()


class Request:
    """One request: `path` and `query` as on the wire, `query` without its `?`.

    `header(name)` gives a header by its lower-case name, several lines joined, empty when absent; `body()` gives
    the body as text. Both are asked at most once for each thing that a configuration refers to.
    """

    def __init__(
        self,
        *,
        method: str,
        host: str,
        path: str,
        query: str,
        client_ip: str,
        header: Callable[[str], str],
        body: Callable[[], str],
    ) -> None:
        self.method = method
        self.host = host
        self.path = path
        self.query = query
        self.client_ip = client_ip
        self.header = header
        self._body = body

    @cached_property
    def body(self) -> str:
        """The body as text, empty when there is none."""
        return self._body()

    @cached_property
    def has_query_token(self) -> bool:
        """Whether the query string holds the token's parameter, whatever its value."""
        return TOKEN_PARAMETER in self.query.lower() and any(map(_is_token_segment, self.query.split("&")))

    @cached_property
    def query_without_token(self) -> str:
        """The query string less every segment named queueittoken, the rest byte for byte as it was."""
        if not self.has_query_token:
            return self.query
        return "&".join([segment for segment in self.query.split("&") if not _is_token_segment(segment)])

    @cached_property
    def token(self) -> QueueToken | None:
        """The token of the query string, else of the header `x-queueittoken`; None without a usable one."""
        if self.has_query_token:
            for segment in self.query.split("&"):
                name, _, value = segment.partition("=")
                if name.lower() == TOKEN_PARAMETER:
                    token = parse_queue_token(decode_uri_component(value) or "")
                    if token:
                        return token
        return parse_queue_token(self.header(TOKEN_HEADER))

    @cached_property
    def url(self) -> Url:
        """The page's URL without the token, which triggers see and the visitor comes back to."""
        query = self.query_without_token
        return Url(f"https://{self.host}{self.path}" + (f"?{query}" if query else ""))

    @cached_property
    def ajax_page_url(self) -> str:
        """The encoded URL of the page that made an AJAX call, empty for a page request."""
        return self.header(AJAX_HEADER)

    @cached_property
    def _cookie_header(self) -> str:
        return self.header("cookie")

    def cookies(self, name: str) -> list[str]:
        """The non-empty values of the cookie `name`, as sent."""
        return [value for value in cookie_values(self._cookie_header, name) if value]

    def cookie(self, name: str) -> str:
        """The first value of the cookie `name`, decoded where it can be; empty without one."""
        values = cookie_values(self._cookie_header, name)
        if not values:
            return ""
        decoded = decode_uri_component(values[0])
        return values[0] if decoded is None else decoded
