"""The processes that run functions: isolation, quotas, failures, concurrency."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.functional.local_edge import sources
from workbench.local_edge import LocalEdge


def outcomes(site: Any) -> list[tuple[str, bool]]:
    return [(one.outcome, one.cold) for one in site.invocations]


def test_a_function_sees_only_lambdas_reserved_variables_and_the_endpoint(workshop: Any) -> None:
    environment = {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1", "AWS_REGION": "eu-west-1"}
    seen = workshop.own_site(sources.in_the_answer("dict(os.environ)"), environment=environment).ask().json()
    lambdas_own = """
        AWS_ACCESS_KEY_ID AWS_DEFAULT_REGION AWS_ENDPOINT_URL_DYNAMODB AWS_EXECUTION_ENV
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_VERSION
        AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME AWS_LAMBDA_RUNTIME_API AWS_REGION
        AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN LAMBDA_TASK_ROOT LANG PATH TZ _HANDLER _X_AMZN_TRACE_ID
    """
    assert sorted(seen) == lambdas_own.split()
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == "us-east-1.shop-viewer-request"
    assert seen["AWS_LAMBDA_FUNCTION_VERSION"] == "3"
    assert (seen["AWS_REGION"], seen["AWS_DEFAULT_REGION"]) == ("eu-west-1", "eu-west-1")


def test_a_variable_that_is_not_lambdas_is_refused(workshop: Any) -> None:
    with pytest.raises(
        ValueError, match="MY_SETTING cannot be set: Lambda@Edge functions have no environment"
    ):
        workshop.own_site(sources.PASS_REQUEST, environment={"MY_SETTING": "1"})


def test_a_function_imports_nothing_but_its_zip_and_the_standard_library(workshop: Any) -> None:
    missing = ["workbench", "requests", "boto3", "queueit", "edge"]
    found = f"[one for one in {missing} if __import__('importlib.util').util.find_spec(one)]"
    assert workshop.own_site(sources.in_the_answer(found)).ask().json() == []


def test_a_function_runs_from_its_unpacked_zip(workshop: Any) -> None:
    archive = workshop.zip(
        "import os, other\ndef handler(event, context):\n"
        "    root = os.environ['LAMBDA_TASK_ROOT']\n"
        "    inside = os.getcwd() == root and other.__file__ == root + '/other.py'\n"
        "    return {'status': '200', 'body': str(inside)}\n",
        "inside",
        other="",
    )
    pair = workshop.associations(("viewer-request", "inside"))
    config = workshop.distribution(1, workshop.behavior(LambdaFunctionAssociations=pair))
    with LocalEdge(config, {"inside": (archive, "inside.handler")}, log=lambda message: None) as edge:
        archive.unlink()  # what was deployed stays
        assert workshop.ask(edge).body == b"True"


def test_the_context_has_what_lambda_puts_in_it(workshop: Any) -> None:
    seen = workshop.own_site("""
import json
def handler(event, context):
    return {'status': '200', 'body': json.dumps([
        context.function_name, context.function_version, context.memory_limit_in_mb,
        context.invoked_function_arn, 0 < context.get_remaining_time_in_millis() <= 5000])}
""")
    assert seen.ask().json() == [
        "us-east-1.shop-viewer-request",
        "3",
        "128",
        "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request:3",
        True,
    ]


@pytest.mark.rule("function-failed")
def test_an_exception_is_a_503_with_its_traceback_logged_and_the_worker_goes_on(workshop: Any) -> None:
    site = workshop.own_site("""
import os
def handler(event, context):
    if event['Records'][0]['cf']['request']['uri'] == '/bad':
        raise LookupError('no such thing')
    return {'status': '200', 'body': str(os.getpid())}
""")
    first = site.ask("/good").body
    response = site.ask("/bad")
    assert response.status == 503
    assert response.values("x-cache") == ["LambdaExecutionError from local-edge"]
    assert site.ask("/good").body == first
    assert outcomes(site) == [("success", True), ("exception", False), ("success", False)]
    failure = next(message for message in site.log if message["message"] == "function failed")
    assert "LookupError: no such thing" in failure["detail"]


def test_a_result_that_json_cannot_hold_is_a_503(workshop: Any) -> None:
    site = workshop.own_site(sources.returning("{'status': {200}}"))
    assert site.ask().status == 503
    assert outcomes(site) == [("exception", True)]


@pytest.mark.rule("function-limited", "function-time")
def test_a_function_that_takes_too_long_is_stopped_and_replaced(workshop: Any) -> None:
    site = workshop.own_site(
        """
import os, time
def handler(event, context):
    if event['Records'][0]['cf']['request']['uri'] == '/slow':
        time.sleep(60)
    return {'status': '200', 'body': str(os.getpid())}
""",
        timeout_seconds=0.4,
    )
    first = site.ask("/").body
    started_at = time.monotonic()
    response = site.ask("/slow")
    assert time.monotonic() - started_at < 3
    assert response.status == 503
    assert response.values("x-cache") == ["LambdaLimitExceeded from local-edge"]
    assert site.ask("/").body != first
    assert outcomes(site) == [("success", True), ("timeout", False), ("success", True)]


@pytest.mark.rule("function-memory")
def test_a_function_that_takes_too_much_memory_is_stopped_even_if_it_would_answer(workshop: Any) -> None:
    site = workshop.own_site("""
def handler(event, context):
    taken = bytearray(b'x') * (150 << 20)
    return {'status': '200', 'body': str(len(taken))}
""")
    assert site.ask().status == 503
    assert outcomes(site) == [("memory", True)]
    assert site.edge.worker_pids("shop-viewer-request") == []


def test_a_function_that_takes_memory_without_end_is_a_503(workshop: Any) -> None:
    site = workshop.own_site("""
def handler(event, context):
    kept = []
    while True:
        kept.append(bytearray(b'x') * (16 << 20))
""")
    assert site.ask().status == 503
    assert outcomes(site) == [("memory", True)]


def test_a_process_that_dies_while_handling_is_a_503_and_is_replaced(workshop: Any) -> None:
    site = workshop.own_site("""
import os
def handler(event, context):
    if event['Records'][0]['cf']['request']['uri'] == '/die':
        os._exit(3)
    return event['Records'][0]['cf']['request']
""")
    assert site.ask("/die").status == 503
    assert site.ask("/").status == 200
    assert outcomes(site) == [("crash", True), ("success", True)]


def test_an_idle_worker_that_died_is_replaced_without_the_visitor_noticing(workshop: Any) -> None:
    site = workshop.own_site(sources.PASS_REQUEST)
    site.ask()
    (pid,) = site.edge.worker_pids("shop-viewer-request")
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while site.edge.worker_pids("shop-viewer-request") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert site.ask().status == 200
    assert outcomes(site) == [("success", True), ("success", True)]


@pytest.mark.rule("init-time")
@pytest.mark.parametrize(
    ("source", "seconds", "detail"),
    [
        ("raise LookupError('at import')", 10.0, "LookupError: at import"),
        ("import sys\nsys.exit(3)", 10.0, "the process ended with 3 while initialising"),
        ("import os\nos._exit(3)", 10.0, "the process ended with 3 while initialising"),
        ("import time\ntime.sleep(60)", 0.5, "initialisation timed out after 0.5 s"),
        ("nothing = 1", 10.0, "Handler 'handler' missing on module"),
    ],
)
def test_a_failing_initialisation_is_a_503_that_says_why(
    workshop: Any, source: str, seconds: float, detail: str
) -> None:
    site = workshop.own_site(source, init_timeout_seconds=seconds)
    assert site.ask().status == 503
    assert outcomes(site) == [("init_error", True)]
    assert detail in site.log[-1]["detail"]


MEETING = """
import os, time
def handler(event, context):
    time.sleep(0.1)
    return {'status': '200', 'body': str(os.getpid())}
"""


def ask_at_once(site: Any, times: int) -> list[Any]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: site.ask(), range(times)))


def test_events_at_the_same_time_run_in_workers_of_their_own(workshop: Any) -> None:
    site = workshop.own_site(MEETING, workers_per_function=3)
    pids = {response.body for response in ask_at_once(site, 3)}
    assert len(pids) == 3
    assert outcomes(site) == [("success", True)] * 3


def test_one_event_after_another_runs_in_one_warm_worker(workshop: Any) -> None:
    site = workshop.own_site(sources.PASS_REQUEST, sources.PASS_RESPONSE)
    for _ in range(3):
        site.ask()
    assert [one.cold for one in site.invocations] == [True, True, False, False, False, False]
    assert all(one.duration_ms > 0 for one in site.invocations)
    ids = [one.request_id for one in site.invocations]
    assert ids[::2] == ids[1::2]
    assert len(set(ids)) == 3


def test_more_events_than_workers_wait_and_are_served(workshop: Any) -> None:
    site = workshop.own_site(MEETING, workers_per_function=1)
    assert [response.status for response in ask_at_once(site, 3)] == [200] * 3
    assert sorted(outcomes(site)) == [("success", False), ("success", False), ("success", True)]


@pytest.mark.rule("function-limited")
def test_an_event_that_waits_too_long_is_throttled(workshop: Any) -> None:
    site = workshop.own_site(MEETING, workers_per_function=1, throttle_wait_seconds=0.05)
    responses = ask_at_once(site, 2)
    assert sorted(response.status for response in responses) == [200, 503]
    assert sorted(outcomes(site)) == [("success", True), ("throttled", False)]


def test_stopping_ends_every_worker_and_every_waiting_request(workshop: Any) -> None:
    site = workshop.own_site(
        "import time\ndef handler(event, context):\n    time.sleep(60)", timeout_seconds=60
    )
    statuses: list[int] = []

    def ask() -> None:
        try:
            statuses.append(site.ask().status)
        except OSError:
            statuses.append(0)

    visitor = threading.Thread(target=ask)
    visitor.start()
    deadline = time.monotonic() + 5
    while not site.edge.worker_pids("shop-viewer-request") and time.monotonic() < deadline:
        time.sleep(0.01)
    (pid,) = site.edge.worker_pids("shop-viewer-request")
    site.edge.stop()
    visitor.join(timeout=5)
    assert statuses in ([503], [0])
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_functions_log_is_kept_as_lambda_writes_it(workshop: Any) -> None:
    site = workshop.own_site(
        "def handler(event, context):\n    print('a line')\n    return {'status': '200'}"
    )
    site.ask()

    log = site.edge.function_log("shop-viewer-request")
    assert [line.split()[0] for line in log] == ["INIT_START", "START", "a", "END", "REPORT"]
