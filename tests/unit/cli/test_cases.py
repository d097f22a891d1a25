"""`queueit test`: requests, and what is expected to become of them."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.builders import NOW, SECRET_KEY, integration_config, queue_integration
from tests.command_line import in_a_process, queueit
from tests.http_server import Handler, serving
from workbench.queue_token import mint_queue_token

Queueit = Callable[..., Any]
EXAMPLE = Path(__file__).parents[3] / "examples" / "pull_request_check"
PAGE = "https://shop.example.com/tickets"


@pytest.fixture
def configuration(write_json: Callable[..., str]) -> str:
    return write_json(integration_config(queue_integration()))


@pytest.fixture
def run_cases(configuration: str, write_json: Callable[..., str]) -> Queueit:
    """Runs these cases against the configuration."""

    def run(*cases: Any, arguments: tuple[str, ...] = (), **world: Any) -> Any:
        path = write_json({"cases": list(cases)}, "cases.json")
        return queueit("test", path, "--config", configuration, *arguments, **world)

    return run


def test_the_sample_holds_for_the_sample_configuration() -> None:
    configuration = str(EXAMPLE / "configuration.json")
    ran = queueit("test", str(EXAMPLE / "cases.yaml"), "--config", configuration)
    assert ran.status == 0, ran.out
    assert [line[:6] for line in ran.out.splitlines()] == ["pass  "] * 5 + ["5 case"]
    assert queueit("validate", "--strict", configuration).status == 0


def test_the_check_of_a_pull_request_runs_every_step(tmp_path: Path) -> None:
    for name in ("terraform", "queueit"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} "$@"\n')
        (tmp_path / name).chmod(0o755)
    done = in_a_process(
        *(str(EXAMPLE / "check.sh"), "DIRECTORY", "shop", "configuration.json", "cases.yaml"),
        PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
    )
    steps = [line.split()[:2] for line in done.stdout.splitlines() if line.startswith("queueit")]
    assert steps == [["queueit", "status"], ["queueit", "validate"], ["queueit", "test"]]


def test_each_case_has_a_line_and_one_that_is_not_met_is_a_finding(run_cases: Queueit) -> None:
    ran = run_cases(
        {"url": PAGE, "expect": {"decision": "queue"}},
        {
            "name": "about",
            "url": "https://shop.example.com/about",
            "expect": {"decision": "queue", "redirect": "x"},
        },
    )
    assert ran.status == 1
    assert ran.out.splitlines()[:2] == [
        f"pass  GET {PAGE}",
        "FAIL  about: decision is no match, not queue; redirect is none, not x",
    ]
    assert "2 cases, 1 failed, by " in ran.out


@pytest.mark.parametrize(
    ("redirect", "is_met"),
    [
        ("https://example.queue-it.net/", True),
        ("https://example.queue-it.net/?e=tickets&c=example", True),
        ("https://example.queue-it.net/?e=other", False),
        ("https://other.queue-it.net/", False),
        ("https://example.queue-it.net/somewhere", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_a_redirect_has_what_is_expected_of_it(
    run_cases: Queueit, redirect: str | None, is_met: bool
) -> None:
    ran = run_cases({"url": PAGE, "expect": {"redirect": redirect}}, arguments=("--json",))
    assert ran.document["cases"][0]["ok"] is is_met


def test_every_part_of_a_request_counts(run_cases: Queueit) -> None:
    token = mint_queue_token(SECRET_KEY, "tickets", expires_at=NOW + 60, client_ip="203.0.113.7")
    cases = [
        {"url": f"{PAGE}?queueittoken={token}", "address": "203.0.113.7", "expect": {"decision": "token"}},
        {
            "url": f"{PAGE}?queueittoken={token}",
            "address": "203.0.113.8",
            "expect": {"decision": "token error: ip", "integration": "Tickets"},
        },
        {
            "url": PAGE,
            "method": "options",
            "headers": {"Origin": "https://a.b", "Access-Control-Request-Method": "GET"},
            "expect": {"decision": "preflight"},
        },
        {"url": PAGE, "body": "x", "cookies": {"a": "b", "c": "d"}, "expect": {"decision": "queue"}},
        {
            "url": PAGE,
            "headers": {"x-queueit-ajaxpageurl": "https%3A%2F%2Fa.b%2F"},
            "expect": {"redirect": None},
        },
    ]
    ran = run_cases(*cases, environ={"QUEUEIT_SECRET_KEY": SECRET_KEY})
    assert [line[:4] for line in ran.out.splitlines()] == ["pass", "pass", "pass", "pass", "FAIL", "5 ca"]
    assert "redirect is https://example.queue-it.net/?c=example" in ran.out, (
        "that of a background request too"
    )


def test_a_report_in_junits_xml_names_cases_and_failures(run_cases: Queueit, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    case = {"name": "a <b> \x1b", "url": PAGE, "expect": {"decision": "session"}}
    run_cases(case, {"url": PAGE}, arguments=("--junit", str(report)))
    suite = ElementTree.fromstring(report.read_text())
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert suite[0].get("name") == r"a <b> \x1b"
    assert suite[0][0].get("message") == "decision is queue, not session"


@pytest.mark.parametrize("name", ["cases.yaml", "cases.json"])
def test_what_is_recorded_holds_until_the_configuration_means_something_else(
    configuration: str, write_json: Callable[..., str], tmp_path: Path, name: str
) -> None:
    cases = str(tmp_path / name)
    ran = queueit("test", cases, "--config", configuration, "--record", "--host", "shop.example.com")
    assert ran.out.startswith(f"2 cases recorded in {cases}")
    later = write_json(integration_config(queue_integration(), version=99), "later.json")
    assert queueit("test", cases, "--config", later).status == 0
    other = write_json(integration_config(queue_integration(EventId="other"), version=99), "other.json")
    assert queueit("test", cases, "--config", other).status == 1
    assert queueit("test", cases, "--config", other, "--record").status == 0
    assert queueit("test", cases, "--config", other).status == 0
    assert [one["url"] for one in yaml.safe_load(Path(cases).read_text())["cases"]] == [
        PAGE,
        "https://shop.example.com/",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no cases"),
        ("[]", "holds no cases"),
        ("cases: 5", "holds no cases"),
        ("- 5", "case 1 is not an object; it takes name, method"),
        ("- name: x", "case 1 has no url"),
        ("- url: ftp://a.b/", "has the scheme ftp"),
        ("- {url: a.b, expects: {}}", 'has "expects", which means nothing; did you mean expect?'),
        ("- {url: a.b, expect: {decison: queue}}", "did you mean decision?"),
        ("- {url: a.b, expect: {decision: 5}}", "decision is 5; give a text (in quotes)"),
        ("- {url: a.b, expect: 5}", "expect is not an object"),
        ("- {url: a.b, method: G T}", "is not an HTTP method"),
        ("- {url: a.b, address: nowhere}", "is not an IP address"),
        ("- {url: a.b, cookies: [x]}", "give an object of texts"),
        ("- {url: a.b, cookies: {a: 2026-01-01}}", "give a text (in quotes)"),
        ("- {url: [a.b}", "is neither YAML nor JSON in line 1"),
        ("- a: \x01", "is neither YAML nor JSON"),
        ("[" * 5000, "is nested too deeply"),
        ("- " * 5000, "is neither YAML nor JSON"),
        ("{", "is not JSON"),
    ],
)
def test_a_file_that_holds_no_cases_is_refused_with_the_place(
    configuration: str, text: str, says: str
) -> None:
    ran = queueit("test", "-", "--config", configuration, stdin=text)
    assert (ran.status, ran.out) == (1, "")
    assert says in ran.err


class Platform(Handler):
    """The platform's endpoint for connectors, with one configuration."""

    def respond(self) -> None:
        is_known = self.path.endswith("/secure/example") and self.headers["api-key"] == "not-a-real-api-key"
        body = json.dumps(integration_config(queue_integration())).encode() if is_known else b"no"
        self.answer(200 if is_known else 401, body)


@pytest.fixture
def platform() -> Iterator[str]:
    with serving(Platform) as url:
        yield url


def test_cases_run_by_what_the_platform_has(platform: str, write_json: Callable[..., str]) -> None:
    path = write_json([{"url": PAGE, "expect": {"decision": "queue"}}], "cases.json")
    arguments = ["test", path, "--platform", "example"]
    world = {"QUEUEIT_API_KEY": "not-a-real-api-key", "QUEUEIT_BASE_URL": platform}
    ran = queueit(*arguments, environ=world)
    assert (ran.status, "by the platform, account example" in ran.out) == (0, True), ran.err
    refused = queueit(*arguments, environ={**world, "QUEUEIT_API_KEY": "another-api-key"})
    assert (refused.status, "the platform answered 401" in refused.err) == (1, True)
    assert "another-api-key" not in refused.err
    assert "variable QUEUEIT_API_KEY" in queueit(*arguments).err


def test_a_report_that_cannot_be_written_is_said(run_cases: Queueit, tmp_path: Path) -> None:
    ran = run_cases({"url": PAGE}, arguments=("--junit", str(tmp_path)))
    assert (ran.status, "cannot be written: Is a directory" in ran.err) == (1, True)
