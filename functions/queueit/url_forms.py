"""The forms of a URL: all that an origin may take it for, each decided on its own (protocol section 9).

Origins differ in how often they decode a path, in whether a backslash separates segments, in what they cut off at
`;`, `#`, `?`, NUL and white space, and when, in when they merge slashes, and in what a dot segment at the end leaves.
Each mixture of these is a form; those that come out equal count once. A path of plain characters has no other form
than itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache

from queueit.light_typing import Struct
from queueit.percent_encoding import replace_lone_surrogates
from queueit.url_normalization import normalize_part, normalize_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

MAX_CHARACTERS: Final = 20_480
"""Of all resolved forms of a URL together. One with more counts as a URL of any page, so it can only queue."""

_MAX_CHARACTERS_READ: Final = 65_536  # on the way to them, at all steps
_MAX_DECODES: Final = 3
# RFC 3986, appendix B: 1 is the authority, 2 the path.
_URL = re.compile(r"^(?:[^:/?#]+:)?(?://([^/?#]*))?([^?#]*)")
_SCHEME: Final = "https://"
# No escape, no empty or dot segment, no `;` or backslash in the path, and a host that is folded already.
_PLAIN_URL = re.compile(
    r"https://[a-z0-9._\-]*[a-z0-9_\-]"
    r"(?:/(?![/.])[A-Za-z0-9\-._~:@!$&'()*+,=]*)+(?:\?[A-Za-z0-9\-._~:@!$&'()*,;=]*)?"
)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+|%[uU][0-9A-Fa-f]{4}")
_CUT = re.compile(r"[#?\0\t\n\r ].*", re.DOTALL)
_PARAMETERS = re.compile(r";[^/]*")
_SLASHES = re.compile(r"//+")
HOST_LIKE = r"[A-Za-z0-9._\-]+\.[A-Za-z]{2,}\.?(?::[0-9]+)?"
_ORIGIN = re.compile(
    rf"((https?://)|(?:[a-z]*:)?//|/(?={HOST_LIKE}/)|)([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL
)
_SPECIAL = re.compile(r"[%;\\#\0]|//|/\.")
_ENCODED = re.compile(r"[%+]")
# Where the query of a compared value begins: it may be all of it.
_QUERY = re.compile(r"\?|^&|^[^/;?]*=")


def fold_host(host: str) -> str:
    """`host` as hosts are compared: in lower case, without `:443` and a trailing dot."""
    return host.lower().removesuffix(":443").rstrip(".")


def without_port(host: str) -> str:
    """`host`, folded, without its port: CloudFront listens on two only, any other is what a visitor made up."""
    name, colon, port = fold_host(host).rpartition(":")
    return name.rstrip(".") if colon and not port.strip("0123456789") else fold_host(host)


def split_origin(url: str) -> tuple[str, str, str, str]:
    """The scheme or its end, the scheme if it is whole, the authority and the rest of a URL or a compared value."""
    return _ORIGIN.match(url).groups("")  # type: ignore[union-attr, return-value]  # it matches any string


def fold_origin(url: str) -> str:
    """`url` with its host, if it has a scheme, as hosts are compared."""
    _, scheme, host, rest = split_origin(url)
    return f"{scheme.lower()}{fold_host(host)}{rest}" if scheme else url


def _decoded_escape(match: re.Match[str]) -> str:
    escape = match[0]
    if escape[1] in "uU":  # not a URL's own; servlet containers and IIS know it
        return replace_lone_surrogates(chr(int(escape[2:], 16)))
    return bytes.fromhex(escape.replace("%", "")).decode("utf-8", "replace")


def _decoded(text: str) -> str:
    """`text` percent-decoded once; broken escapes stay, bytes that are not UTF-8 become U+FFFD."""
    return _ESCAPES.sub(_decoded_escape, text)


def _without_dot_segments(path: str, ends_with_segment: bool) -> str:
    """RFC 3986 5.2.4 for a path that begins with a slash; an empty segment is one that `..` takes away.

    File servers leave no slash at the end where the last segment is a dot segment: `ends_with_segment`.
    """
    if "/." not in path:
        return path
    output: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del output[-1:]
        elif segment != ".":
            output.append(segment)
    if segments[-1] in (".", "..") and not ends_with_segment:
        output.append("")
    return "/" + "/".join(output)


def _decoded_query(query: str, before: int) -> str:
    """`query`, decoded `before` times, decoded once more; a `+` that was sent is a space."""
    return _decoded(query if before else query.replace("+", " "))


def _with_cut(path: str, does: bool) -> str:
    return _CUT.sub("", path) if does else path


def _with_parameters_dropped(path: str, does: bool) -> str:
    return _PARAMETERS.sub("", path) if does else path


def _with_backslashes_turned(path: str, does: bool) -> str:
    return path.replace("\\", "/") if does else path


def _with_slashes_merged(path: str, does: bool) -> str:
    return _SLASHES.sub("/", path) if does else path


def _climbed(path: str, ends_with_segment: bool) -> str:
    return _without_dot_segments(path, ends_with_segment) if path.startswith("/") else path


def _cut_and_merged(path: str, does: bool) -> str:
    return _SLASHES.sub("/", _with_cut(path, does))


_Step: TypeAlias = "Callable[[str, bool], str]"
_Readings: TypeAlias = "dict[str, tuple[bool, ...]]"
"""Paths, each with the first way to it."""

_BEFORE_DECODING: Final[tuple[_Step, ...]] = (_with_cut, _with_parameters_dropped)
_AFTER_DECODING: Final[tuple[_Step, ...]] = (
    _with_backslashes_turned,
    _with_cut,
    _with_parameters_dropped,
    _with_slashes_merged,
    _climbed,
    _cut_and_merged,
)
"""What origins do to a path, in order; at each step some go one way, some the other."""


def split_value(value: str) -> tuple[str, str, str]:
    """The origin, path and query, from its `?` on, of a compared value, which may hold any of them."""
    _, scheme, authority, rest = split_origin(value)
    origin, path, query = (scheme + authority, rest, "") if scheme else ("", value, "")
    if start := _QUERY.search(path):
        path, query = path[: start.start()], path[start.start() :]
    return origin, path, query


class Resolution(Struct):
    """How one origin may read a URL: its way at each step before decoding, how often it decodes, and its way after."""

    before: tuple[bool, ...]
    decodes: int
    after: tuple[bool, ...]

    def value(self, value: str) -> str:
        """A compared value, treated like the form; one of which nothing stays is left as it is."""
        origin, path, query = split_value(value)
        for step, does in zip(_BEFORE_DECODING, self.before, strict=True):
            path = step(path, does)
        for before in range(self.decodes):
            path, query = _decoded(path), _decoded_query(query, before)
        for step, does in zip(_AFTER_DECODING, self.after, strict=True):
            path = step(path, does)
        return origin + path + query or value

    def value_in_query(self, value: str) -> str:
        """A compared value where all of it is looked for in the query, in which nothing is cut or merged."""
        for before in range(self.decodes):
            value = _decoded_query(value, before)
        return value


_resolution = lru_cache(maxsize=1024)(Resolution)  # there are no more, and the same one is found fastest


def is_resolved(value: str) -> bool:
    """Whether a compared value holds what is decoded, cut or merged, so that it differs from form to form.

    One without a letter or digit is compared as it is: all that could become of it is a separator, which every URL has.
    """
    return _SPECIAL.search(value) is not None and any(map(str.isalnum, value))


class _Normalization:
    """The normalized form, as compared values see it."""

    value = value_in_query = staticmethod(normalize_part)


class Url:
    """An absolute URL and the parts that triggers compare, with their upper-cased forms (section 2).

    A resolved form brings its `path`; `resolution` says how it came about, or that it is the normalized form; None for
    the one as sent.
    """

    def __init__(
        self, text: str, path: str | None = None, resolution: Resolution | _Normalization | None = None
    ) -> None:
        self.text = text
        self.text_upper = text.upper()
        self.resolution = resolution
        self._resolved_path = path

    @cached_property
    def _sent(self) -> tuple[str, str]:
        host, path = _URL.match(self.text).groups("")  # type: ignore[union-attr]  # the expression matches any string
        return host, path

    @cached_property
    def host(self) -> str:
        """The authority, with its port."""
        return self._sent[0]

    @cached_property
    def path(self) -> str:
        """The path, without query or fragment."""
        return self._sent[1] if self._resolved_path is None else self._resolved_path

    @cached_property
    def host_upper(self) -> str:
        """`host`, upper-cased."""
        return self.host.upper()

    @cached_property
    def path_upper(self) -> str:
        """`path`, upper-cased."""
        return self.path.upper()

    @cached_property
    def after_host(self) -> str:
        """`text` without scheme and authority."""
        return self.text[len(_SCHEME) + len(self.host) :] if self.text.startswith(_SCHEME) else self.text

    @cached_property
    def after_host_upper(self) -> str:
        """`after_host`, upper-cased."""
        return self.after_host.upper()


_NORMALIZATION: Final = _Normalization()


class Forms(Struct):
    """The forms of a URL: as sent, normalized, resolved; `are_all` is False where there are too many to tell."""

    urls: tuple[Url, ...]
    are_all: bool = True


def with_folded_host(url: Url) -> Url:
    """`url` with its host as hosts are compared."""
    text = fold_origin(url.text)
    return url if text == url.text else Url(text)


def normalized(url: Url, resolution: _Normalization | None = None) -> Url:
    """The normalized form of `url`, `url` itself where that is it."""
    text = normalize_url(url.text)
    return url if text is url.text else Url(fold_origin(text), resolution=resolution)


def is_plain(url: Url) -> bool:
    """Whether it is seen at a glance that `url` has one form only: itself."""
    return _PLAIN_URL.fullmatch(url.text) is not None


def forms(sent: Url) -> Forms:
    """All forms of the URL `sent`, the hosts folded, each also without a port; equal ones count once."""
    if is_plain(sent):
        return Forms((sent,))
    sent = with_folded_host(sent)
    found = _forms(sent)
    host = without_port(sent.host)
    if host == sent.host:
        return found
    others = [Url(_SCHEME + host + url.after_host, url.path, url.resolution) for url in found.urls]
    return found._replace(urls=(*found.urls, *others))


def _forms(sent: Url) -> Forms:
    normal = normalized(sent, _NORMALIZATION)
    urls = {(sent.text, sent.path): sent}
    urls.setdefault((normal.text, normal.path), normal)
    path, question_mark, query = sent.after_host.partition("?")
    if not _SPECIAL.search(path) and not _ENCODED.search(query):
        return Forms(tuple(urls.values()))
    origin = _SCHEME + sent.host
    distinct = 0
    for resolution, resolved, decoded in _resolved(path, question_mark + query):
        text = origin + resolved + decoded
        if (text, resolved) not in urls:
            distinct += len(text)
            urls[text, resolved] = Url(text, resolved, resolution)
        if resolution is None or distinct > MAX_CHARACTERS:
            return Forms((sent, normal), are_all=False)
    return Forms(tuple(urls.values()))


def _resolved(path: str, query: str) -> Iterator[tuple[Resolution | None, str, str]]:
    """What origins may read the path and the query as; at last one without a resolution if there is too much of it.

    A query is decoded as often as the path, and once where the path stays as it is. Readings that are equal after a
    step are one from there on.
    """
    read = 0
    before = _both_ways({path: ()}, _BEFORE_DECODING[0])
    for sent_path, first in _both_ways(before, _BEFORE_DECODING[1]).items():
        reading = sent_path, query
        for decodes in range(_MAX_DECODES + 1):
            readings: _Readings = {reading[0]: ()}
            read += len(reading[1])
            for step in _AFTER_DECODING:
                readings = _both_ways(readings, step)
                read += sum(map(len, readings))
                if read > _MAX_CHARACTERS_READ:
                    yield None, path, query
                    return
            for resolved, after in readings.items():
                yield _resolution(first, decodes, after), resolved, reading[1]
            following = _decoded(reading[0]), _decoded_query(reading[1], decodes)
            if following == reading or (decodes and following[0] == reading[0]):
                break
            reading = following


def _both_ways(readings: _Readings, step: _Step) -> _Readings:
    """What becomes of each reading at a step."""
    following: _Readings = {}
    for reading, ways in readings.items():
        for does in (False, True):
            following.setdefault(step(reading, does), (*ways, does))
    return following
