"""A configuration that an edge could not take is refused with the limit and the largest integration named."""

from typing import Any

import pytest

from config_refresh.content import Content, snapshot_document
from config_refresh.edge_limits import MAX_INTEGRATIONS, MAX_PARTS, MAX_TRIGGERS, MAX_VALUES, over_the_limit
from config_refresh.errors import Unusable
from config_refresh.in_force import check_content
from tests.builders import NOW, SECRET_KEY, integration_config, queue_integration, triggers, url_part


def test_four_thousand_ordinary_integrations_are_taken() -> None:
    several = [queue_integration(url_part(f"/event-{n}/"), Name=f"Event {n}") for n in range(4000)]

    assert over_the_limit(integration_config(*several)) is None


def test_so_many_empty_triggers_are_refused_before_anything_is_published() -> None:
    config = integration_config(
        queue_integration(), queue_integration(Name="Endless", Triggers=[{}] * 30_000)
    )
    document = snapshot_document("example", config, {}, published_at=NOW, source="schedule")

    with pytest.raises(Unusable) as refused:
        check_content(Content(document, {"secret_key": SECRET_KEY}))

    assert str(refused.value).startswith(
        'integration 2 "Endless" has 30000 triggers, the most of all, and an edge takes 2000 in one; split it'
    )
    assert str(refused.value).endswith("; the last good snapshot stays")


@pytest.mark.parametrize(
    ("several", "what"),
    [
        (triggers(url_part("/a")) * (MAX_TRIGGERS + 1), f"{MAX_TRIGGERS + 1} triggers"),
        (triggers(*[url_part("/a")] * (MAX_PARTS + 1)), f"{MAX_PARTS + 1} trigger parts"),
        (
            triggers(url_part("", Operator="EqualsAny", ValuesToCompare=["/a"] * (MAX_VALUES + 1))),
            f"{MAX_VALUES + 1} values to compare",
        ),
    ],
)
def test_one_over_each_limit_of_an_integration_is_named(several: list[dict[str, Any]], what: str) -> None:
    sentence = over_the_limit(integration_config(queue_integration(Triggers=several)))

    assert sentence is not None
    assert f'integration 1 "Tickets" has {what}' in sentence


def test_what_is_just_within_the_limits_is_taken() -> None:
    several = triggers(url_part("/a")) * MAX_TRIGGERS

    assert over_the_limit(integration_config(queue_integration(Triggers=several))) is None


def test_too_many_integrations_are_refused() -> None:
    sentence = over_the_limit(integration_config(*[queue_integration()] * (MAX_INTEGRATIONS + 1)))

    assert sentence is not None
    assert f"{MAX_INTEGRATIONS + 1} integrations, more than the {MAX_INTEGRATIONS}" in sentence
