"""The site that every origin of these tests serves: two protected pages, and pages that nobody queues for."""

from pathlib import Path

HOST = "shop.example.com"

PROTECTED = "/tickets/row"
"""The page that a spelling has to reach."""

MARK = "the protected page"
"""The whole text of `PROTECTED`, of no other page."""

EXEMPT = {
    "/static/app.css": "/static/app.css",
    "/static/what%3F.css": "/static/what?.css",
    "/static/a%23b.css": "/static/a#b.css",
    "/static/50%25.css": "/static/50%.css",
    "/static/50%2525.css": "/static/50%25.css",
    "/static/a%20b.css": "/static/a b.css",
    "/static/caf%C3%A9.css": "/static/café.css",
    "/static/a;v=2.css": "/static/a;v=2.css",
    "/static/a%3Bv=2.css": "/static/a;v=2.css",
    "/static/a%5Cb.css": "/static/a\\b.css",
    "/static/theme/dark/app.css": "/static/theme/dark/app.css",
    "/static/theme%2Fdark/app.css": "/static/theme/dark/app.css",
    "/static/theme/../app.css": "/static/app.css",
    "/static//app.css": "/static/app.css",
    "/static/app.css?next=/tickets/row": "/static/app.css",
    "/static/app.css?next=%2F..%2Ftickets%2Frow": "/static/app.css",
    "/free/page": "/free/page",
    "/free/page?back=/../tickets/row": "/free/page",
}
"""Paths that visitors really ask for, each with the file that it stands for."""


def exempt_text(file: str) -> str:
    """What stands in a file of `EXEMPT`."""
    return f"an open page: {file}"


def write(root: Path) -> None:
    """Write the site's files below `root`."""
    pages = {PROTECTED: MARK} | {file: exempt_text(file) for file in EXEMPT.values()}
    for path, text in pages.items():
        file = root / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
