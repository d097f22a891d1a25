"""The texts that rule integrations out never rule out one that matches, in any form of a URL and under any setting."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queueit.candidates import Candidates
from queueit.matching import reached_integrations
from queueit.request import Request
from queueit.required_texts import required_texts
from queueit.triggers import Reading, compile_triggers
from queueit.url_forms import Url, forms
from tests.builders import ADDRESS, compiled_snapshot, queue_integration
from tests.property.strategies import HOSTS, QUERIES
from tests.spelling import spelled

_PATHS = ("/tickets", "/sale/tickets", "/shop.example.com/sale/tickets", "/sale/a.b/tickets")
_HOSTS_OF_VALUES = (*HOSTS, "example.com", ".com", "SHOP.", "")
_SCHEMES = ("https://", "HTTPS://", "http://", "//", "", "", "")


def _slice(random: Random, text: str) -> str:
    start = random.randrange(len(text))
    return text[start : start + random.randint(1, 30)]


def _value(random: Random, path: str, urls: tuple[Url, ...]) -> str:
    """What may be compared with a form of a spelled `path`: a part of one, or the same spelled in another way."""
    form = random.choice(urls)
    match random.randrange(5):
        case 0:
            return _slice(random, random.choice([form.host, form.path, form.text]))
        case 1:
            return _slice(random, spelled(path, random.choice))
        case 2:
            return random.choice([path, path.upper(), spelled(path, random.choice)])
        case 3:
            tail = random.choice(["", random.choice([path, form.path, spelled(path, random.choice)])])
            return random.choice(_SCHEMES) + random.choice(_HOSTS_OF_VALUES) + tail + random.choice(QUERIES)
        case _:
            return random.choice([form.host, form.path, form.text, form.text + "#", "*", ""])


def _part(random: Random, path: str, urls: tuple[Url, ...]) -> dict[str, Any]:
    return {
        "ValidatorType": "UrlValidator",
        "UrlPart": random.choice(["HostName", "PagePath", "PagePath", "PageUrl", "PageUrl"]),
        "Operator": random.choice(["Contains", "Contains", "ContainsAny", "Equals", "EqualsAny"]),
        "ValueToCompare": _value(random, path, urls),
        "ValuesToCompare": [_value(random, path, urls) for _ in range(random.randint(1, 2))],
        "IsNegative": random.random() < 0.1,
        "IsIgnoreCase": random.choice([False, True]),
    }


def _integration(random: Random, path: str, urls: tuple[Url, ...]) -> dict[str, Any]:
    """One that often matches a form of the URL of `path`."""
    return queue_integration(
        ActionType=random.choice(["Queue", "Cancel", "Ignore"]),
        IsNormalizationEnabled=random.choice([False, True]),
        Triggers=[
            {
                "LogicalOperator": random.choice(["And", "Or"]),
                "TriggerParts": [_part(random, path, urls) for _ in range(random.choice([1, 1, 2]))],
            }
            for _ in range(random.choice([1, 1, 1, 2]))
        ],
    )


def _request(host: str, path: str, query: str) -> Request:
    return Request(
        method="GET",
        host=host,
        path=path,
        query=query,
        client_ip=ADDRESS,
        own_domain="d111111abcdef8.cloudfront.net",
        header=lambda _name: "",
        body=lambda: "",
    )


def _spelled_path(random: Random) -> tuple[str, str]:
    path = random.choice(_PATHS)
    return path, "/" + spelled(path, random.choice).removeprefix("/")


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(other, marks=pytest.mark.full) for other in (2, 3))])
def test_each_form_that_an_integration_matches_has_one_of_its_texts(seed: int, is_full: bool) -> None:
    random, matched = Random(seed), 0
    for _ in range(200 if is_full else 20):
        path, spelled_path = _spelled_path(random)
        request = _request(random.choice(HOSTS), spelled_path, random.choice(QUERIES).removeprefix("?"))
        urls = forms(request.url).urls
        for _ in range(20):
            integration = _integration(random, path, urls)
            (texts,) = required_texts([integration])
            for reading in (Reading.AS_SENT, Reading.SOME_HOST, Reading.EVERY_HOST):
                matches = compile_triggers(integration["Triggers"], reading=reading)
                alternatives = (texts.as_sent if reading is Reading.AS_SENT else texts.own_domain) or ("",)
                for url in urls:
                    if matches(request, url):
                        matched += 1
                        assert any(text in url.text_upper for text in alternatives), (integration, url.text)
    assert matched > 1000, "too few matched to show anything"


@settings(max_examples=4 * settings().max_examples)
@given(
    seed=st.integers(0, 2**32),
    matching=st.sampled_from(["every_form", "as_configured"]),
    own_domain=st.sampled_from(["queue", "as_sent"]),
)
def test_an_integration_that_matches_is_not_ruled_out(seed: int, matching: str, own_domain: str) -> None:
    random = Random(seed)
    path, spelled_path = _spelled_path(random)
    query = random.choice(QUERIES).removeprefix("?")
    integration = _integration(random, path, forms(_request(HOSTS[0], spelled_path, query).url).urls)
    snapshot = compiled_snapshot(integration, settings={"url_matching": matching, "own_domain": own_domain})
    everything = Candidates([()])
    always_asking = snapshot._replace(candidates=everything, own_domain_candidates=everything)
    for host in HOSTS:
        request = _request(host, spelled_path, query)
        assert reached_integrations(snapshot, request) == reached_integrations(always_asking, request)


_texts = st.lists(st.sampled_from(["/", "A", "AB", "CD", "EFGH", "SHOP.", "ß"]), max_size=4).map("".join)


@given(
    texts=st.lists(st.lists(_texts, max_size=3), max_size=8),
    others=st.sampled_from(
        [[], [[f"/ANOTHER-{number}"] for number in range(200)], [[f"/B{number}"] for number in range(200)]]
    ),
    url=st.lists(_texts, max_size=4).map("".join),
)
def test_candidates_are_those_with_a_text_in_the_url_in_their_order_however_many_there_are(
    texts: list[list[str]], others: list[list[str]], url: str
) -> None:
    expected = [place for place, several in enumerate(texts) if any(text in url for text in several or [""])]
    candidates = Candidates([*texts, *others])

    assert candidates.places(url) == expected
