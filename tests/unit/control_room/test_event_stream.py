"""The stream that followers are told, and what a slow one misses."""

import json
import threading

from workbench.control_room.event_stream import EventStream, as_server_sent


def test_a_follower_hears_each_event_in_its_order_and_a_late_one_can_look_back() -> None:
    stream = EventStream()
    early = stream.follow()
    stream.publish({"type": "a"})
    stream.publish({"type": "b"}, keep=False)
    late = stream.follow()
    stream.close()

    assert [early.past, late.past] == [(), ({"type": "a"},)]


def test_each_follower_hears_what_comes_until_the_stream_is_closed() -> None:
    stream = EventStream()
    followers = [stream.follow(), stream.follow()]
    heard: list[list[object]] = [[], []]

    def listen(place: int) -> None:
        heard[place].extend(followers[place].events(5))

    threads = [threading.Thread(target=listen, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for number in range(100):
        stream.publish({"type": "n", "number": number})
    while min(map(len, heard)) < 100:
        pass
    stream.close()
    for thread in threads:
        thread.join(timeout=5)
    assert heard == [[{"type": "n", "number": number} for number in range(100)]] * 2


def test_a_slow_follower_loses_the_oldest_and_is_told_how_many() -> None:
    stream = EventStream(waiting=3)
    follower = stream.follow()
    for number in range(5):
        stream.publish({"type": "n", "number": number})

    events = follower.events(0)
    assert [next(events) for _ in range(4)] == [
        {"type": "lost", "events": 2},
        *({"type": "n", "number": number} for number in (2, 3, 4)),
    ]
    assert next(events) is None, "nothing is left"


def test_only_so_many_events_are_kept() -> None:
    stream = EventStream(kept=2)
    for number in range(5):
        stream.publish({"type": "n", "number": number})

    assert [event["number"] for event in stream.follow().past] == [3, 4]


def test_a_follower_who_left_or_came_after_the_end_hears_nothing() -> None:
    stream = EventStream()
    with stream.follow() as left:
        pass
    stream.publish({"type": "a"})
    stream.close()

    assert list(left.events(0)) == []
    assert list(stream.follow().events(0)) == []


def test_an_event_is_one_server_sent_message_whatever_is_in_it() -> None:
    text = as_server_sent({"type": "a", "path": "/x\n\ndata: y"})
    assert text.startswith("data: ")
    assert text.index("\n\n") == len(text) - 2
    assert json.loads(text.removeprefix("data: "))["path"] == "/x\n\ndata: y"
    assert as_server_sent(None).startswith(": ")
