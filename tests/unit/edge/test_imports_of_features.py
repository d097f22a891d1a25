"""What is off is not imported, and what is on is imported with the snapshot, while the CPU is fast."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.builders import snapshot_document, viewer_request_event
from tests.command_line import isolated

FUNCTIONS = Path(__file__).parents[3] / "functions"
OPTIONAL = {
    "edge.service_client",
    "edge.unavailable_page",
    "queueit.aes",
    "queueit.diagnostics",
    "queueit.direct_pass",
    "queueit.enqueue_token",
    "queueit.services",
    "queueit.verify_action",
    "typing",
}
KEYS = {"secret_key": "not-a-real-key", "api_key": "not-real", "proxy_key": "not-real"}
SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import edge.event_handling, edge.viewer_request
from queueit.decision import import_features
from queueit.snapshot import compile_snapshot
given = json.load(sys.stdin)
snapshot = compile_snapshot(given["snapshot"], given["keys"])
import_features(snapshot)
if given["event"]:
    edge.event_handling.handle(given["event"], snapshot, 1_790_000_000.0)
print(json.dumps(sorted(sys.modules)))
"""


def imported(document: dict[str, Any], event: dict[str, Any] | None = None) -> set[str]:
    """The modules of OPTIONAL that a fresh interpreter has imported after loading a snapshot and handling an event."""
    given = {"snapshot": document, "keys": KEYS, "event": event}
    printed = isolated(sys.executable, "-c", SCRIPT, str(FUNCTIONS), given=given)
    return OPTIONAL & set(json.loads(printed))


def test_a_plain_decision_imports_no_optional_feature() -> None:
    document = snapshot_document(settings={"enqueue_token": {"enabled": False}})

    assert imported(document, viewer_request_event(querystring="queueittoken=x")) == set()


@pytest.mark.parametrize(
    ("settings", "module"),
    [
        ({}, "queueit.enqueue_token"),
        ({"verify": {"url": "https://v.example.com"}}, "queueit.verify_action"),
        ({"direct_pass": {"url": "https://p.example.com"}}, "queueit.direct_pass"),
    ],
)
def test_a_feature_is_imported_with_the_snapshot_that_switches_it_on(
    settings: dict[str, Any], module: str
) -> None:
    assert module in imported(snapshot_document(settings=settings))


def test_diagnostics_are_imported_for_a_debug_token() -> None:
    event = viewer_request_event(querystring="queueittoken=rt_debug~h_0")

    assert "queueit.diagnostics" in imported(snapshot_document(), event)
