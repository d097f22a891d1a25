"""The forms of a URL: all that an origin may take it for, each decided on its own (protocol section 9).

Origins differ in how often they decode a path, in whether a backslash separates segments, in what they cut off at
`;`, `#`, `?`, NUL and white space, and when, in when they merge slashes, and in what a dot segment at the end leaves.
Each mixture of these is a form; those that come out equal count once. A path of plain characters has no other form
than itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import product

from queueit.light_typing import NamedTuple
from queueit.percent_encoding import replace_lone_surrogates
from queueit.url_normalization import normalize_part, normalize_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_CHARACTERS: Final = 20_480
"""Of all resolved forms of a URL together. One with more counts as a URL of any page, so it can only queue."""

_MAX_CHARACTERS_READ: Final = 32_768  # on the way to them, those that come out equal included
_MAX_DECODES: Final = 3
# RFC 3986, appendix B: 1 is the authority, 2 the path.
_URL = re.compile(r"^(?:[^:/?#]+:)?(?://([^/?#]*))?([^?#]*)")
_SCHEME: Final = "https://"
# No escape, no empty or dot segment, no `;` or backslash in the path, and a host that is folded already.
_PLAIN_URL = re.compile(
    r"https://[a-z0-9._\-]*[a-z0-9_\-](?::(?!443/)[0-9]+)?"
    r"(?:/(?![/.])[A-Za-z0-9\-._~:@!$&'()*+,=]*)+(?:\?[A-Za-z0-9\-._~:@!$&'()*+,;=]*)?"
)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+|%[uU][0-9A-Fa-f]{4}")
_CUT = re.compile(r"[#?\0\t\n\r ].*", re.DOTALL)
_PARAMETERS = re.compile(r";[^/]*")
_SLASHES = re.compile(r"//+")
_ENDS_WITH_DOTS = re.compile(r"[/\\]\.\.?(?:[;#?\0\t\n\r ].*)?$", re.DOTALL)
_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_SPECIAL = re.compile(r"[%;\\#\0]|//|/\.")


def fold_host(host: str) -> str:
    """`host` as hosts are compared: in lower case, without `:443` and a trailing dot."""
    return host.lower().removesuffix(":443").rstrip(".")


def fold_origin(url: str) -> str:
    """`url` with its host, if it has a scheme, as hosts are compared."""
    match = _ORIGIN.match(url)
    if match is None:
        return url
    scheme, _, host = match[0].partition("//")
    return f"{scheme.lower()}//{fold_host(host)}{url[match.end() :]}"


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


class Resolution(NamedTuple):
    """How one origin may read a path: each step in order, as far as it takes it."""

    cuts_first: bool
    drops_parameters_first: bool
    decodes: int
    turns_backslashes: bool
    cuts: bool
    drops_parameters: bool
    merges_first: bool
    cuts_last: bool
    ends_with_segment: bool

    def path(self, path: str) -> str:
        """`path` as this origin reads it."""
        return self.of_decoded(self.decoded(path))

    def decoded(self, path: str) -> str:
        """`path` after the steps up to decoding, which the first three fields alone say."""
        if self.cuts_first:
            path = _CUT.sub("", path)
        if self.drops_parameters_first:
            path = _PARAMETERS.sub("", path)
        for _ in range(self.decodes):
            path = _decoded(path)
        return path

    def of_decoded(self, path: str) -> str:
        """`path`, decoded as this origin does, after the steps that follow."""
        if self.turns_backslashes:
            path = path.replace("\\", "/")
        if self.cuts:
            path = _CUT.sub("", path)
        if self.drops_parameters:
            path = _PARAMETERS.sub("", path)
        if self.merges_first:
            path = _SLASHES.sub("/", path)
        if path.startswith("/"):
            path = _without_dot_segments(path, self.ends_with_segment)
        if self.cuts_last:
            path = _CUT.sub("", path)
        return _SLASHES.sub("/", path)

    def query(self, query: str) -> str:
        """`query` decoded as often as the path."""
        for _ in range(self.decodes):
            query = _decoded(query)
        return query

    def value(self, value: str) -> str:
        """A compared value, treated like the form; one of which nothing stays is left as it is."""
        origin = ""
        if match := _ORIGIN.match(value):
            origin = match[0]
        path, question_mark, query = value[len(origin) :].partition("?")
        return origin + self.path(path) + question_mark + self.query(query) or value


def is_resolved(value: str) -> bool:
    """Whether a compared value holds what is decoded, cut or merged, so that it differs from form to form.

    One without a letter or digit is compared as it is: all that could become of it is a separator, which every URL has.
    """
    return _SPECIAL.search(value) is not None and any(map(str.isalnum, value))


class _Normalization:
    """The normalized form, as compared values see it."""

    value = staticmethod(normalize_part)


class Url:
    """An absolute URL and the parts that triggers compare, with their upper-cased forms (section 2).

    `host` is the authority with its port, `path` is without query or fragment; `resolution` says how a resolved form
    came about, or that it is the normalized form; None for the one as sent.
    """

    def __init__(
        self, text: str, path: str | None = None, resolution: Resolution | _Normalization | None = None
    ) -> None:
        self.text = text
        self.resolution = resolution
        match = _URL.match(text)
        self.host: str = match[1] or "" if match else ""
        self.path: str = path if path is not None else match[2] if match else ""

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

    @cached_property
    def after_host(self) -> str:
        """`text` without scheme and authority."""
        return self.text[len(_SCHEME) + len(self.host) :] if self.text.startswith(_SCHEME) else self.text

    @cached_property
    def after_host_upper(self) -> str:
        """`after_host`, upper-cased."""
        return self.after_host.upper()


_NORMALIZATION: Final = _Normalization()


class Forms(NamedTuple):
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
    """All forms of the URL `sent`, the hosts folded; equal ones count once."""
    if is_plain(sent):
        return Forms((sent,))
    sent = with_folded_host(sent)
    normal = normalized(sent, _NORMALIZATION)
    urls = {(sent.text, sent.path): sent}
    urls.setdefault((normal.text, normal.path), normal)
    path, question_mark, query = sent.after_host.partition("?")
    if not _SPECIAL.search(path):
        return Forms(tuple(urls.values()))
    read = distinct = 0
    origin = _SCHEME + sent.host
    decoded: dict[tuple[int, ...], tuple[str, str]] = {}
    for resolution in _resolutions(path):
        first = resolution[:3]
        if first not in decoded:
            decoded[first] = resolution.decoded(path), question_mark + resolution.query(query)
        resolved = resolution.of_decoded(decoded[first][0])
        text = origin + resolved + decoded[first][1]
        read += len(path) + len(query)
        if (text, resolved) not in urls:
            distinct += len(text)
            urls[text, resolved] = Url(text, resolved, resolution)
        if distinct > MAX_CHARACTERS or read > _MAX_CHARACTERS_READ:
            return Forms((sent, normal), are_all=False)
    return Forms(tuple(urls.values()))


def _resolutions(path: str) -> Iterator[Resolution]:
    """How origins may read `path`, as far as it makes a difference to it."""
    readings = [path]
    while len(readings) <= _MAX_DECODES and (decoded := _decoded(readings[-1])) != readings[-1]:
        readings.append(decoded)

    def either(matters: bool) -> tuple[bool, ...]:
        return (False, True) if matters else (False,)

    holds = "\n".join(readings).__contains__
    cuts = any([_CUT.search(reading) for reading in readings])
    climbs = holds("/.") or holds("\\.")
    merges = holds("//") or holds("\\") or holds(";") or cuts
    return map(
        Resolution._make,
        product(
            either(bool(_CUT.search(path))),
            either(";" in path),
            range(len(readings)),
            either(holds("\\")),
            either(cuts),
            either(holds(";")),
            either(merges and climbs),
            either(cuts and climbs),
            either(climbs and any([_ENDS_WITH_DOTS.search(reading) for reading in readings])),
        ),
    )
