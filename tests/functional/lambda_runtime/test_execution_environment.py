"""A function in its execution environment, under AWS's runtime client and under the stand-in for it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from workbench.lambda_runtime import (
    IN_REGION,
    ExecutionEnvironment,
    LambdaFunction,
    Quotas,
    reserved_variables,
)
from workbench.lambda_runtime.function import DEFAULT_RUNTIME
from workbench.lambda_runtime.installation import Runtime, runtime_for

ROOT = Path(__file__).parents[3]
FALLBACK = ROOT / "workbench" / "lambda_runtime" / "fallback_client.py"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:shop"

FUNCTION = """
import os, threading, time

counted = 0

def count():
    global counted
    while True:
        counted += 1
        time.sleep(0.01)

def handler(event, context):
    if event == "count":
        threading.Thread(target=count, daemon=True).start()
    if event == "counted":
        return counted
    if event == "fail":
        raise LookupError("no such thing")
    if event == "exit":
        os._exit(3)
    if event == "large":
        return len(bytearray(b"x") * (150 << 20))
    if event == "huge":
        return "x" * (7 << 20)
    if event == "long":
        time.sleep(60)
    if event == "context":
        return [context.aws_request_id, context.invoked_function_arn, context.function_name,
                context.function_version, context.memory_limit_in_mb, context.log_group_name,
                context.log_stream_name, context.get_remaining_time_in_millis()]
    print("a line")
    return event
"""


def function(directory: Path, source: str = FUNCTION) -> LambdaFunction:
    (directory / "code_of_shop.py").write_text(source)
    handler = "code_of_shop.handler"
    variables = reserved_variables(
        "shop", "3", handler, directory, runtime=DEFAULT_RUNTIME, region="us-east-1", memory_mb=128
    )
    return LambdaFunction("shop", ARN, "3", handler, directory, variables)


class Begun(NamedTuple):
    """An environment, with what it logged: the function's lines, and Lambda's own."""

    environment: ExecutionEnvironment
    log: list[str]
    course: list[str]


Begin = Callable[..., Begun]


@pytest.fixture(scope="module", params=["AWS's client", "the stand-in"])
def runtime(request: pytest.FixtureRequest) -> Runtime:
    if request.param == "the stand-in":
        return Runtime(sys.executable, "3.11", FALLBACK)
    found = runtime_for(DEFAULT_RUNTIME)
    if not found.is_awss:
        pytest.skip("AWS's runtime client is not installed; `make runtime` installs it")
    return found


@pytest.fixture(scope="module")
def begin(runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begin]:
    with ExitStack() as stack:

        def begin_one(source: str = FUNCTION, quotas: Quotas | None = None) -> Begun:
            log: list[str] = []
            course: list[str] = []
            made = function(tmp_path_factory.mktemp("function"), source)
            environment = ExecutionEnvironment(
                made, quotas or Quotas(), log.append, course.append, runtime=runtime
            )
            stack.callback(environment.stop)
            return Begun(environment, log, course)

        yield begin_one


@pytest.fixture(scope="module")
def every_tests_environment(begin: Begin) -> Begun:
    return begin()


@pytest.fixture
def begun(every_tests_environment: Begun) -> Begun:
    """An environment that has run events of other tests."""
    every_tests_environment.log.clear()
    return every_tests_environment


def test_a_function_gets_events_and_its_results_come_back(begun: Begun) -> None:
    assert [begun.environment.invoke(event).result for event in ("one", {"two": ["é", 2]}, None)] == [
        "one",
        {"two": ["é", 2]},
        None,
    ]


def test_the_context_has_what_lambda_puts_in_it(begun: Begun) -> None:
    *told, remaining = begun.environment.invoke("context").result

    assert told[1:6] == [ARN, "shop", "3", "128", "/aws/lambda/shop"]
    assert re.fullmatch(r"[0-9a-f-]{36}", told[0])
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[3\][0-9a-f]{32}", told[6])
    assert 0 < remaining <= 5000


def test_an_error_has_lambdas_shape(begun: Begun) -> None:
    answer = begun.environment.invoke("fail")

    assert answer.error is not None
    assert answer.outcome == "exception"
    assert answer.error["errorType"] == "LookupError"
    assert answer.error["errorMessage"] == "no such thing"
    assert 'raise LookupError("no such thing")' in answer.error["stackTrace"][-1]


def test_an_error_is_logged_by_the_runtime_and_the_environment_goes_on(begun: Begun) -> None:
    begun.environment.invoke("fail")

    assert begun.log[0].startswith("[ERROR] LookupError: no such thing")
    assert begun.environment.invoke("next").result == "next"


@pytest.mark.parametrize(
    ("event", "seconds", "kind", "message"),
    [
        ("exit", 30.0, "Runtime.ExitError", "Runtime exited with error: exit status 3"),
        ("long", 0.5, "Sandbox.Timedout", "Task timed out after 0.50 seconds"),
        ("large", 30.0, "Runtime.OutOfMemory", "Runtime exited with error: signal: killed"),
    ],
)
def test_a_process_that_ends_is_reported_as_lambda_reports_it(
    begin: Begin, event: str, seconds: float, kind: str, message: str
) -> None:
    environment = begin(quotas=Quotas(timeout_seconds=seconds)).environment
    answer = environment.invoke(event)

    assert answer.error is not None
    assert answer.error["errorType"] == kind
    assert answer.error["errorMessage"].endswith(f"Error: {message}")
    assert not environment.alive


def test_a_result_over_lambdas_limit_is_reported_as_lambda_reports_it(begin: Begin) -> None:
    assert begin().environment.invoke("huge").error == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }


def test_a_failing_initialisation_is_reported_as_lambda_reports_it(begin: Begin) -> None:
    failure = begin("raise LookupError('at import')").environment.failure

    assert failure is not None
    assert failure.error is not None
    assert (failure.outcome, failure.error["errorType"]) == ("init_error", "LookupError")


def test_threads_stand_still_between_invocations(begin: Begin) -> None:
    environment = begin().environment
    environment.invoke("count")
    before = environment.invoke("counted").result
    time.sleep(0.3)
    after = environment.invoke("counted").result

    assert after - before < 10


def test_the_log_has_the_lines_that_lambda_writes_for_each_invocation(begin: Begin) -> None:
    environment, _, course = begin()
    environment.invoke("one")
    environment.invoke("two")

    shape = [re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+\.\d\d|\d+(?= MB| ms)", "…", line) for line in course]
    report = (
        "REPORT RequestId: …\tDuration: … ms\tBilled Duration: … ms\tMemory Size: … MB\tMax Memory Used: … MB"
    )
    invocation = ["START RequestId: … Version: 3", "END RequestId: …"]
    assert course[0].startswith("INIT_START Runtime Version: python:3.13")
    assert shape[1:] == [*invocation, f"{report}\tInit Duration: … ms", *invocation, report]


def test_what_a_function_prints_is_logged_before_its_invocation_ends(begun: Begun) -> None:
    begun.environment.invoke("one")

    assert begun.log == ["a line"]


WITH_SDK = """
import boto3, os

def handler(event, context):
    return os.path.exists(boto3.__spec__.cached)
"""


def test_boto3_keeps_its_bytecode_for_the_next_start(tmp_path: Path) -> None:
    uses_boto3 = function(tmp_path, WITH_SDK)._replace(with_sdk=True)
    environment = ExecutionEnvironment(uses_boto3, IN_REGION, lambda line: None)
    try:
        assert (environment.failure, environment.invoke({}).result) == (None, True)
    finally:
        environment.stop()


HOST = """
import sys
from pathlib import Path
from tests.functional.lambda_runtime.test_execution_environment import function
from workbench.lambda_runtime import ExecutionEnvironment, Quotas

environment = ExecutionEnvironment(function(Path(sys.argv[1])), Quotas(), lambda line: None)
environment.invoke("one")
print(environment.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc; run this on Linux")
def test_a_frozen_process_does_not_outlive_the_host_that_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOST, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as host:
        assert host.stdout is not None
        pid = int(host.stdout.readline())
        os.kill(host.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runs(pid)


def runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
