"""What the readings of a URL on the distribution's own domain promise of every site behind it (protocol section 9)."""

from random import Random
from typing import Any

import pytest

from queueit.triggers import Reading, compile_part
from queueit.url_forms import forms
from tests.builders import url_part
from tests.property.strategies import QUERIES
from tests.spelling import spelled
from tests.unit.gate.visits import OWN_DOMAIN
from tests.unit.queueit.visits import visit

SITES = ("shop.example.com", "www.example.org")
PATHS = ("/tickets", "/sale/tickets", "/sale/a.b/tickets")
SCHEMES = ("https://", "s://", "://", "//", "", "/")


def _value(random: Random) -> str:
    """What may be compared: a URL from its beginning, its scheme or its host on, or what follows the host.

    Any other text within a host is looked for behind it alone, and so is one of a slash and a host.
    """
    rest = random.choice([*PATHS, ""]) + random.choice(QUERIES)
    scheme = random.choice(SCHEMES if rest.startswith("/") else SCHEMES[:-1])
    return random.choice([scheme + random.choice(SITES) + rest, rest or "/"])


def _part(random: Random, reading: Reading) -> dict[str, Any]:
    is_negative = random.choice([False, True])
    values = [_value(random) for _ in range(2)]
    if is_negative and reading is Reading.SOME_HOST:  # here any end of a text will do
        values[0] = values[0][random.randrange(len(values[0])) :]
    place = random.choice(["HostName", "PagePath", "PageUrl", "PageUrl"])
    if place == "HostName":
        values = random.sample(SITES, 2)
    return url_part(
        values[0],
        UrlPart=place,
        Operator=random.choice(["Contains", "Contains", "ContainsAny", "Equals", "EqualsAny"]),
        ValuesToCompare=values[: random.randint(1, 2)],
        IsNegative=is_negative,
        IsIgnoreCase=random.choice([False, True]),
    )


@pytest.mark.parametrize("reading", [Reading.SOME_HOST, Reading.EVERY_HOST])
@pytest.mark.parametrize("seed", [0, *(pytest.param(other, marks=pytest.mark.full) for other in (1, 2))])
def test_a_part_matches_where_it_would_for_some_site_or_only_where_it_would_for_each(
    seed: int, reading: Reading, is_full: bool
) -> None:
    random, matched = Random(seed), 0
    for _ in range(400 if is_full else 60):
        path = "/" + spelled(random.choice(PATHS), random.choice).removeprefix("/")
        query = random.choice(QUERIES)
        here, *there = [visit(f"https://{host}{path}{query}") for host in (OWN_DOMAIN, *SITES)]
        urls = [forms(request.url).urls for request in (here, *there)]
        for _ in range(20):
            part = _part(random, reading)
            as_sent, on_own_domain = compile_part(part), compile_part(part, reading=reading)
            for url, *on_sites in zip(*urls, strict=True):
                is_met = on_own_domain(here, url)
                for request, on_site in zip(there, on_sites, strict=True):
                    would_be = as_sent(request, on_site)
                    matched += would_be and is_met
                    assert is_met >= would_be if reading is Reading.SOME_HOST else is_met <= would_be, (
                        part,
                        on_site.text,
                    )
    assert matched > 500, "too few matched to show anything"
