"""The platform's side of the sample waiting room: the secure endpoint and the administration page."""

import json

import pytest
from flask.testing import FlaskClient

from tests.functional.samples.waiting_room_setup import API_KEY, SHOP, Clock, configuration
from workbench.sample_waiting_room import Publication, WaitingRoom
from workbench.sample_waiting_room.publication import RefusedConfiguration

SECURE = "/status/integrationconfig/secure/customer"


def test_the_configuration_is_served_to_who_has_the_api_key(waiting_room: FlaskClient) -> None:
    answer = waiting_room.get(SECURE, headers={"api-key": API_KEY})
    assert answer.status_code == 200
    document = answer.get_json()
    assert (document["CustomerId"], document["Version"]) == ("customer", 1)
    assert document["PublishDate"] == "2023-11-14T22:13:20Z"
    assert document["Integrations"][0]["Name"] == "Tickets"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (SECURE, {}, 401),
        (SECURE, {"api-key": ""}, 401),
        (SECURE, {"api-key": "wrong"}, 403),
        ("/status/integrationconfig/secure/stranger", {"api-key": API_KEY}, 404),
    ],
)
def test_without_the_right_key_and_customer_there_is_no_configuration(
    path: str, headers: dict[str, str], status: int, waiting_room: FlaskClient
) -> None:
    answer = waiting_room.get(path, headers=headers)
    assert answer.status_code == status
    assert list(answer.get_json()) == ["error"]


def test_publishing_on_the_page_raises_the_version_and_sets_the_date(
    waiting_room: FlaskClient, clock: Clock
) -> None:
    clock.now += 3600
    text = json.dumps({**configuration(Name="Changed"), "Version": 99, "CustomerId": "somebody"})
    answer = waiting_room.post("/admin/configuration", data={"configuration": text, "action": "publish"})
    assert answer.status_code == 303
    document = waiting_room.get(SECURE, headers={"api-key": API_KEY}).get_json()
    assert (document["Version"], document["CustomerId"]) == (2, "customer")
    assert document["PublishDate"] == "2023-11-14T23:13:20Z"
    assert document["Integrations"][0]["Name"] == "Changed"
    assert "Version 2 is published." in waiting_room.get(answer.headers["Location"]).text


def test_a_faulty_configuration_is_not_published_and_the_page_says_what_is_wrong(
    waiting_room: FlaskClient,
) -> None:
    text = json.dumps(configuration(CookieValidityMinute="ten"))
    answer = waiting_room.post("/admin/configuration", data={"configuration": text, "action": "publish"})
    assert answer.status_code == 422
    assert "CookieValidityMinute is &#34;ten&#34;" in answer.text
    assert "&#34;CookieValidityMinute&#34;: &#34;ten&#34;" in answer.text, "the editor keeps what was typed"
    assert waiting_room.get(SECURE, headers={"api-key": API_KEY}).get_json()["Version"] == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
        ("[]", "the configuration is a list; use a JSON object"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_configuration_at_all_is_refused_in_words(
    text: str, problem: str, waiting_room: FlaskClient
) -> None:
    answer = waiting_room.post("/admin/configuration/problems", data={"configuration": text})
    assert answer.status_code == 200
    found = answer.get_json()["problems"]
    assert len(found) == 1
    assert problem in found[0]


def test_checking_publishes_nothing(waiting_room: FlaskClient) -> None:
    text = json.dumps(configuration(Name="Changed"))
    answer = waiting_room.post("/admin/configuration", data={"configuration": text, "action": "check"})
    assert answer.status_code == 200
    assert "No problems found. Not published yet." in answer.text
    assert waiting_room.get(SECURE, headers={"api-key": API_KEY}).get_json()["Version"] == 1


def test_a_page_of_another_site_changes_nothing(waiting_room: FlaskClient) -> None:
    answer = waiting_room.post("/admin/admit", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert waiting_room.post("/admin/admit", headers={"Origin": "http://localhost"}).status_code == 303


def test_the_page_lists_who_waits_and_lets_everybody_in(room: WaitingRoom, waiting_room: FlaskClient) -> None:
    visitor = room.lines.join("sale", target=f"http://{SHOP}/tickets")
    assert visitor.queue_id in waiting_room.get("/admin").text
    assert waiting_room.get("/admin/overview").get_json()["visitors"][0]["position"] == 4
    waiting_room.post("/admin/admit", data={"event": "sale"})
    assert room.lines.progress(visitor).is_turn


def test_the_page_shows_when_the_connector_last_fetched(waiting_room: FlaskClient, clock: Clock) -> None:
    assert waiting_room.get("/admin/overview").get_json()["fetch"] is None
    waiting_room.get(SECURE, headers={"api-key": API_KEY})
    clock.now += 7
    assert waiting_room.get("/admin/overview").get_json()["fetch"] == {"version": 1, "secondsAgo": 7}


def test_modes_and_pace_can_be_switched_and_wrong_ones_are_refused(
    room: WaitingRoom, waiting_room: FlaskClient
) -> None:
    assert waiting_room.post("/admin/mode", data={"event": "sale", "mode": "disabled"}).status_code == 303
    assert room.lines.mode("sale") == "disabled"
    assert not room.lines.requires_token("sale")
    switched = {"event": "sale", "mode": "queue", "requires_token": "on"}
    assert waiting_room.post("/admin/mode", data=switched).status_code == 303
    assert (room.lines.mode("sale"), room.lines.requires_token("SALE")) == ("queue", True)
    assert 'type="checkbox" checked' in waiting_room.get("/admin").text
    assert waiting_room.post("/admin/mode", data={"event": "sale", "mode": "no"}).status_code == 400
    assert waiting_room.post("/admin/mode", data={"event": "other", "mode": "queue"}).status_code == 404
    assert waiting_room.post("/admin/pace", data={"speed": "5", "crowd": "0"}).status_code == 303
    assert (room.lines.visitors_per_second, room.lines.crowd) == (5.0, 0)
    for speed in ("-1", "nan", "fast", "1e9"):
        assert waiting_room.post("/admin/pace", data={"speed": speed, "crowd": "0"}).status_code == 400


def test_the_keys_appear_on_no_page_and_in_no_text_form_of_the_account(
    room: WaitingRoom, waiting_room: FlaskClient
) -> None:
    assert room.account.secret_key not in waiting_room.get("/admin").text
    assert API_KEY not in waiting_room.get("/admin").text
    assert room.account.secret_key not in repr(room.account)


def test_a_refused_publication_leaves_the_published_one(clock: Clock) -> None:
    publication = Publication("customer", now=clock)
    publication.publish(configuration())
    with pytest.raises(RefusedConfiguration, match="use a JSON object"):
        publication.publish([])
    assert publication.current()["Version"] == 1
