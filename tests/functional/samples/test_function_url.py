"""The stand-in for function URLs: what a function is told of a request, and what becomes of its answer."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from workbench.demo.function_url import create_function_url


class Function:
    """Keeps the events and answers as told."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.answer: Callable[[], dict[str, Any]] = lambda: {"statusCode": 200, "body": "fine"}

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        self.events.append(event)
        return self.answer()


@pytest.fixture
def function() -> Function:
    return Function()


@pytest.fixture
def client(function: Function) -> FlaskClient:
    return create_function_url(function).test_client()


def test_a_text_body_arrives_as_it_is(function: Function, client: FlaskClient) -> None:
    client.put(
        "/a/b?c=d&e", data='{"é": 1}'.encode(), content_type="application/json", headers={"X-One": "1"}
    )

    (event,) = function.events
    assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/a/b", "c=d&e")
    assert event["requestContext"]["http"]["method"] == "PUT"
    assert event["headers"]["x-one"] == "1"
    assert (event["body"], event["isBase64Encoded"]) == ('{"é": 1}', False)


@pytest.mark.parametrize("content_type", [None, "application/octet-stream"])
def test_any_other_body_arrives_in_base64(
    function: Function, client: FlaskClient, content_type: str | None
) -> None:
    client.put("/", data=b"\xff\x00", content_type=content_type)

    (event,) = function.events
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\xff\x00"


def test_a_request_without_a_body_has_none_in_the_event(function: Function, client: FlaskClient) -> None:
    client.get("/")
    assert "body" not in function.events[0]


def test_the_functions_answer_is_sent_as_it_says(function: Function, client: FlaskClient) -> None:
    function.answer = lambda: {
        "statusCode": 403,
        "headers": {"content-type": "application/json", "x-one": "1"},
        "body": base64.b64encode(b"\xff").decode(),
        "isBase64Encoded": True,
    }
    answer = client.delete("/")
    assert (answer.status_code, answer.data) == (403, b"\xff")
    assert (answer.headers["content-type"], answer.headers["x-one"]) == ("application/json", "1")


def test_a_function_that_fails_says_nothing_of_why(function: Function, client: FlaskClient) -> None:
    def fail() -> dict[str, Any]:
        raise RuntimeError("the table is missing")

    function.answer = fail
    answer = client.put("/", data="{}")
    assert answer.status_code == 502
    assert "table" not in answer.text


def test_a_body_over_six_megabytes_never_reaches_the_function(
    function: Function, client: FlaskClient
) -> None:
    answer = client.put("/", data=b"x" * 6_400_000, content_type="application/json")
    assert answer.status_code == 413
    assert function.events == []
