"""URL normalization (protocol section 9): total, linear, and one URL for its many spellings."""

import re

from queueit.percent_encoding import percent_encode, replace_lone_surrogates, runs_of

# What JavaScript's String.prototype.trim removes, which is the platform's notion of white space.
_WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_SEGMENT = r"[A-Za-z0-9\-._~:@!$&'()*+,;=]"
_ALREADY_NORMAL = re.compile(rf"https://{_SEGMENT}+(?:/(?![/.]){_SEGMENT}*)+(?:\?{_SEGMENT}*)?")
_SLASHES = re.compile(r"(?<!:)//+")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_LOWER_CASE_ESCAPE = re.compile(r"%[0-9a-f]{2}")
_OUTSIDE_URL_ALPHABET = runs_of(r"[^a-zA-Z0-9\-._~:/?#%\[\]@!$&'()*+,;=]")
_UNRESERVED = {
    f"%{ord(character):02X}": character
    for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
}
_BEFORE_QUERY = re.compile(r"[^?#]*")
_ORIGIN = re.compile(r"https?://[^/]+")


def _decode_unreserved(match: "re.Match[str]") -> str:
    return _UNRESERVED.get(match[0].upper(), match[0])


def _remove_dot_segments(path: str) -> str:
    """RFC 3986 5.2.4 in one pass over `path`."""
    output: list[str] = []
    start, end = 0, len(path)
    while start < end:
        if path.startswith("../", start):
            start += 3
        elif path.startswith(("./", "/./"), start):
            start += 2
        elif path.startswith("/../", start):
            start += 3
            del output[-1:]
        elif end - start <= 3 and path[start:] in ("/.", "/..", ".", ".."):
            if path.endswith("/.."):
                del output[-1:]
            if path[start] == "/":
                output.append("/")
            break
        else:
            following = path.find("/", start + 1)
            following = end if following < 0 else following
            output.append(path[start:following])
            start = following
    return "".join(output)


def _normalize_path(url: str) -> str:
    before_query = _BEFORE_QUERY.match(url)[0]  # type: ignore[index]  # the expression matches any string
    rest = url[len(before_query) :]
    if origin := _ORIGIN.match(before_query):
        authority, path = origin[0], before_query[origin.end() :] or "/"
    else:
        first, slash, others = before_query.partition("/")
        if "." in first[1:-1]:  # a domain without a scheme
            authority, path = first, slash + others or "/"
        else:
            authority, path = "", before_query
    return authority + _remove_dot_segments(path) + rest


def normalize_part(text: str) -> str:
    """What normalization makes of a part of a URL: all of it but the trimming, and what concerns the whole path."""
    text = _SLASHES.sub("/", text.replace("\\", "/"))
    text = _ESCAPE.sub(_decode_unreserved, text)
    text = _OUTSIDE_URL_ALPHABET.sub(percent_encode, replace_lone_surrogates(text))
    return _LOWER_CASE_ESCAPE.sub(lambda match: match[0].upper(), text)


def normalize_url(url: str) -> str:
    """The normalized form of any string, lone surrogates and astral characters included."""
    if _ALREADY_NORMAL.fullmatch(url):
        return url
    url = url.strip(_WHITE_SPACE)
    if not url:
        return ""
    url = _normalize_path(normalize_part(url))
    head, question_mark, query = url.partition("?")
    return (head + question_mark + query.replace("%20", "+")).strip(_WHITE_SPACE)
