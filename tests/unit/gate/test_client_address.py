"""A header part named x-queueit-clientip compares the client's address, never a header (protocol section 2)."""

from typing import Any

import pytest

from tests.builders import compiled_snapshot, part, queue_integration, url_part
from tests.unit.gate.visits import outcome

OFFICE = "198.51.100.9"
VISITOR = "203.0.113.7"
NAMES = ["x-queueit-clientip", "X-QueueIT-ClientIP", "X-QUEUEIT-CLIENTIP"]


def office_part(name: str, **changes: Any) -> dict[str, Any]:
    return part("HttpHeader", OFFICE, HttpHeaderName=name, **changes)


def exempting(office: dict[str, Any]) -> Any:
    return compiled_snapshot(
        queue_integration(office, ActionType="Ignore", EventId="open"),
        queue_integration(url_part("/tickets")),
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Operator": "Contains", "ValueToCompare": "198.51.100."},
        {"Operator": "EqualsAny", "ValuesToCompare": ["192.0.2.1", OFFICE]},
    ],
    ids=str,
)
def test_an_exemption_by_address_works(name: str, changes: dict[str, Any]) -> None:
    snapshot = exempting(office_part(name, **changes))
    assert outcome(snapshot, client_ip=OFFICE) == "page"
    assert outcome(snapshot, client_ip=VISITOR) == "tickets"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sent", NAMES)
def test_nobody_can_claim_an_address(name: str, sent: str) -> None:
    snapshot = exempting(office_part(name))
    assert outcome(snapshot, client_ip=VISITOR, headers=[(sent, OFFICE)]) == "tickets"
    assert outcome(snapshot, client_ip=VISITOR, headers=[(sent, VISITOR), (sent, OFFICE)]) == "tickets"


def test_nobody_can_deny_an_address() -> None:
    snapshot = compiled_snapshot(queue_integration(office_part("x-queueit-clientip", IsNegative=True)))
    assert outcome(snapshot, client_ip=VISITOR) == "tickets"
    assert outcome(snapshot, client_ip=VISITOR, headers=[("X-Queueit-ClientIP", OFFICE)]) == "tickets"


def test_an_event_without_an_address_is_exempt_from_nothing() -> None:
    snapshot = exempting(office_part("x-queueit-clientip", Operator="Contains", ValueToCompare="*"))
    assert outcome(snapshot, client_ip="", headers=[("x-queueit-clientip", OFFICE)]) == "tickets"


def test_a_header_of_another_name_is_read_as_ever() -> None:
    snapshot = exempting(office_part("x-office"))
    assert outcome(snapshot, headers=[("X-Office", OFFICE)]) == "page"
    assert outcome(snapshot, client_ip=OFFICE) == "tickets"
