"""Runs the edge's code through one visit of each kind and prints what came out: standard library only.

`python -I -S -W error smoke.py CODE` with the zip or directory that holds the packages `edge` and `queueit`. Any
warning is an error, so that what a later Python is going to drop shows. The output is the same on every version.
"""

import copy
import importlib
import json
import ssl
import sys
from typing import Any

NOW = 1_790_000_000
SECRET_KEY = "not-a-real-secret-key"
PARTS = [
    {
        "ValidatorType": "UrlValidator",
        "UrlPart": "PagePath",
        "Operator": "Contains",
        "ValueToCompare": "/tickets",
    },
    {
        "ValidatorType": "UserAgentValidator",
        "Operator": "ContainsAny",
        "ValuesToCompare": ["Bot"],
        "IsNegative": True,
    },
    {
        "ValidatorType": "RequestBodyValidator",
        "Operator": "Contains",
        "ValueToCompare": "x",
        "IsNegative": True,
    },
]
DOCUMENT = {
    "format": 1,
    "customer_id": "example",
    "integration_config": {
        "Version": 7,
        "Integrations": [
            {
                "Name": "Tickets",
                "ActionType": "Queue",
                "EventId": "tickets",
                "QueueDomain": "example.queue-it.net",
                "ExtendCookieValidity": True,
                "CookieValidityMinute": 20,
                "Triggers": [{"LogicalOperator": "And", "TriggerParts": PARTS}],
            }
        ],
    },
    "settings": {"session_cookie": {"same_site": "Lax"}},
    "published_at": NOW,
    "source": "schedule",
}


def event(querystring: str = "", **headers: str) -> dict[str, Any]:
    """A viewer-request event for /tickets."""
    lines = {"host": [{"key": "Host", "value": "shop.example.com"}]}
    for name, value in headers.items():
        lines[name.replace("_", "-")] = [{"key": name.replace("_", "-"), "value": value}]
    request = {
        "clientIp": "203.0.113.7",
        "headers": lines,
        "method": "GET",
        "querystring": querystring,
        "uri": "/%74ickets/../tickets",
        "body": {"inputTruncated": False, "action": "read-only", "encoding": "base64", "data": "YT0x"},
    }
    return {"Records": [{"cf": {"config": {"requestId": "request-1"}, "request": request}}]}


def main(code: str) -> None:
    """Import the packages from `code`, and nothing of this project from anywhere else."""
    sys.path.insert(0, code)
    viewer_request = importlib.import_module("edge.viewer_request")
    event_handling = importlib.import_module("edge.event_handling")
    viewer_response = importlib.import_module("edge.viewer_response")
    compile_snapshot = importlib.import_module("queueit.snapshot").compile_snapshot
    assert str(viewer_request.__file__).startswith(code), viewer_request.__file__
    snapshot = compile_snapshot(DOCUMENT, {"secret_key": SECRET_KEY, "previous_secret_key": "the-key-before"})
    signed = f"e_tickets~q_11111111-2222-3333-4444-555555555555~ts_{NOW + 60}~ce_true~rt_queue"
    token = f"{signed}~h_{snapshot.keys.sign(signed)}"

    outcomes = [
        event_handling.handle(event("a=1"), snapshot, NOW),
        event_handling.handle(event(f"a=1&queueittoken={token}"), snapshot, NOW),
        event_handling.handle(event("queueittoken=made-up"), snapshot, NOW),
        event_handling.handle(
            event(x_queueit_ajaxpageurl="https%3A%2F%2Fshop.example.com%2F"), snapshot, NOW
        ),
        event_handling.handle(event(user_agent="SomeBot"), snapshot, NOW),
    ]
    cookie = outcomes[1]["headers"]["set-cookie"][0]["value"].partition(";")[0]
    admitted = event(cookie=cookie)
    event_handling.handle(admitted, snapshot, NOW + 30)
    admitted["Records"][0]["cf"]["response"] = {"status": "200", "statusDescription": "OK", "headers": {}}
    outcomes += [
        admitted["Records"][0]["cf"]["request"],
        viewer_response.handler(copy.deepcopy(admitted), None),
        viewer_request.handler(event(), None),
        viewer_request.handler_fail_closed(event(), None),
        sys.modules["edge.signature_v4"].sign(
            "POST",
            "dynamodb.us-east-1.amazonaws.com",
            "/",
            {"Content-Type": "application/x-amz-json-1.0"},
            b"{}",
            credentials=sys.modules["edge.signature_v4"].Credentials("an-id", "not-a-real-key"),
            region="us-east-1",
            service="dynamodb",
            signed_at=NOW,
        ),
    ]
    ssl.create_default_context()
    print(json.dumps(outcomes, sort_keys=True))


if __name__ == "__main__":
    main(sys.argv[1])
