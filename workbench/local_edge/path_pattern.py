"""Which requests a cache behavior's path pattern matches."""

import re
from collections.abc import Callable
from urllib.parse import quote

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PERCENT_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")


def compile_path_pattern(pattern: str) -> Callable[[str], bool]:
    """A test of a normalized path.

    `*` stands for any characters, none and slashes included, `?` for exactly one; letters match by case, and a
    leading slash may be left out.
    """
    if not pattern.startswith(("/", "*")):
        pattern = "/" + pattern
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile(expression, re.DOTALL).fullmatch  # type: ignore[return-value]


def normalize_path(path: str) -> str:
    """`path` as behaviors are chosen by it: RFC 3986 normalized, runs of slashes made one.

    The origin gets the path as the visitor sent it.
    """
    path = _PERCENT_ENCODED.sub(_normalize_encoded, path)
    segments: list[str] = []
    parts = re.sub("/+", "/", path).split("/")[1:]
    for part in parts:
        if part == "..":
            del segments[-1:]
        elif part != ".":
            segments.append(part)
    if parts[-1:] in ([".."], ["."]):
        segments.append("")
    return "/" + "/".join(segments)


def _normalize_encoded(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def percent_encode_beyond_ascii(target: str) -> str:
    """`target` with every byte above 127 and every control character percent-encoded, nothing else changed."""
    return "".join(
        character if "!" <= character <= "~" else quote(character.encode("latin-1", "replace"), safe="")
        for character in target
    )
