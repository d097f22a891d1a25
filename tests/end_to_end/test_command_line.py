"""The command line `queueit` against the whole system: what it says is what visitors get, what it does they notice."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from tests import command_line
from tests.command_line import Ran
from tests.end_to_end.test_changes import broken_at_the_platform
from tests.end_to_end.visitor import EVENT_ID, Visitor, answer_to_raw_headers, direct_session
from workbench.demo import Demo

SECRETS = ("demo-secret-key", "demo-api-key")
CHECKS = """
connector queue target caching ajax forged_token forged_cookie internal_headers waiting_room token cookie session
isolation table spellings behaviors port cache_miss options preflight own_domain
"""


@pytest.fixture
def queueit(demo: Demo) -> Callable[..., Ran]:
    """Runs `queueit` on the demo's connector, in this process."""
    demo.edge.recycle_workers()  # new ones have what the table has
    environ = demo.command_environment
    session = boto3.Session(
        environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"], region_name=environ["AWS_REGION"]
    )

    def client(service: str, region: str) -> Any:
        connect: Any = session.client
        own = environ.get(f"AWS_ENDPOINT_URL_{service.upper()}")
        return connect(service, region_name=region, endpoint_url=own or environ["AWS_ENDPOINT_URL"])

    def run_command(*arguments: str, stdin: str = "", **more: str) -> Ran:
        ran = command_line.queueit(
            *arguments,
            stdin=stdin,
            environ=environ | more,
            client=client,
            session=direct_session,
            now=time.time,
        )
        assert not [secret for secret in SECRETS if secret in ran.out + ran.err]
        return ran

    return run_command


def test_the_console_script_talks_to_the_demo_with_the_variables_that_it_prints(demo: Demo) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workbench.cli", "status", "--json"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **demo.command_environment, "PYTHONPATH": f".{os.pathsep}functions"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["connector"] == "end-to-end"


def test_a_healthy_site_passes_every_check_of_the_doctor(demo: Demo, queueit: Callable[..., Ran]) -> None:
    port = urlsplit(demo.shop_url).port
    ran = queueit(
        "doctor", f"{demo.shop_url}/tickets?night=12", "--own-domain", f"localhost:{port}", "--json"
    )
    found = {one["name"]: one["status"] for one in ran.document["checks"]}
    assert (ran.status, found) == (0, dict.fromkeys(CHECKS.split(), "ok") | {"origin": "skipped"})


def test_the_doctor_finds_an_origin_that_answers_everybody(demo: Demo, queueit: Callable[..., Ran]) -> None:
    ran = queueit("doctor", f"{demo.shop_url}/tickets", "--origin", demo.origin_url)
    assert ran.status == 1
    assert "PROBLEM origin: a request directly to the origin gets a page without queueing" in ran.out


def test_the_doctor_finds_a_page_that_the_connector_does_not_see(
    demo: Demo, queueit: Callable[..., Ran]
) -> None:
    ran = queueit("doctor", f"{demo.origin_url}/tickets")
    assert ran.status == 1
    assert "PROBLEM connector: the page answers 200 without x-queueit-connector" in ran.out
    assert "PROBLEM table: the site does not queue" in ran.out


def test_explain_says_what_the_edge_does(demo: Demo, queueit: Callable[..., Ran]) -> None:
    for path in ("/tickets?x=1", "/", "/tickets/terms", "/a/..//tickets", "/logout", "/TICKETS"):
        explained = queueit("explain", f"{demo.shop_url}{path}", "--json").document
        outcome = explained["outcome"]
        answer = answer_to_raw_headers(demo.shop_url, path, [])
        location = answer.headers.get("Location", "")
        queued = "kupver=" in location
        assert outcome["passes"] is not queued, (path, outcome, answer.status, answer.headers.items())
        if queued:
            # Behind CloudFront everything is HTTPS, the demo serves plain HTTP; no two enqueue tokens are the same.
            said = outcome["headers"]["Location"].replace("https", "http")
            token = re.search("&enqueuetoken=[^&]+", location)
            assert said == location.replace(token[0] if token else "", "").replace("https", "http")
            assert explained["has_enqueue_token"] is bool(token)


def test_a_minted_token_lets_a_visitor_in(demo: Demo, queueit: Callable[..., Ran]) -> None:
    page = f"{demo.shop_url}/tickets"
    arguments = ("token", "mint", "--event", EVENT_ID, "--url", page, "--secret-file", "-")
    address = queueit(*arguments, stdin=demo.account.secret_key).out.strip()
    with Visitor(demo.shop_url) as visitor:
        assert visitor.get(address).headers["Location"] == page
        assert visitor.get(page).status_code == 200


def test_a_minted_cookie_is_a_session(demo: Demo, queueit: Callable[..., Ran]) -> None:
    arguments = ("token", "cookie", "--event", EVENT_ID, "--json", "--secret-file", "-")
    cookie = queueit(*arguments, stdin=demo.account.secret_key).document
    with Visitor(demo.shop_url) as visitor:
        visitor.carry(cookie["value"], cookie["name"])
        assert visitor.get("/tickets").status_code == 200


def test_the_samples_configuration_is_valid_and_its_warnings_are_those_of_a_demo(
    demo: Demo, queueit: Callable[..., Ran]
) -> None:
    ran = queueit("validate", "-", "--json", stdin=json.dumps(demo.waiting_room.publication.current()))
    assert ran.status == 0
    codes = {one["code"] for one in ran.document["warnings"]}
    assert codes == {"cookie_domain", "cookie_not_secure", "path_can_be_added"}


def test_an_operator_publishes_rolls_back_freezes_and_switches_and_all_of_it_is_in_the_history(
    demo: Demo, queueit: Callable[..., Ran]
) -> None:
    before = queueit("status", "--json").document
    demo.publish(demo.sample_configuration())
    published = queueit("publish", "--json").document
    assert (published["outcome"], published["version"]) == ("published", before["version"] + 1)
    demo.publish(demo.sample_configuration())
    assert queueit("freeze", "--reason", "on-sale at noon").status == 0
    assert queueit("publish").status == 1
    assert queueit("unfreeze").status == 0
    assert queueit("publish", "--json").document["version"] == before["version"] + 2
    assert queueit("rollback", "--previous", "--json").document["version"] == before["version"] + 1
    assert queueit("publish", "--json").document["outcome"] == "unchanged", "a rollback holds"
    assert queueit("status", "--json").document["operator"]["held"] is True
    assert queueit("rollback", before["snapshot"][:12], "--json").document["version"] == before["version"]
    assert queueit("publish", "--force", "--json").document["version"] == before["version"] + 2
    killed = queueit("kill", "--reason", "waiting room down", "--json").document
    assert (killed["outcome"], killed["enabled"]) == ("killed", False)
    assert queueit("explain", f"{demo.shop_url}/tickets", "--json").document["decision"] == "switched off"
    assert "SWITCHED OFF since" in queueit("status").out
    assert queueit("enable", "--json").document["enabled"] is True
    actions = [one["action"] for one in queueit("history", "--json").document["entries"]]
    done = "enable kill force rollback rollback refresh unfreeze freeze refresh"
    assert actions[:9] == done.split()
    assert "on-sale at noon" in queueit("history").out


def test_what_config_refresh_refuses_reaches_the_operator_in_its_words(
    demo: Demo, queueit: Callable[..., Ran]
) -> None:
    with broken_at_the_platform(demo, EventId=""):
        ran = queueit("publish")
    assert ran.status == 1
    assert 'integration 4 "Tickets": EventId is missing' in ran.err


def test_a_function_or_table_of_no_such_name_is_said_to_be_missing(queueit: Callable[..., Ran]) -> None:
    assert "there is no function nobody-config-refresh" in queueit("kill", "--name", "nobody").err
    assert "there is no table nobody" in queueit("status", "--name", "nobody").err
