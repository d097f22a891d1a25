"""Where the waiting room may send visitors: to known sites only, never wherever a link says."""

import re
from urllib.parse import urlsplit

_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f\\]")
_MOST_CHARACTERS = 4096


class Targets:
    """The protected sites, each host (with its port) with the scheme it is served by.

    To the connector every page is `https://…`, as behind CloudFront; a site on an engineer's machine is plain HTTP,
    so the way back takes the scheme of the site.
    """

    def __init__(self) -> None:
        self._schemes: dict[str, str] = {}

    def allow(self, host: str, scheme: str) -> None:
        """Let visitors be sent to `host` (with its port, if any), which is served by `scheme`."""
        self._schemes[host.lower()] = scheme

    def resolve(self, url: str) -> str | None:
        """The address to send a visitor to for the target `url`; None when it is not on a known site."""
        if not url or len(url) > _MOST_CHARACTERS or _NOT_IN_A_URL.search(url):
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        scheme = self._schemes.get(parts.netloc.lower())
        if parts.scheme.lower() not in ("http", "https") or scheme is None:
            return None
        return f"{scheme}:{url.partition(':')[2]}"
