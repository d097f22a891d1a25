"""The sample waiting room as a visitor meets it."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.functional.samples.waiting_room_setup import SHOP, Clock, configuration
from workbench.sample_waiting_room import WaitingRoom

TARGET = f"https://{SHOP}/tickets?row=1&seat=%C3%A9"


def queue_url(**changes: str) -> str:
    query = {"c": "customer", "e": "sale", "ver": "v", "cver": "1", "man": "Tickets", "t": TARGET}
    return "/?" + urlencode({**query, **changes})


def status_of(page: str) -> str:
    found = re.search(r'data-status="([^"]+)"', page)
    assert found
    return found[1]


def place(client: FlaskClient, status_url: str) -> dict[str, Any]:
    answer = client.get(status_url)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def token_fields(location: str) -> dict[str, str]:
    token = parse_qs(urlsplit(location).query)["queueittoken"][0]
    return dict(field.split("_") for field in token.split("~"))


def test_an_arrival_gets_a_place_behind_the_crowd_and_a_guid(waiting_room: FlaskClient) -> None:
    page = waiting_room.get(queue_url())
    assert page.status_code == 200
    found = place(waiting_room, status_of(page.text))
    assert (found["position"], found["ahead"], found["progress"], found["redirect"]) == (4, 3, 0.0, None)
    assert re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", found["queueId"])
    assert "no-store" in page.headers["Cache-Control"]


def test_the_line_moves_with_time_and_ends_in_a_redirect(waiting_room: FlaskClient, clock: Clock) -> None:
    status_url = status_of(waiting_room.get(queue_url()).text)
    clock.now += 2
    assert place(waiting_room, status_url)["position"] == 2
    assert place(waiting_room, status_url)["progress"] == 0.5
    clock.now += 2
    found = place(waiting_room, status_url)
    assert found["progress"] == 1.0
    answer = waiting_room.get(found["redirect"])
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(
        f"http://{SHOP}/tickets?row=1&seat=%C3%A9&queueittoken=e_sale~q_"
    )
    fields = token_fields(answer.headers["Location"])
    assert fields["q"] == found["queueId"]
    assert fields["ts"] == str(int(clock.now) + 180)
    assert fields["rt"] == "queue"


def test_nobody_goes_in_before_their_turn(waiting_room: FlaskClient) -> None:
    status_url = status_of(waiting_room.get(queue_url()).text)
    answer = waiting_room.get(status_url.replace("/status", "/proceed"))
    assert answer.status_code == 409
    assert "not your turn yet" in answer.text


def test_reloading_the_page_keeps_the_place(waiting_room: FlaskClient, clock: Clock) -> None:
    first = status_of(waiting_room.get(queue_url()).text)
    clock.now += 1
    assert status_of(waiting_room.get(queue_url()).text) == first


def test_reloading_the_page_when_it_is_ones_turn_leads_in_without_a_script(
    waiting_room: FlaskClient, clock: Clock
) -> None:
    waiting_room.get(queue_url())
    clock.now += 5
    answer = waiting_room.get(queue_url())
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/proceed")


def test_a_visitor_who_was_let_in_and_comes_again_gets_a_new_place(
    waiting_room: FlaskClient, clock: Clock
) -> None:
    first = status_of(waiting_room.get(queue_url()).text)
    clock.now += 5
    waiting_room.get(first.replace("/status", "/proceed"))
    assert status_of(waiting_room.get(queue_url()).text) != first


def test_a_second_visitor_stands_right_behind_the_first(room: WaitingRoom, waiting_room: FlaskClient) -> None:
    waiting_room.get(queue_url())
    second = room.lines.join("sale", target=TARGET)
    assert room.lines.progress(second).ahead == 4


def test_visitors_who_come_at_once_get_different_places(room: WaitingRoom) -> None:
    with ThreadPoolExecutor(8) as pool:
        visitors = list(pool.map(lambda _: room.lines.join("sale", target=TARGET), range(200)))
    assert sorted(visitor.place for visitor in visitors) == list(range(4, 204))
    assert len({visitor.queue_id for visitor in visitors}) == 200


@pytest.mark.parametrize("mode", ["safetynet", "disabled", "afterevent"])
def test_a_room_that_lets_nobody_wait_sends_on_at_once_and_says_why(
    mode: str, room: WaitingRoom, waiting_room: FlaskClient
) -> None:
    room.lines.set_mode("sale", mode)
    answer = waiting_room.get(queue_url())
    fields = token_fields(answer.headers["Location"])
    assert fields["rt"] == mode
    assert "q" not in fields


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/tickets",
        f"https://{SHOP}@elsewhere.example/",
        f"https://{SHOP}.elsewhere.example/",
        f"https://elsewhere.example\\@{SHOP}/",
        f"//{SHOP}/tickets",
        f"javascript://{SHOP}/%0aalert(1)",
        f"https://{SHOP}/\r\nSet-Cookie: a=b",
        "https://127.0.0.1:9999/",
        "https://[bad",
        f"https://{SHOP}/" + "a" * 5000,
    ],
)
def test_a_target_that_is_not_on_a_protected_site_leads_nowhere(
    target: str, waiting_room: FlaskClient
) -> None:
    answer = waiting_room.get(queue_url(t=target))
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_without_a_target_the_visitor_comes_out_on_the_default_page(
    room: WaitingRoom, waiting_room: FlaskClient
) -> None:
    room.lines.set_mode("sale", "safetynet")
    answer = waiting_room.get("/?c=customer&e=sale")
    assert answer.headers["Location"].startswith(f"http://{SHOP}/tickets?queueittoken=")


@pytest.mark.parametrize("query", [{"c": "stranger"}, {"e": "unknown"}, {"e": ""}])
def test_an_unknown_customer_or_room_is_not_found(query: dict[str, str], waiting_room: FlaskClient) -> None:
    assert waiting_room.get(queue_url(**query)).status_code == 404


def test_an_unknown_queue_id_is_not_found(waiting_room: FlaskClient) -> None:
    assert waiting_room.get("/queue/sale/nobody/status").status_code == 404


def test_a_path_prefix_of_the_configuration_serves_the_same_pages(
    room: WaitingRoom, waiting_room: FlaskClient
) -> None:
    room.publication.publish(configuration(QueuePathPrefix="line"))
    page = waiting_room.get("/line" + queue_url())
    assert page.status_code == 200
    status_url = status_of(page.text)
    assert status_url.startswith("/line/queue/sale/")
    assert place(waiting_room, status_url)["position"] == 4


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("hash", "has been changed"),
        ("timestamp", "has expired"),
        ("eventid", "for another event"),
        ("ip", "network has changed"),
        ("qidlimit", "has been used"),
        ("connector/sessionstate", "visit began on another"),
        ("never-heard-of", "Something went wrong"),
    ],
)
def test_an_error_page_explains_its_code_and_leads_back_into_the_line_by_way_of_the_site(
    code: str, text: str, waiting_room: FlaskClient
) -> None:
    answer = waiting_room.get(f"/error/{code}/" + queue_url(queueittoken="e_sale~h_x", ts="1")[1:])
    assert answer.status_code == 200
    assert text in answer.text
    again = re.search(r'class="button" href="([^"]+)"', answer.text)
    assert again
    assert again[1].replace("&amp;", "&") == TARGET.replace("https:", "http:")


def test_cancelling_gives_the_place_up_and_leads_back(room: WaitingRoom, waiting_room: FlaskClient) -> None:
    visitor = room.lines.join("sale", target=TARGET)
    answer = waiting_room.get(
        f"/cancel/multiple/customer?wrl=sale~{visitor.queue_id}_other&r=https%3A%2F%2F{SHOP}%2F"
    )
    assert answer.status_code == 200
    assert room.lines.waiting() == []
    assert f'href="http://{SHOP}/"' in answer.text


def test_the_cancel_page_leads_to_no_other_site(waiting_room: FlaskClient) -> None:
    answer = waiting_room.get("/cancel/multiple/customer?wrl=sale&r=https%3A%2F%2Felsewhere.example%2F")
    assert "elsewhere" not in answer.text
    assert f'href="http://{SHOP}/tickets"' in answer.text


def test_what_a_visitor_sends_is_escaped_on_the_page(waiting_room: FlaskClient) -> None:
    assert "<script>x" not in waiting_room.get(queue_url(l="<script>x")).text
    assert "<script>x" not in waiting_room.get("/error/<script>x/").text
