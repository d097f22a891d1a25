"""The platform's side of the sample waiting room: the secure endpoint and the administration page."""

import html
import json
import re

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.functional.samples.waiting_room_setup import API_KEY, SHOP, Clock, configuration
from workbench.sample_waiting_room import Publication, WaitingRoom
from workbench.sample_waiting_room.publication import RefusedConfiguration
from workbench.sample_waiting_room.push import Pushed
from workbench.sample_waiting_room.source_lines import line_of, lines_of

texts = st.text('a"\\\n[{,:é\ud83d', max_size=5)  # what JSON's own signs, and lines, look like
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)
SECURE = "/status/integrationconfig/secure/customer"


def test_the_configuration_is_served_to_whoever_has_the_api_key(waiting_room: FlaskClient) -> None:
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
        ("9" * 5_000, "a number with too many digits"),
        ('"\\ud800"', "half a character"),
    ],
)
def test_a_text_that_is_no_configuration_is_refused_in_words(
    text: str, problem: str, waiting_room: FlaskClient
) -> None:
    answer = waiting_room.post("/admin/configuration/review", data={"configuration": text})
    assert answer.status_code == 200
    assert "This cannot be published: 1 problem to solve." in answer.text
    assert problem in answer.text


def test_checking_publishes_nothing(waiting_room: FlaskClient) -> None:
    text = json.dumps(configuration(Name="Changed"))
    answer = waiting_room.post("/admin/configuration", data={"configuration": text, "action": "check"})
    assert answer.status_code == 200
    assert "This can be published. It is not live yet." in answer.text
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


def review_of(client: FlaskClient, document: object, url: str = "") -> str:
    text = document if isinstance(document, str) else json.dumps(document, indent=2)
    answer = client.post("/admin/configuration/review", data={"configuration": text, "url": url})
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_an_edit_shows_in_words_what_it_changes(waiting_room: FlaskClient) -> None:
    edited = configuration(CookieValidityMinute=5)
    part = edited["Integrations"][0]["Triggers"][0]["TriggerParts"][0]
    part["ValueToCompare"] = "/shop"
    said = review_of(waiting_room, edited)
    assert 'integration "Tickets": CookieValidityMinute 10 → 5, other triggers' in said
    assert "Tickets matched path contains /tickets ; it will match path contains /shop" in said
    assert "version" not in said
    assert "This is what is live." in review_of(waiting_room, configuration())


def test_an_edit_shows_the_warnings_of_validate_each_with_its_line(
    room: WaitingRoom, waiting_room: FlaskClient
) -> None:
    edited = json.dumps(configuration(VerifyQueueIdEnabled=True, IsCookieSecure=False), indent=2)
    line = next(n for n, one in enumerate(edited.splitlines(), 1) if "VerifyQueueIdEnabled" in one)
    found = review_of(waiting_room, edited)
    assert f'Line {line} : integration 1 "Tickets": has VerifyQueueIdEnabled' in found
    assert "sets session cookies that browsers also send over plain HTTP" in found
    room.connector_settings = {
        "verify": {"url": "https://verify.example.com"},
        "session_cookie": {"secure": True},
    }
    settled = review_of(waiting_room, edited)
    assert "VerifyQueueIdEnabled, but" not in settled
    assert "over plain HTTP" not in settled


def test_warnings_that_are_also_true_of_what_is_live_stand_apart(
    waiting_room: FlaskClient, room: WaitingRoom
) -> None:
    old = "sets session cookies that browsers also send over plain HTTP"
    room.publish(configuration(IsCookieSecure=False))
    edited = configuration(IsCookieSecure=False)
    edited["Integrations"].insert(0, {**edited["Integrations"][0], "Name": "New", "IsCookieSecure": True})
    edited["Integrations"][0]["VerifyQueueIdEnabled"] = True
    new, _, before = review_of(waiting_room, edited).partition("also true of what is live")
    assert "has VerifyQueueIdEnabled" in new
    assert old not in new
    assert f'integration 2 "Tickets": {old}' in before


def test_publishing_shows_the_first_warning(waiting_room: FlaskClient) -> None:
    edited = configuration()
    edited["Integrations"][0]["Triggers"][0]["TriggerParts"][0]["Operator"] = "Contain"
    text = json.dumps(edited)
    answer = waiting_room.post("/admin/configuration", data={"configuration": text, "action": "publish"})
    page = html.unescape(waiting_room.get(answer.headers["Location"]).text)
    assert 'class="notice warn"' in page
    assert 'Version 2 is published. Warning: integration 1 "Tickets", trigger 1: can never match' in page


def test_a_url_is_tried_on_what_is_live_and_on_the_edit(waiting_room: FlaskClient) -> None:
    edited = configuration()
    edited["Integrations"][0]["Triggers"][0]["TriggerParts"][0]["ValueToCompare"] = "/shop"
    said = review_of(waiting_room, edited, "/tickets?row=1")
    live, _, then = said.partition("As edited")
    assert 'As it is live The visitor is sent to the waiting room "sale" by "Tickets".' in live
    assert "The visitor gets the page: no integration matches." in then
    assert 'no: PagePath contains "/shop"' in then


def test_a_url_is_tried_on_what_is_live_while_the_edit_has_problems(waiting_room: FlaskClient) -> None:
    said = review_of(waiting_room, "{", f"http://{SHOP}/tickets")
    assert 'sent to the waiting room "sale"' in said
    assert "Cannot be tried until the problems above are solved." in said
    assert "It cannot be tried: an address needs a host" in review_of(
        waiting_room, configuration(), "https://"
    )


def test_a_review_says_so_where_nothing_usable_is_live(room: WaitingRoom, waiting_room: FlaskClient) -> None:
    room.publication.publish_unchecked({"Integrations": 5})
    said = review_of(waiting_room, configuration(), "/tickets")
    assert "nothing usable is live, so all of it is new" in said
    assert "Nothing usable is published." in said


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        ('integration 1 "a: b, trigger 9": Name is odd', 4),
        ('integration 1 "x", trigger 1, part 1: can never match', 8),
        ("integration 1, trigger 1, part 1: Operator is 5; give text", 9),
        ("integration 1: has no CookieDomain", 3),
        ("integration 7: is 5; give an object", None),
        ("Version is null; give a whole number", 2),
        ("nothing in particular", None),
    ],
)
def test_a_finding_is_shown_at_its_line(finding: str, line: int | None) -> None:
    text = """{
  "Version": null, "Integrations": [
    {
      "Name": "a\\n{[,\\"",
      "Triggers": [
        {
          "TriggerParts": [
            {
              "Operator": 5}]}]}]}"""
    assert line_of(finding, lines_of(text)) == line


@given(json_values)
def test_each_value_of_any_json_has_a_line(document: object) -> None:
    text = json.dumps(document, indent=1)
    lines = lines_of(text)

    def walk(value: object, path: tuple[str | int, ...]) -> None:
        assert 1 <= lines[path] <= text.count("\n") + 1
        items = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for name, one in items:
            walk(one, (*path, name))

    walk(document, ())


@pytest.mark.parametrize(
    ("status", "answer", "sentence"),
    [
        (200, '{"status": "published", "version": 2}', "every edge follows at its next poll"),
        (409, '{"status": "frozen"}', "is frozen by an operator"),
        (409, '{"status": "held"}', "has brought an earlier version back"),
        (422, '{"status": "invalid"}', "refused it as invalid"),
        (500, "<html>", "did not take the push (status 500)"),
        (500, '["status"]', "did not take the push (status 500)"),
        (None, "no answer (ConnectionError)", "at its next refresh"),
    ],
)
def test_the_outcome_of_a_push_is_told_in_a_sentence(status: int | None, answer: str, sentence: str) -> None:
    said = Pushed(2, status, answer).sentence
    assert sentence in said
    assert "{" not in said


def test_a_visitor_who_closes_the_page_leaves_the_line_and_finds_the_place_again(
    room: WaitingRoom, waiting_room: FlaskClient
) -> None:
    visitor = room.lines.join("sale", target=f"http://{SHOP}/tickets")
    assert waiting_room.post(f"/queue/sale/{visitor.queue_id}/away").status_code == 204
    overview = waiting_room.get("/admin/overview").get_json()
    assert (overview["visitors"], overview["rooms"][0]["waiting"]) == ([], 0)
    assert waiting_room.get(f"/queue/sale/{visitor.queue_id}/status").get_json()["position"] == 4
    assert len(waiting_room.get("/admin/overview").get_json()["visitors"]) == 1


def test_a_visitor_whose_page_stops_asking_leaves_the_line(
    room: WaitingRoom, waiting_room: FlaskClient, clock: Clock
) -> None:
    room.lines.set_pace(visitors_per_second=0, crowd=3)
    room.lines.join("sale", target=f"http://{SHOP}/tickets")
    clock.now += 60
    assert len(waiting_room.get("/admin/overview").get_json()["visitors"]) == 1
    clock.now += 60
    assert waiting_room.get("/admin/overview").get_json()["visitors"] == []


def test_a_room_that_is_removed_leaves_its_visitors_a_way_out(waiting_room: FlaskClient) -> None:
    entry = f"/?c=customer&e=sale&t=https%3A%2F%2F{SHOP}%2Ftickets"
    assert waiting_room.get(entry).status_code == 200
    text = json.dumps(configuration(EventId="other"))
    waiting_room.post("/admin/configuration", data={"configuration": text, "action": "publish"})
    page = waiting_room.get(entry)
    assert page.status_code == 404
    assert "you need not wait" in page.text
    assert f'href="http://{SHOP}/tickets"' in page.text
