"""A visitor whose session one connector began and another one goes on with, in both directions (docs/migrating.md).

The other connector is npm's, in its newest version and in version 4, whose cookies are those of the public V3
connectors. It never sees our code, nor we its: what goes between them is the cookie in the visitor's browser.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conformance.case_generator import COOKIE_PREFIX, Case
from tests.conformance.comparison import SETTINGS, ask
from tests.conformance.oracle import NEWEST_ENGINE, V4_ENGINE, Oracle
from tests.conformance.outcome import compile_group, our_outcome, set_cookie
from tests.conformance.pins import GUID, case, group, token, with_token

WAITED = (("q", GUID), ("ce", "true"), ("rt", "queue"))
WAITED_FOR_A_FIXED_TIME = (("q", GUID), ("ce", "false"), ("cv", "7"), ("rt", "queue"))
NOT_IN_A_QUEUE = (("ce", "true"), ("rt", "safetynet"))
OF_ANOTHER_KIND = (("q", GUID), ("ce", "true"), ("rt", "directpass"))


class Answered(NamedTuple):
    """What one connector did with one request: whether the visitor is sent away, and the session cookie it set."""

    is_sent_away: bool
    cookie: str


Connector = Callable[[str, str], Answered]
"""Asked with a token's text and the session cookie's value as the browser sends it, empty for none."""


@pytest.fixture(scope="module", params=[NEWEST_ENGINE, V4_ENGINE])
def theirs(reference: Path, request: pytest.FixtureRequest) -> Iterator[Connector]:
    with Oracle(reference, request.param) as oracle:

        def answer(token_text: str, cookie: str) -> Answered:
            (found,) = ask(oracle, group(_request(token_text, cookie), ExtendCookieValidity=True))
            assert found["error"] is None
            return Answered(found["redirect"] is not None, _last_session(map(set_cookie, found["cookies"])))

        yield answer


def ours(token_text: str, cookie: str) -> Answered:
    asked = group(_request(token_text, cookie), ExtendCookieValidity=True)
    outcome = our_outcome(compile_group(asked, SETTINGS), asked.cases[0])
    is_sent_away = "queue-it.net" in outcome.headers.get("location", "")
    return Answered(is_sent_away, _last_session(outcome.cookies))


def _request(token_text: str, cookie: str) -> Case:
    cookies = [f"{COOKIE_PREFIX}spring={cookie}"] if cookie else None
    return with_token(token_text, cookies=cookies) if token_text else case(cookies=cookies)


def _last_session(set_cookies: Iterable[str]) -> str:
    """The value of the last Set-Cookie of the room's session, empty where it is deleted or none is set."""
    value = ""
    for line in set_cookies:
        name, _, rest = line.partition("=")
        if name == f"{COOKIE_PREFIX}spring":
            value = rest.partition(";")[0]
    return value


def test_a_visitor_who_waited_before_the_change_browses_on_after_it_and_back_again(theirs: Connector) -> None:
    began = theirs(token(*WAITED), "")
    changed = ours("", began.cookie)
    back = theirs("", changed.cookie)
    again = ours("", back.cookie)

    assert [one.is_sent_away for one in (began, changed, back, again)] == [False] * 4
    assert all(one.cookie for one in (began, changed, back, again)), "each of them extends the session"


def test_a_session_of_a_fixed_length_keeps_it_on_both_sides(theirs: Connector) -> None:
    began = theirs(token(*WAITED_FOR_A_FIXED_TIME), "")
    assert "FixedValidityMins%3D7" in began.cookie
    assert ours("", began.cookie) == Answered(False, ""), "passes, and is not extended"

    began = ours(token(*WAITED_FOR_A_FIXED_TIME), "")
    assert theirs("", began.cookie) == Answered(False, "")


def test_the_same_token_lets_in_on_both_sides_with_the_same_cookie(theirs: Connector) -> None:
    assert theirs(token(*WAITED), "") == ours(token(*WAITED), "")


@pytest.mark.parametrize("fields", [NOT_IN_A_QUEUE, OF_ANOTHER_KIND])
def test_a_session_without_a_queue_id_or_of_a_rare_kind_is_queued_once_more_when_we_take_over(
    theirs: Connector, fields: tuple[tuple[str, str], ...]
) -> None:
    began = theirs(token(*fields), "")
    changed = ours("", began.cookie)

    assert (began.is_sent_away, changed) == (False, Answered(True, ""))


@pytest.mark.parametrize("fields", [NOT_IN_A_QUEUE, OF_ANOTHER_KIND])
def test_such_a_session_of_ours_is_good_there_and_queued_once_more_on_the_way_back(
    theirs: Connector, fields: tuple[tuple[str, str], ...]
) -> None:
    began = ours(token(*fields), "")
    assert "Mac%3D" in began.cookie
    changed = theirs("", began.cookie)
    assert (changed.is_sent_away, "Mac%3D" in changed.cookie) == (False, False)

    assert ours("", changed.cookie) == Answered(True, "")
