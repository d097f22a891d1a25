"""One stream out of what edge, table and config-refresh say."""

import json
from typing import Any

from config_refresh import history
from config_refresh.history import Cause
from workbench.control_room.activity import Activity, TableRead, shown_target
from workbench.control_room.event_stream import Event, EventStream, Follower
from workbench.local_edge import Exchange, FunctionLine, Invocation
from workbench.local_edge.viewer_event import ViewerRequest, request_document

FUNCTION = "shop-viewer-request"


class Watched:
    """An activity on a clock of the test's, and what it has told."""

    def __init__(self) -> None:
        self.time = 1_000.0
        self.history: dict[str, Any] = {"entries": [], "current": {"version": 1, "snapshot": "one"}}
        self.stream = EventStream()
        self.activity = Activity(
            self.stream, FUNCTION, read_history=lambda: self.history, now=lambda: self.time
        )
        self.follower: Follower = self.stream.follow()
        self.activity.read()
        self.told()

    def told(self, *kinds: str) -> list[Event]:
        """The new events, of these kinds."""
        events = []
        for event in self.follower.events(0):
            if event is None:
                break
            if not kinds or event["type"] in kinds:
                events.append(event)
        return events

    def say(self, worker: int = 1, **line: Any) -> None:
        self.activity.edge_event(FunctionLine(FUNCTION, worker, json.dumps({"level": "info", **line})))

    def decide(self, request_id: str = "r1") -> None:
        self.say(event="decision", decision="queue", integration="Tickets", version=1, request_id=request_id)

    def invoke(self, request_id: str = "r1", outcome: str = "success", worker: int = 1) -> None:
        self.activity.edge_event(
            Invocation(FUNCTION, "viewer-request", request_id, 1.25, True, outcome, worker)
        )

    def answer(self, request_id: str = "r1", querystring: str = "") -> None:
        request = ViewerRequest(request_id, "127.0.0.1", "GET", "/tickets", querystring, [], b"")
        self.activity.edge_event(Exchange(request, self.time, 4.0, 302, 0, "LambdaGeneratedResponse from x"))

    def load(self, worker: int, snapshot: str) -> None:
        self.say(worker, event="snapshot_loaded", snapshot=snapshot, version=2)

    def publish(self, **entry: Any) -> None:
        """Something is put in force, and config-refresh says so."""
        cause = Cause("refresh", "schedule")
        usual: dict[str, Any] = {
            "snapshot": "two",
            "previous_snapshot": "one",
            "version": 2,
            "difference": ["x"],
        }
        made = history.entry(cause, int(self.time), **usual | entry)
        self.history["entries"] = [made, *self.history["entries"]]
        self.activity.refresh_line(json.dumps({"event": "refresh_succeeded", "outcome": "published"}))
        self.activity.tick()


def test_a_request_is_told_once_with_its_decision_whether_that_comes_before_or_after_the_answer() -> None:
    watched = Watched()
    watched.invoke()
    watched.decide()
    watched.answer()
    (before,) = watched.told("request")
    watched.invoke("r2")
    watched.answer("r2")
    assert watched.told("request") == []
    watched.decide("r2")
    (after,) = watched.told("request")

    for event in (before, after):
        assert (event["method"], event["path"], event["visitor"]) == ("GET", "/tickets", 1)
        assert (event["decision"], event["integration"], event["status"]) == ("queue", "Tickets", 302)
        assert (event["ms"], event["worker"], event["cold"]) == (1.2, 1, True)


def test_a_decision_that_does_not_come_holds_a_request_for_half_a_second() -> None:
    watched = Watched()
    watched.invoke()
    watched.answer()
    watched.time += 0.4
    watched.activity.tick()
    assert watched.told("request") == []
    watched.time += 0.2
    watched.activity.tick()
    assert [event["decision"] for event in watched.told("request")] == ["not told"]


def test_a_request_without_a_function_and_one_whose_function_failed_say_so_at_once() -> None:
    watched = Watched()
    watched.answer("static")
    watched.invoke("failed", outcome="timeout")
    watched.answer("failed")
    watched.activity.edge_event(Exchange(None, watched.time, 0.0, 400, 10, ""))

    assert [(one["decision"], one["path"]) for one in watched.told("request")] == [
        (None, "/tickets"),
        ("timeout", "/tickets"),
        (None, None),
    ]


def test_a_worker_has_the_snapshot_it_loaded_and_an_age_since_its_last_good_read() -> None:
    watched = Watched()
    watched.load(3, "one")
    watched.time += 5
    watched.activity.table_read(TableRead(3, "current", 200, 1.0))
    watched.time += 5
    watched.activity.table_read(TableRead(3, "current", 400, 1.0))
    watched.activity.table_read(TableRead(3, "snapshot#one", 200, 1.0))
    watched.activity.table_read(TableRead(None, "current", 200, 1.0))

    worker = watched.told("worker")[-1]
    assert (worker["number"], worker["snapshot"], worker["version"]) == (3, "one", 2)
    assert (worker["loaded_at"], worker["confirmed_at"]) == (1_000.0, 1_005.0)
    assert (worker["polls"], worker["failed_polls"]) == (2, 1)


def test_a_publication_is_told_with_its_difference_and_when_it_reached_each_worker() -> None:
    watched = Watched()
    for worker in (1, 2):
        watched.load(worker, "one")
    watched.time += 60
    watched.publish(difference=['integration "Tickets" is gone'])
    (told,) = watched.told("publication")
    assert (told["action"], told["version"], told["waiting"]) == ("refresh", 2, [1, 2])
    assert told["difference"] == ['integration "Tickets" is gone']

    watched.time += 2.5
    watched.load(1, "two")
    assert watched.told("reached")[-1]["reached"] == {1: 2.5}
    watched.time += 2
    watched.load(2, "two")
    reached, announced = watched.told("reached", "announcement")
    assert (reached["reached"], reached["waiting"]) == ({1: 2.5, 2: 4.5}, [])
    assert announced["title"] == "version 2 has reached every worker"
    assert announced["text"] == "2 workers, the last after 4.5 s"


def test_a_publication_that_a_worker_took_before_it_was_announced_has_reached_it() -> None:
    watched = Watched()
    watched.load(1, "one")
    watched.time += 60
    watched.load(1, "two")
    watched.time += 0.2
    watched.publish()

    assert watched.told("reached")[-1]["reached"] == {1: 0.0}


def test_a_worker_with_a_later_publication_has_the_earlier_ones_too() -> None:
    watched = Watched()
    watched.load(1, "one")
    watched.time += 60
    watched.publish()
    watched.time += 1
    watched.publish(snapshot="three", previous_snapshot="two", version=3, difference=["y"])
    watched.time += 1
    watched.load(1, "three")

    assert [one["reached"] for one in watched.told("reached")] == [{1: 2.0}, {1: 1.0}]


def test_new_keys_for_the_same_snapshot_are_a_publication_too() -> None:
    watched = Watched()
    watched.load(1, "one")
    watched.time += 60
    watched.publish(snapshot="one", difference=["another secret key is accepted"])
    assert watched.told("reached") == []
    watched.time += 3
    watched.load(1, "one")

    assert watched.told("reached")[-1]["reached"] == {1: 3.0}


def test_a_worker_that_has_ended_is_waited_for_no_more() -> None:
    watched = Watched()
    for worker in (1, 2):
        watched.load(worker, "one")
        watched.invoke(f"r{worker}", worker=worker)
    watched.time += 60
    watched.publish()
    watched.told()
    watched.activity.alive([2])

    workers, reached = watched.told()
    assert (workers["numbers"], reached["waiting"]) == ([2], [2])


def test_a_worker_that_only_begins_is_not_forgotten() -> None:
    watched = Watched()
    watched.load(1, "one")
    watched.told()
    watched.activity.alive([])

    assert watched.told() == []


def test_kill_freeze_and_hold_are_the_state() -> None:
    watched = Watched()
    watched.history |= {"override": {"actor": "ada"}, "freeze": None, "hold": {"actor": "bob"}}
    watched.publish(difference=[])

    (state,) = watched.told("state")
    assert (state["killed"], state["frozen"], state["held"]) == ({"actor": "ada"}, None, {"actor": "bob"})
    assert state in watched.activity.standing()


def test_trouble_of_a_worker_and_of_config_refresh_is_announced() -> None:
    watched = Watched()
    watched.say(2, level="warning", event="snapshot_poll_failed", problem="refused")
    watched.activity.refresh_line('{"event": "refresh_failed", "message": "the api key was refused"}')
    watched.activity.refresh_line("not JSON")

    assert [(one["title"], one["text"], one["level"]) for one in watched.told()] == [
        ("worker 2: snapshot poll failed", "refused", "warning"),
        ("refresh failed", "the api key was refused", "warning"),
    ]


def test_a_history_that_cannot_be_read_is_announced() -> None:
    watched = Watched()

    def fail() -> dict[str, Any]:
        raise RuntimeError("no answer")

    activity = Activity(watched.stream, FUNCTION, read_history=fail)
    activity.read()

    assert [one["text"] for one in watched.told("announcement")] == ["no answer"]


def test_a_request_is_remembered_with_the_snapshot_of_its_worker() -> None:
    watched = Watched()
    watched.load(1, "one")
    watched.invoke()
    watched.decide()
    watched.answer()

    seen = watched.activity.seen("r1")
    assert seen is not None
    assert (seen.request.uri, seen.at, seen.snapshot) == ("/tickets", 1_000.0, "one")
    assert watched.activity.seen("another") is None


def test_a_large_body_is_kept_only_far_enough_to_see_that_it_was_cut() -> None:
    watched = Watched()
    watched.invoke()
    watched.decide()
    request = ViewerRequest("r1", "127.0.0.1", "POST", "/", "", [], b"x" * 1_000_000)
    watched.activity.edge_event(Exchange(request, watched.time, 4.0, 200, 0, ""))

    seen = watched.activity.seen("r1")
    assert seen is not None
    assert request_document(seen.request, include_body=True) == request_document(request, include_body=True)
    assert len(seen.request.body) < 50_000


def test_tokens_are_cut_short_where_a_target_is_shown() -> None:
    request = ViewerRequest("r", "", "GET", "/t", "a=1&queueittoken=e_room~q_secret~h_00&b", [], b"")
    assert shown_target(request) == "/t?a=1&queueittoken=e_room~q…&b"
    assert len(shown_target(request._replace(uri="/" + "x" * 9_000))) == 300
