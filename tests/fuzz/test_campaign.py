"""The fuzzer finds what is planted, and nothing in the edge as it is."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from edge import event_handling
from queueit.settings import Settings
from queueit.snapshot import Snapshot
from tests.builders import OTHER_KEY, SECRET_KEY
from tests.fuzz.campaign import Campaign, read_corpus, write_corpus
from tests.fuzz.choices import Choices
from tests.fuzz.processes import campaigns

Handled = dict[str, Any]

SEED = 4
"""With it each planted fault is found within a few hundred events."""


def campaign_of(events: int, handle: Any = event_handling.handle, seed: int = 1) -> Campaign:
    campaign = Campaign(seed, read_corpus(), handle)
    campaign.run(lambda: campaign.events < events)
    return campaign


def with_settings(snapshot: Snapshot, **changes: Any) -> Snapshot:
    settings: Settings = snapshot.settings._replace(**changes)
    return snapshot._replace(settings=settings)


def raises_on_an_odd_token(event: Handled, snapshot: Snapshot, *others: Any) -> Handled:
    if "h_0000" in event["Records"][0]["cf"]["request"]["querystring"]:
        raise ValueError("planted")
    return event_handling.handle(event, snapshot, *others)


def trusts_another_key(event: Handled, snapshot: Snapshot, *others: Any) -> Handled:
    keys = {"secret_key": SECRET_KEY, "previous_secret_key": OTHER_KEY, "api_key": "a", "proxy_key": "a"}
    return event_handling.handle(event, snapshot.with_keys(keys), *others)


def looks_at_one_form(event: Handled, snapshot: Snapshot, *others: Any) -> Handled:
    return event_handling.handle(event, with_settings(snapshot, url_matching="as_configured"), *others)


def lets_traces_pass(event: Handled, snapshot: Snapshot, *others: Any) -> Handled:
    return event_handling.handle(event, with_settings(snapshot, ignored_methods=("TRACE",)), *others)


def keeps_sessions_for_ever(event: Handled, snapshot: Snapshot, *others: Any) -> Handled:
    longer = [one._replace(validity_minutes=10**7) for one in snapshot.integrations]
    return event_handling.handle(event, snapshot._replace(integrations=longer), *others)


def takes_every_room_for_another(event: Handled, snapshot: Snapshot, *others: Any) -> Handled:
    rooms = tuple([room for one in snapshot.integrations for room in one.rooms])
    mixed = [one._replace(rooms=rooms) if one.is_queue else one for one in snapshot.integrations]
    return event_handling.handle(event, snapshot._replace(integrations=mixed), *others)


def changes_the_path(event: Handled, snapshot: Snapshot, *others: Any) -> Handled:
    result = event_handling.handle(event, snapshot, *others)
    return result if "status" in result else {**result, "uri": "/"}


def answers_with_an_odd_status(event: Handled, snapshot: Snapshot, *others: Any) -> Handled:
    result = event_handling.handle(event, snapshot, *others)
    return {**result, "status": "99"} if "status" in result else result


@pytest.mark.parametrize(
    ("handle", "finding"),
    [
        (raises_on_an_odd_token, "raised ValueError"),
        (trusts_another_key, "without a proof"),
        (looks_at_one_form, "passed without a proof"),
        (lets_traces_pass, "passed without a proof"),
        (keeps_sessions_for_ever, "without a proof"),
        (takes_every_room_for_another, "without a proof"),
        (changes_the_path, "changed a request that passes"),
        (answers_with_an_odd_status, "broke a rule of CloudFront"),
    ],
)
def test_a_planted_fault_is_found(handle: Any, finding: str) -> None:
    campaign = Campaign(SEED, read_corpus(), handle)
    campaign.run(lambda: campaign.events < 20_000 and not campaign.figures.findings)

    assert any(finding in text for text in campaign.figures.findings), campaign.figures.report()


def test_a_short_campaign_reaches_every_outcome_and_finds_nothing(is_full: bool) -> None:
    events = 4_000 if is_full else 2_000
    figures = campaign_of(events).figures

    assert not figures.findings, figures.report()
    assert figures.counts["forgeries"] > events / 4
    for outcome in ("turned away", "passed with proof", "passed untouched", "exempt"):
        assert figures.counts[outcome] > 10
    assert {"session", "token", "queue", "cancel", "ignore", "token error: hash"} <= set(figures.reasons)


def test_campaigns_side_by_side_add_up_and_are_those_of_their_seeds() -> None:
    told: list[str] = []
    figures = campaigns(first_seed=3, processes=2, seconds=120, events=400, tell=told.append, each=200)

    alone = [campaign_of(200, seed=seed).figures for seed in (3, 4)]
    assert figures.counts == alone[0].counts + alone[1].counts
    assert figures.lines == alone[0].lines | alone[1].lines
    assert [line.partition(" ")[0] for line in told] == ["200", "400"]


def test_a_campaign_of_one_seed_is_the_same_each_time() -> None:
    first, second = (campaign_of(180, seed=7) for _ in range(2))

    assert first.figures == second.figures
    assert first.kept == second.kept


def test_a_case_is_made_again_from_its_choices() -> None:
    made = Choices((), Random(1))
    first = [made.below(bound) for bound in (2, 70, 9)]

    again = Choices(made.taken, Random(2))
    assert [again.below(bound) for bound in (2, 70, 9)] == first


def test_a_report_says_what_repeats_a_finding() -> None:
    report = campaign_of(60, answers_with_an_odd_status).figures.report()

    for part in ("visitor: {", "integrations: [", "settings: {"):
        assert part in report


def test_the_corpus_is_small_and_survives_being_written(tmp_path: Path) -> None:
    corpus = read_corpus()
    path = tmp_path / "corpus.json"
    write_corpus(corpus, path)

    assert read_corpus(path) == corpus
    assert 0 < len(corpus) <= 200
    assert json.loads(path.read_text(encoding="utf-8"))
