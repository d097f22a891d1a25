"""Whatever runs and operators do at the same time, what is in force is what somebody decided, and recorded."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.functional.config_refresh.interleaving import Connector

ACTIONS = st.sampled_from(["refresh", "refresh", "force", "freeze", "unfreeze", "kill", "enable"])


class Machine(RuleBasedStateMachine):
    """Up to four actors at once; a step is one call of one of them to the table."""

    def __init__(self) -> None:
        super().__init__()
        self.connector = Connector()
        self.connector.start("refresh")
        self.connector.finish()

    @precondition(lambda self: len(self.connector.actors) < 4)
    @rule(action=ACTIONS)
    def begin(self, action: str) -> None:
        self.connector.start(action)

    @precondition(lambda self: len(self.connector.actors) < 4)
    @rule(change=st.integers(-1, 3))
    def push(self, change: int) -> None:
        self.connector.start("push", version=max(1, self.connector.platform_version + change))

    @precondition(lambda self: len(self.connector.actors) < 4)
    @rule(choice=st.integers(0, 10))
    def roll_back(self, choice: int) -> None:
        digests = self.connector.digests()
        self.connector.start("rollback", snapshot=digests[choice % len(digests)])

    @rule(change=st.integers(0, 2))
    def the_platform_publishes(self, change: int) -> None:
        self.connector.platform_version += change

    @rule(seconds=st.sampled_from([30, 60]))
    def settings_change(self, seconds: int) -> None:
        self.connector.settings = {"poll_interval_seconds": seconds}

    @precondition(lambda self: self.connector.actors)
    @rule(choice=st.integers(0, 3), calls=st.integers(1, 4))
    def go_on(self, choice: int, calls: int) -> None:
        for _ in range(calls):
            if self.connector.actors:
                self.connector.step(choice % len(self.connector.actors))

    @invariant()
    def nothing_is_broken(self) -> None:
        assert self.connector.broken == []

    def teardown(self) -> None:
        self.connector.finish()
        assert self.connector.broken == []


def play(examples: int, steps: int) -> None:
    class Played(Machine):
        pass

    Played.TestCase.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    Played.TestCase("runTest").runTest()


def test_actors_in_any_order_break_nothing() -> None:
    play(examples=20, steps=40)


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_actors_in_any_order_break_nothing_over_ten_thousand_steps() -> None:
    play(examples=200, steps=50)


def test_a_freeze_that_was_answered_holds_against_a_run_that_was_downloading() -> None:
    connector = Connector()
    connector.start("refresh")
    connector.finish()
    connector.platform_version = 3
    connector.start("refresh")
    connector.step(0)  # it has read the state, and downloads
    connector.start("freeze")
    while len(connector.actors) > 1:
        connector.step(1)
    assert connector.finished[-1].result["outcome"] == "frozen"

    connector.finish()

    assert connector.finished[-1].result["outcome"] == "frozen"
    assert connector.finished[-1].result["version"] == 1
    assert connector.broken == []


def test_a_rollback_holds_against_a_run_that_saw_the_same_pointer_before() -> None:
    connector = Connector()
    for version in (1, 3):
        connector.platform_version = version
        connector.start("refresh")
        connector.finish()
    first = connector.digests()[-1]
    connector.start("rollback", snapshot=first)
    connector.finish()
    connector.platform_version = 5
    connector.start("refresh")
    connector.step(0)
    for action, event in (("force", {}), ("rollback", {"snapshot": first})):
        connector.start(action, **event)
        while len(connector.actors) > 1:
            connector.step(1)

    connector.finish()

    held = connector.finished[-1].result
    assert (held["outcome"], held["version"]) == ("unchanged", 1)
    assert connector.broken == []
