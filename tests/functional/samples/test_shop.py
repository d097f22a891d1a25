"""The sample shop."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    "path", ["/", "/tickets", "/tickets/terms", "/event/aurora-fields", "/logout", "/static/shop.css"]
)
def test_a_page_is_there(path: str, shop: FlaskClient) -> None:
    assert shop.get(path, buffered=True).status_code == 200


@pytest.mark.parametrize("path", ["/missing", "/event/unknown", "/assets/poster/unknown.svg", "/nowhere"])
def test_a_page_that_does_not_exist_is_a_404_with_a_page(path: str, shop: FlaskClient) -> None:
    answer = shop.get(path)
    assert answer.status_code == 404
    assert "Back to the start" in answer.text


@pytest.mark.parametrize("path", ["/broken", "/event/broken"])
def test_a_fault_is_a_500_with_a_page(path: str, shop: FlaskClient) -> None:
    answer = shop.get(path)
    assert answer.status_code == 500
    assert "Back to the start" in answer.text


def test_an_order_is_confirmed(shop: FlaskClient) -> None:
    order = {"event": "aurora-fields", "name": "Ada <b>", "tickets": "2"}
    answer = shop.post("/checkout", data=order)
    assert answer.status_code == 200
    assert "See you there, Ada &lt;b&gt;" in answer.text
    assert "€ 136" in answer.text


@pytest.mark.parametrize(
    "change", [{"event": "unknown"}, {"name": " "}, {"tickets": "0"}, {"tickets": "7"}, {"tickets": "²"}]
)
def test_an_incomplete_order_is_refused(change: dict[str, str], shop: FlaskClient) -> None:
    order = {"event": "aurora-fields", "name": "Ada", "tickets": "2"}
    assert shop.post("/checkout", data={**order, **change}).status_code == 400


def test_pages_are_not_stored_but_assets_are(shop: FlaskClient) -> None:
    assert shop.get("/tickets").headers["Cache-Control"] == "no-store"
    poster = shop.get("/assets/poster/aurora-fields.svg")
    assert poster.headers["Cache-Control"] == "public, max-age=3600"
    assert poster.content_type == "image/svg+xml"


def test_the_stock_is_json(shop: FlaskClient) -> None:
    assert shop.get("/api/stock").get_json()["stock"]["aurora-fields"] == 1240
