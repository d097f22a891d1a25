"""What the sample shop sells."""

from typing import NamedTuple


class Concert(NamedTuple):
    """One concert. `sky` holds the two colours of its poster."""

    slug: str
    artist: str
    tour: str
    day: str
    city: str
    venue: str
    price: int
    seats: int
    sky: tuple[str, str]
    text: str


CONCERTS: tuple[Concert, ...] = (
    Concert(
        "aurora-fields",
        "Aurora Fields",
        "The Long Night",
        "12 December",
        "Tromsø",
        "Arctic Hall",
        68,
        1240,
        ("#0f766e", "#312e81"),
        "Slow synthesizers, a choir of forty and a roof that opens on the hour. Bring something warm.",
    ),
    Concert(
        "paper-satellites",
        "Paper Satellites",
        "Signals",
        "15 December",
        "Rotterdam",
        "Harbour Stage",
        54,
        860,
        ("#be185d", "#4338ca"),
        "Two drummers, one radio telescope. Their first concerts since the album that everybody hums.",
    ),
    Concert(
        "the-quiet-hours",
        "The Quiet Hours",
        "Unplugged",
        "18 December",
        "Edinburgh",
        "St Cecilia's",
        41,
        320,
        ("#b45309", "#7c2d12"),
        "No amplifiers, no lights but candles, and songs you knew before you heard them.",
    ),
    Concert(
        "low-tide-orchestra",
        "Low Tide Orchestra",
        "Moonrise",
        "21 December",
        "Lisbon",
        "Teatro do Mar",
        59,
        540,
        ("#0369a1", "#1e1b4b"),
        "Sixty players and the Atlantic. The longest night of the year gets the longest encore.",
    ),
)

BY_SLUG: dict[str, Concert] = {concert.slug: concert for concert in CONCERTS}
