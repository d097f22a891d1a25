"""Every setting: the values that the example `complete` gives, and values that are accepted or refused everywhere."""

from typing import Any

EVERY_SETTING: dict[str, Any] = {
    "allowed_origins": ["https://shop.example.com"],
    "decision_log_rate": 0.1,
    "diagnostics": False,
    "direct_pass": {
        "on_failure": "queue",
        "timeout_ms": 1500,
        "url": "https://northlight.queue-it.net/direct",
    },
    "enqueue_token": {
        "client_ip": True,
        "enabled": True,
        "key": True,
        "validity_seconds": 120,
        "x_forwarded_for": False,
    },
    "ignored_methods": ["TRACE"],
    "include_body": True,
    "own_domain": "queue",
    "poll_interval_seconds": 15,
    "preflight": "decide",
    "replica_regions": ["eu-west-1"],
    "session_cookie": {"http_only": True, "same_site": "Lax", "secure": True},
    "truncated_body": "visible_part",
    "url_matching": "every_form",
    "verify": {"timeout_ms": 500, "url": "https://northlight.queue-it.net/verify"},
}
"""What examples/complete publishes; its `enabled` is an input of its own and leaves out the default."""

URLS = (
    "https://verify.example.com",
    "https://verify.example.com:8443/a/b?c=d&e=%20",
    "http://localhost:8000/",
    "http://127.0.0.1",
    "http://verify.example.com",
    "https://Verify.example.com",
    "https://user:word@verify.example.com/",
    "https://verify.example.com/#part",
    "https://verify.example.com/a b",
    "https://verify.example.com/é",
    "https://verify.example.com:0/",
    "https://-verify.example.com/",
    "https://verify.example.com/?a?b",
    "https://verify.example.com?a=b",
    "https:///path",
    "ftp://verify.example.com/",
    "",
)
ORIGINS = (
    "https://www.example.com",
    "https://www.example.com:8443",
    "https://www.example.com:4430",
    "https://www.example.com:443",
    "https://www.example.com/",
    "https://WWW.example.com",
    "http://www.example.com",
    "http://localhost:443",
    "http://localhost",
    "https://*.example.com",
    "null",
    "",
)
VALUES: tuple[dict[str, Any], ...] = (
    {},
    *[{"url_matching": value} for value in ("every_form", "as_configured", "raw_or_normalized", "")],
    *[{"own_domain": value} for value in ("queue", "as_sent", "pass")],
    *[{"preflight": value} for value in ("pass", "decide", "queue")],
    *[
        {"ignored_methods": value}
        for value in ([], ["TRACE"], ["trace"], ["GET", ""], ["A" * 32], ["A" * 33])
    ],
    *[{"session_cookie": {"same_site": value}} for value in ("Lax", "Strict", "None", "lax")],
    {"session_cookie": {"same_site": "None", "secure": True}},
    {"session_cookie": {"same_site": "None", "secure": False}},
    {"session_cookie": {"secure": False, "http_only": True}},
    *[{"poll_interval_seconds": value} for value in (4, 5, 5.5, 300, 301)],
    *[{"truncated_body": value} for value in ("queue", "visible_part", "pass")],
    *[{"allowed_origins": [value]} for value in ORIGINS],
    {"enqueue_token": {}},
    {"enqueue_token": {"enabled": False, "key": True, "client_ip": False, "x_forwarded_for": True}},
    *[{"enqueue_token": {"validity_seconds": value}} for value in (29, 30, 240.5, 3600, 3601)],
    *[{"verify": {"url": value}} for value in URLS],
    *[{"verify": {"url": URLS[0] + "/" + "a" * length}} for length in (1024 - 27, 1024 - 26)],
    *[{"verify": {"url": URLS[0], "timeout_ms": value}} for value in (99, 100, 3000, 3001)],
    *[{"direct_pass": {"url": URLS[0], "timeout_ms": value}} for value in (799, 800, 4000, 4001)],
    *[{"direct_pass": {"url": URLS[0], "on_failure": value}} for value in ("pass", "queue", "open")],
    *[{"diagnostics": value} for value in (True, False)],
    *[{"decision_log_rate": value} for value in (-0.1, 0, 0.5, 1, 1.1)],
)
"""What Terraform accepts or refuses exactly as config_refresh does."""
