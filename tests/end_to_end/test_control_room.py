"""The control room of a running system: its stream, its explanations and its switches."""

import json
import time
from collections.abc import Iterator

import pytest
import requests

from tests.end_to_end.visitor import Visitor, session_cookie
from tests.end_to_end.watched import Watched


@pytest.fixture
def visitor(watched: Watched) -> Iterator[Visitor]:
    with Visitor(watched.demo.shop_url) as made:
        yield made


def test_a_request_is_seen_with_its_decision_and_explained_by_the_engine(
    watched: Watched, visitor: Visitor
) -> None:
    visitor.get("/tickets?from=room")

    seen = watched.request_for("/tickets?from=room", "queue")
    assert (seen["method"], seen["integration"], seen["status"], seen["worker"]) == ("GET", "Tickets", 302, 1)
    explained = requests.get(f"{watched.url}/requests/{seen['id']}/explanation", timeout=20).json()
    assert (explained["reason"], explained["passes"]) == ("queue", False)
    assert explained["integrations"][explained["winner"]]["name"] == "Tickets"
    parts = explained["integrations"][-1]["triggers"][0]["parts"]
    assert [part["matches"] for part in parts] == [True, False, False]


def test_a_request_with_a_session_is_explained_as_it_was_decided(watched: Watched, visitor: Visitor) -> None:
    visitor.carry(session_cookie(watched.demo.account.secret_key))
    visitor.get("/tickets?with=session")

    seen = watched.request_for("/tickets?with=session", "session")
    answer = requests.get(f"{watched.url}/requests/{seen['id']}/explanation", timeout=20)
    assert answer.json()["reason"] == "session"
    assert watched.demo.account.secret_key not in answer.text


def test_a_publication_is_seen_with_its_difference_and_reaches_the_worker(
    watched: Watched, visitor: Visitor
) -> None:
    visitor.get("/")
    configuration = watched.demo.sample_configuration()
    configuration["Integrations"][-1]["Name"] = "Tickets of the winter"
    version = watched.demo.publish(configuration)
    give_up_at = time.monotonic() + 15
    while not any(
        one.get("version") == version for one in watched.demo.stream.follow().past if one["type"] == "reached"
    ):
        assert time.monotonic() < give_up_at
        visitor.get("/about")
        time.sleep(0.2)

    heard = watched.events(lambda one: one["type"] == "reached" and one["version"] == version)
    (told,) = [one for one in heard if one["type"] == "publication" and one["version"] == version]
    assert (told["action"], told["source"]) == ("push", "publish")
    assert 'integration "Tickets of the winter" is new' in told["difference"]
    assert list(heard[-1]["reached"]) == ["1"]
    assert heard[-1]["reached"]["1"] < 12


def test_a_later_follower_is_told_of_the_workers_their_reads_and_the_state(
    watched: Watched, visitor: Visitor
) -> None:
    visitor.get("/")
    standing = watched.events(lambda one: one["type"] == "switches")

    (worker,) = [one for one in standing if one["type"] == "worker"]
    state = next(one for one in standing if one["type"] == "state")
    assert worker["polls"] >= 1
    assert worker["snapshot"] is not None
    assert (state["killed"], state["frozen"], state["held"]) == (None, None, None)


@pytest.mark.full  # each switch starts functions anew
def test_switches_change_what_visitors_meet_and_are_told(watched: Watched, visitor: Visitor) -> None:
    def met() -> requests.Response:
        """A new worker's answer to a protected page."""
        watched.demo.edge.recycle_workers()
        return visitor.get("/tickets")

    assert watched.press("kill", True).json()["on"] == ["kill"]
    assert met().status_code == 200
    assert watched.press("kill", False).json()["on"] == []
    watched.press("direct-pass", True)
    assert met().status_code == 200
    visitor.session.cookies.clear()
    watched.press("direct-pass", False)
    watched.press("no-enqueue-tokens", True)
    assert "enqueuetoken=" not in met().headers["Location"]
    watched.press("no-enqueue-tokens", False)
    watched.press("request-bodies", True)
    assert visitor.request("POST", "/", {"step": "pay"}).status_code == 302
    assert visitor.request("POST", "/", {"step": "look"}).status_code != 302
    watched.press("request-bodies", False)
    watched.press("fail-closed", True)
    watched.press("table-gone", True)
    assert visitor.get("/").status_code == 503
    watched.press("fail-closed", False)
    assert visitor.get("/").headers["x-queueit-failed"] == "true"
    watched.press("table-gone", False)
    assert watched.press("throttled-cold-start", True).json()["on"] == ["throttled-cold-start"]
    assert visitor.get("/tickets").status_code == 302, "loading goes on until the table is not busy any more"
    assert watched.press("slow-table", True).json()["on"] == ["slow-table"]
    watched.press("slow-table", False)
    titles = [one["title"] for one in watched.demo.stream.follow().past if one["type"] == "announcement"]
    assert {"Kill switch on", "Fail closed on", "Table gone off"} <= set(titles)


def test_a_rotation_goes_through_its_three_steps_and_lets_the_visitor_stay(
    watched: Watched, visitor: Visitor
) -> None:
    visitor.carry(session_cookie(watched.demo.waiting_room.account.secret_key))
    said = []
    for _ in range(2):
        said.append(watched.press("rotation", True).json()["said"])
        watched.demo.edge.recycle_workers()
        assert visitor.get("/tickets").status_code == 200
    said.append(watched.press("rotation", True).json()["said"])

    assert [text.partition(":")[0] for text in said] == [f"step {number} of 3" for number in (1, 2, 3)]
    secret = watched.demo.waiting_room.account.secret_key
    assert secret not in json.dumps(list(watched.demo.stream.follow().past))


def test_other_sites_can_neither_press_nor_read(watched: Watched) -> None:
    url = f"{watched.url}/switches/kill"
    assert requests.post(url, json={"on": True}, timeout=20).status_code == 403
    assert watched.press("kill", True, Host="attacker.example").status_code == 403
    assert requests.get(watched.url, headers={"Host": "attacker.example"}, timeout=20).status_code == 403
    assert watched.press("no-such-switch", True).status_code == 404
    assert requests.get(f"{watched.url}/requests/unknown/explanation", timeout=20).status_code == 404
