"""Numbers that stand both in the code and in the documentation are the same."""

import json
from pathlib import Path

import pytest

from config_refresh import credentials, history, key_rotation, publish_endpoint
from edge import snapshot_reader
from queueit import direct_pass, enqueue_token, queue_token, session_cookie, settings, url_forms
from workbench.cli import status

ROOT = Path(__file__).parents[3]
REFERENCE = json.loads((ROOT / "tests" / "conformance" / "package.json").read_text(encoding="utf-8"))
KEY_SECONDS = settings.Settings().freshness_seconds + key_rotation.MARGIN_SECONDS


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("architecture", f"keeps trying for {snapshot_reader.LOAD_SECONDS:g} s"),
        ("architecture", f"{snapshot_reader.POLL_SECONDS * 1000:g} ms at most"),
        ("architecture", f"waits\n   up to {snapshot_reader.LONG_POLL_SECONDS:g} s for it"),
        ("command-line", f"overdue ({status.OVERDUE_SECONDS // 60} minutes)"),
        (
            "conformance",
            f"connector-javascript` {REFERENCE['dependencies']['@queue-it/connector-javascript']} the same",
        ),
        ("features", f"one over {enqueue_token.MAX_ADDRESS_LENGTH:,} characters"),
        ("features", f"a session of {direct_pass.FAILURE_VALIDITY_MINUTES} minutes"),
        (
            "operations",
            f"then {KEY_SECONDS} seconds, or two poll intervals and {key_rotation.MARGIN_SECONDS}",
        ),
        ("protocol", f"a token over {queue_token.MAX_LENGTH:,} characters"),
        ("protocol", f"expires {session_cookie.LIFETIME_SECONDS // 3600} h after issue"),
        ("protocol", f"exceed\n{url_forms.MAX_CHARACTERS:,} characters"),
        ("publishing", f"for {KEY_SECONDS} seconds (two poll intervals and {key_rotation.MARGIN_SECONDS}"),
        ("publishing", f"at most {history.MAX_ENTRIES} entries and {history.MAX_BYTES // 1000} kB"),
        ("publishing", f"a body over {publish_endpoint.MAX_BODY_CHARACTERS:,} characters"),
        ("publishing", f"once in {credentials.RENEWAL_SECONDS:g} seconds"),
        ("publishing", f"kept for {credentials.CACHE_SECONDS / 60:g} minutes"),
        (
            "scale",
            f"{snapshot_reader.BUDGET_SECONDS:g} s, which come back at a tenth of a second each second",
        ),
    ],
)
def test_a_page_says_the_number_of_the_code(page: str, said: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")

    assert " ".join(said.split()) in " ".join(text.split())
