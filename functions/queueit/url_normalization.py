"""URL normalization (protocol section 9): total, linear, and one URL for its many spellings."""

import re

from queueit.percent_encoding import UNRESERVED, percent_encode, replace_lone_surrogates

# What JavaScript's String.prototype.trim removes, which is the platform's notion of white space.
_WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_SEGMENT = r"[A-Za-z0-9\-._~:@!$&'()*+,;=]"
_ALREADY_NORMAL = re.compile(rf"https://{_SEGMENT}+(?:/(?![/.]){_SEGMENT}*)+(?:\?{_SEGMENT}*)?")
_SLASHES = r"(?<!:)//+"
_ESCAPE = r"%[0-9A-Fa-f]{2}"
_LOWER_CASE_ESCAPE = r"%[0-9a-f]{2}"
_OUTSIDE_URL_ALPHABET = r"[^a-zA-Z0-9\-._~:/?#%\[\]@!$&'()*+,;=]+"
_UNRESERVED = {f"%{byte:02X}": chr(byte) for byte in UNRESERVED}
_BEFORE_QUERY = r"[^?#]*"
_ORIGIN = r"https?://[^/]+"


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
    before_query = re.match(_BEFORE_QUERY, url)[0]  # type: ignore[index]  # the expression matches any string
    rest = url[len(before_query) :]
    if origin := re.match(_ORIGIN, before_query):
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
    text = re.sub(_SLASHES, "/", text.replace("\\", "/"))
    text = re.sub(_ESCAPE, _decode_unreserved, text)
    text = re.sub(_OUTSIDE_URL_ALPHABET, percent_encode, replace_lone_surrogates(text))
    return re.sub(_LOWER_CASE_ESCAPE, lambda match: match[0].upper(), text)


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
