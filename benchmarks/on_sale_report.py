"""The tables and the plot of a simulated on-sale, for docs/scale.md."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.on_sale import Result

BEGIN, END = "<!-- begin simulation -->", "<!-- end simulation -->"
_COLOURS = {"no replica": "#c2410c", "three replicas": "#1d4ed8", "every region": "#15803d"}
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 720, 320, 60, 50, 20


def tables(page: str, results: "Sequence[Result]") -> str:
    """The page with the table between its two marks written anew."""
    lines = [
        "| case (workers) | visitors | decided wrong | longest wait | read units | throttled | concurrency |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for result in results:
        cells = (
            f"{result.case.name} ({result.workers:,})",
            f"{result.visitors:,}",
            f"{result.wrong:,}",
            f"{result.longest_wait:.2f} s",
            f"{result.read_units:,.0f}",
            f"{result.throttled:,}",
            f"{result.concurrency:.2f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    inside = "\n".join([BEGIN, "", *lines, "", END])
    return re.sub(f"{BEGIN}.*{END}", lambda _: inside, page, flags=re.DOTALL)


def plot(results: "Sequence[Result]") -> str:
    """An SVG: the longest wait of a worker's first visitor, by integrations, for each choice of replicas."""
    plain = [one for one in results if not one.case.outage and not one.case.is_published_meanwhile]
    series: dict[str, list[tuple[int, float]]] = {}
    for result in plain:
        words = result.case.name.rpartition(", ")[2]
        if words in _COLOURS:
            series.setdefault(words, []).append((result.case.integrations, result.longest_wait))
    sizes = sorted({size for points in series.values() for size, _ in points})
    highest = max(wait for points in series.values() for _, wait in points) * 1.1

    def place(size: int, wait: float) -> tuple[float, float]:
        x = _LEFT + sizes.index(size) * (_WIDTH - _LEFT - 150) / (len(sizes) - 1)
        return x, _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - wait / highest)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="12" role="img" aria-label="Longest wait at the opening of an on-sale">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="14">longest wait of a visitor, seconds</text>',
    ]
    for step in range(5):
        wait = highest * step / 4
        _, y = place(sizes[0], wait)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - 150}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{wait:.1f}</text>')
    for size in sizes:
        x, _ = place(size, 0)
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 30}" text-anchor="middle">{size:,}</text>')
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 10}">integrations</text>')
    for words, points in series.items():
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
        parts.append(
            f'<polyline points="{corners}" fill="none" stroke="{_COLOURS[words]}" stroke-width="2"/>'
        )
    for row, words in enumerate(series):
        y = _TOP + 20 + row * 20
        parts.append(f'<path d="M{_WIDTH - 140} {y}h20" stroke="{_COLOURS[words]}" stroke-width="2"/>')
        parts.append(f'<text x="{_WIDTH - 115}" y="{y + 4}">{words}</text>')
    return "\n".join([*parts, "</svg>", ""])
