"""The texts that rule integrations out never rule out one that matches, in any form of a URL and under any setting."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from queueit.candidates import Candidates
from queueit.matching import reached_integrations
from queueit.request import Request
from queueit.url_forms import Url, forms
from tests.builders import ADDRESS, compiled_snapshot, queue_integration
from tests.property.strategies import HOSTS, spellings

_values = st.sampled_from(
    [
        "/tickets", "tickets", "/TICKETS", "/%74ickets", "/tickets;v=1", "tickets/", "/x/../tickets", "/./tickets",
        "/sale/tickets", "/sale//tickets", "/sale\\tickets", "/sale%2Ftickets", "sale/", "/sale/.", "..", "/", "*",
        "?a=1", "/tickets?a=1", "a=1&b=%2F", "shop.example.com", "Shop.Example.com", "shop.example.com.", ".com",
        "shop.example.com:443", "cloudfront.net", "//shop.example.com/sale", "example.com/sale/tickets",
        "https://shop.example.com/tickets", "HTTPS://SHOP.example.com:443/tickets", "https://", "é", "#", " ",
    ]
)  # fmt: skip


@st.composite
def _pieces(draw: st.DrawFn, url: str) -> str:
    """A part of some form of `url`."""
    sent = Url(url)
    text = draw(st.sampled_from([sent.path, sent.text, *[form.path for form in forms(sent).urls]]))
    start = draw(st.integers(0, len(text)))
    return text[start : start + draw(st.integers(1, 20))]


def _integrations(url: str) -> st.SearchStrategy[dict[str, Any]]:
    """Integrations many of which are for `url`."""
    values = st.one_of(_values, _pieces(url), _pieces(url))
    parts = st.fixed_dictionaries(
        {
            "ValidatorType": st.just("UrlValidator"),
            "UrlPart": st.sampled_from(["HostName", "PagePath", "PagePath", "PageUrl", "PageUrl"]),
            "Operator": st.sampled_from(
                ["Contains", "Contains", "Contains", "Equals", "EqualsAny", "ContainsAny"]
            ),
            "ValueToCompare": values,
            "ValuesToCompare": st.lists(values, min_size=1, max_size=2),
            "IsNegative": st.sampled_from([False] * 5 + [True]),
            "IsIgnoreCase": st.booleans(),
        }
    )
    trigger = st.fixed_dictionaries(
        {
            "LogicalOperator": st.sampled_from(["And", "Or"]),
            "TriggerParts": parts.map(lambda part: [part]) | st.lists(parts, min_size=2, max_size=2),
        }
    )
    return st.builds(
        queue_integration,
        ActionType=st.sampled_from(["Queue", "Cancel", "Ignore"]),
        IsNormalizationEnabled=st.booleans(),
        Triggers=trigger.map(lambda one: [one]) | st.lists(trigger, min_size=2, max_size=2),
    )


_paths = st.sampled_from(["/", "/tickets", "/sale/tickets", "/shop.example.com/sale/tickets"])


@settings(max_examples=4 * settings().max_examples)
@given(
    data=st.data(),
    matching=st.sampled_from(["every_form", "as_configured"]),
    own_domain=st.sampled_from(["queue", "as_sent"]),
    path=_paths.flatmap(spellings),
    query=st.sampled_from(["", "a=1", "a=1&b=%2F"]),
)
def test_an_integration_that_matches_is_not_ruled_out(
    data: st.DataObject, matching: str, own_domain: str, path: str, query: str
) -> None:
    integration = data.draw(_integrations(f"https://shop.example.com{path}?{query}"))
    snapshot = compiled_snapshot(integration, settings={"url_matching": matching, "own_domain": own_domain})
    everything = Candidates([()])
    always_asking = snapshot._replace(candidates=everything, own_domain_candidates=everything)
    for host in HOSTS:
        request = Request(
            method="GET",
            host=host,
            path=path,
            query=query,
            client_ip=ADDRESS,
            own_domain="d111111abcdef8.cloudfront.net",
            header=lambda _name: "",
            body=lambda: "",
        )
        assert reached_integrations(snapshot, request) == reached_integrations(always_asking, request)


_texts = st.lists(st.sampled_from(["/", "A", "AB", "CD", "EFGH", "SHOP.", "ß"]), max_size=4).map("".join)


@given(
    texts=st.lists(st.lists(_texts, max_size=3), max_size=8),
    others=st.sampled_from([0, 200]),
    url=st.lists(_texts, max_size=4).map("".join),
)
def test_candidates_are_those_with_a_text_in_the_url_in_their_order_however_many_there_are(
    texts: list[list[str]], others: int, url: str
) -> None:
    expected = [place for place, several in enumerate(texts) if any(text in url for text in several or [""])]
    candidates = Candidates([*texts, *([f"/ANOTHER-{number}"] for number in range(others))])

    assert candidates.places(url) == expected
