"""Keeps a response that carries a visitor's cookie out of caches that serve others too (protocol section 4)."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DIRECTIVES = re.compile(r'(?:"(?:[^"\\]|\\.?)*(?:"|\Z)|[^,"])+', re.DOTALL)  # a quoted text may hold commas
_SHARED = ("public", "s-maxage")


def keep_private(headers: dict[str, Any]) -> None:
    """Say `private` in place of `public` and `s-maxage` in the Cache-Control lines of `headers`.

    Directives are RFC 9111's: names in any case, with or without an argument, in any number of lines. All others stay
    as they are, and a line without those two stays to the byte.
    """
    lines = headers.get("cache-control") or []
    directives = [
        [
            (directive, *directive.partition("="))
            for directive in _DIRECTIVES.findall(str(line.get("value") or ""))
        ]
        for line in lines
    ]
    names = [[name.strip().lower() for _, name, *_ in line] for line in directives]
    if not any(name in _SHARED for line in names for name in line):
        return
    is_private = any(
        name == "private" and not equals
        for line, those in zip(directives, names, strict=True)
        for (_, _, equals, _), name in zip(line, those, strict=True)
    )
    kept = []
    for line, those, source in zip(directives, names, lines, strict=True):
        if not any(name in _SHARED for name in those):
            kept.append(source)
            continue
        told = []
        for (directive, *_), name in zip(line, those, strict=True):
            if name not in _SHARED:
                told.append(directive.strip())
            elif not is_private:
                told.append("private")
                is_private = True
        if told:
            kept.append({**source, "value": ", ".join(told)})
    headers["cache-control"] = kept
