"""What a person can do wrong, each answered with a sentence and the way out, never with a traceback."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import boto3
import pytest

from tests.builders import integration_config, queue_integration, url_part
from tests.command_line import ENVIRON, in_a_process
from workbench.cli.__main__ import FAULT, main

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-real-key"}
AWS_CONFIG = """
[profile sso]
sso_session = corporate
sso_account_id = 123456789012
sso_role_name = operator
[sso-session corporate]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
[profile older-sso]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = operator
[profile process]
credential_process = /nonexistent/credentials
[profile partial]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
[profile web]
role_arn = arn:aws:iam::123456789012:role/operator
web_identity_token_file = /nonexistent/token
[profile nobodys]
role_arn = arn:aws:iam::123456789012:role/operator
source_profile = nobody
"""
STRANGE = 'a\x1b[2J\r\n\u202e\x9b1m"'


class Misuse(NamedTuple):
    """A command line, the variables and the standard input that it meets, and what is said."""

    words: list[str]
    says: str
    environ: Mapping[str, str] = {}
    stdin: bytes = b""
    status: int = 1


def aws(says: str, words: str = "status --name shop", **environ: str) -> Misuse:
    return Misuse(words.split(), says, environ)


def wrong(says: str, *words: str) -> Misuse:
    return Misuse([*words], says, status=2)


def with_key(says: str, action: str, room: str, *more: str) -> Misuse:
    return wrong(says, "token", action, "--event", room, *more, "--secret-file", "-")._replace(
        stdin=b"not-a-real-key"
    )


def page(*more: str) -> list[str]:
    return ["explain", "https://shop.example.com/tickets", *more]


MISUSES = {
    "unknown profile": aws("The config profile (nobody) could not be found", AWS_PROFILE="nobody"),
    "broken configuration of AWS": aws("configuration file cannot be read", AWS_CONFIG_FILE="broken.cfg"),
    "binary configuration of AWS": aws("configuration file cannot be read", AWS_CONFIG_FILE="binary"),
    "expired SSO login": aws("log in with: aws sso login", AWS_PROFILE="sso"),
    "expired older SSO login": aws("aws sso login", "kill --name shop", AWS_PROFILE="older-sso"),
    "missing program for credentials": aws("/nonexistent/credentials", AWS_PROFILE="process"),
    "half of the credentials": aws("credentials are incomplete", AWS_PROFILE="partial"),
    "missing web identity": aws("/nonexistent/token", "publish --name shop", AWS_PROFILE="web"),
    "profile that leads nowhere": aws('source_profile "nobody"', AWS_PROFILE="nobodys"),
    "no credentials": aws("there are no AWS credentials; set AWS_PROFILE, or log in"),
    "no credentials for a function": aws("there are no AWS credentials", "history --name shop"),
    "endpoint without a scheme": aws(
        "an endpoint is http://HOST:PORT", **CREDENTIALS, AWS_ENDPOINT_URL="localhost:4566"
    ),
    "endpoint with a port that is none": aws(
        "an endpoint is http://HOST:PORT", **CREDENTIALS, AWS_ENDPOINT_URL="http://localhost:99999"
    ),
    "endpoint where nobody listens": aws(
        "Could not connect to the endpoint URL", **CREDENTIALS, AWS_ENDPOINT_URL="http://localhost:1"
    ),
    "proxy where nobody listens": aws("check HTTPS_PROXY", **CREDENTIALS, HTTPS_PROXY="http://localhost:1"),
    "mode of AWS that there is not": aws("valid", **CREDENTIALS, AWS_DEFAULTS_MODE="fast"),
    "no connector": wrong("which connector?", "status"),
    "connector that none can be called": wrong("cannot be a connector's name", "status", "--name", "a/b"),
    "host of recorded cases that is empty": wrong(
        "needs a host", "test", "new.yaml", "--config", "good.json", "--record", "--host", ""
    ),
    "cookie for a room without an id": with_key("cannot be a waiting room's id", "cookie", ""),
    "address that is empty": wrong("is not an address", "explain", "", "--config", "good.json"),
    "two documents of cases": Misuse(["test", "two.yaml", "--config", "good.json"], "found another document"),
    "cases that contain themselves": Misuse(["test", "loop.yaml", "--config", "good.json"], "holds no cases"),
    "cases with a tag of Python": Misuse(["test", "tag.yaml", "--config", "good.json"], "the tag"),
    "cases nested deeply": Misuse(["test", "nest.yaml", "--config", "good.json"], "maximum nesting depth"),
    "case with a date for an address": Misuse(
        ["test", "date.yaml", "--config", "good.json"], "give a text (in quotes)"
    ),
    "JSON with an infinite version": Misuse(
        ["validate", "-"], "Version is Infinity", stdin=b'{"Integrations": [], "Version": 1e400}'
    ),
    "missing file": Misuse(["validate", "nothing.json"], "No such file or directory"),
    "name that no file can have": Misuse(["validate", "a\0b"], "there is no such file"),
    "name that is too long": Misuse(["validate", "a" * 5000], "File name too long"),
    "directory": Misuse(["validate", "directory"], "Is a directory"),
    "binary file": Misuse(["validate", "binary"], "is not UTF-8 text"),
    "empty file": Misuse(["validate", "empty"], "is not JSON"),
    "endless file": Misuse(["validate", "/dev/zero"], "is larger than 64 MB"),
    "binary standard input": Misuse(["validate", "-"], "standard input is not UTF-8 text", stdin=b"\xff\xfe"),
    "deeply nested JSON": Misuse(["validate", "deep.json"], "is nested too deeply"),
    "JSON with a huge number": Misuse(["validate", "huge.json"], "a number of thousands of digits"),
    "JSON with NaN": Misuse(["validate", "-"], "NaN is no value of JSON", stdin=b'{"Version": NaN}'),
    "JSON of half a character": Misuse(["validate", "-"], "an object with Integrations", stdin=rb'"\ud800"'),
    "JSON that is no object": Misuse(["validate", "-"], "give an object", stdin=b"[1]"),
    "settings that are a list": Misuse(["validate", "good.json", "--settings", "list.json"], "an object"),
    "setting that there is not": Misuse(
        ["validate", "good.json", "--settings", "off.json"], 'setting "enabeld" is not known'
    ),
    "settings that are null": Misuse(
        ["validate", "good.json", "--settings", "null.json"], "1 integration", status=0
    ),
    "snapshot with settings that are a list": Misuse(["validate", "snapshot.json"], "accepts an object"),
    "account that is no text": Misuse(page("--config", "account.json"), "customer_id is not letters"),
    "control characters in a configuration": Misuse(
        ["validate", "strange.json"], r"a\x1b[2J\r\n\u202e\x9b1m", status=0
    ),
    "control characters in what is explained": Misuse(
        page("--config", "strange.json"), r"a\x1b[2J\r\n\u202e\x9b1m", status=0
    ),
    "control characters in JSON": Misuse(
        page("--config", "strange.json", "--json"), r"a\u001b[2J\r\n\u202e\u009b1m", status=0
    ),
    "configuration and key from one standard input": wrong(
        "standard input can give one", *page("--config", "-", "--secret-file", "-")
    ),
    "settings for a connector": wrong("--settings goes with --config", *page("--settings", "x", "--name", "a")),
    "scheme that no page has": wrong("has the scheme ftp", "explain", "ftp://shop.example.com/"),
    "address without a host": wrong("needs a host", "explain", "https:///tickets"),
    "address with a space": wrong("percent-encode it", "explain", "https://shop.example.com/a b"),
    "host that is no host": wrong("which is not possible", "explain", "https://[::1/"),
    "host with a user": wrong("user name", "doctor", "https://me:secret@shop.example.com/"),
    "port that is none": wrong("a port is a number from 1 to 65535", "explain", "https://a.b:99999/"),
    "port zero": wrong("a port is a number from 1 to 65535", "doctor", "https://a.b:0/"),
    "site without a scheme": wrong("write one such as https://", "doctor", "shop.example.com"),
    "site of another scheme": wrong("write one such as https://", "doctor", "ftp://shop.example.com/"),
    "site without a host": wrong("write one such as https://", "doctor", "https://"),
    "site that is no host": wrong("write one such as https://", "doctor", "https://[bad"),
    "origin that is no address": wrong("--origin", "doctor", "https://a.b/", "--origin", "origin"),
    "address of a visitor that is none": wrong("is not an IP address", *page("--ip", "300.1.1.1")),
    "method that is none": wrong("is not an HTTP method", *page("--method", "G T")),
    "header without a colon": wrong("has no colon", *page("--config", "good.json", "--header", "x")),
    "header with a line break": wrong(
        "no header can have", *page("--config", "good.json", "--header", "X: a\r\nY: b")
    ),
    "cookie without a value": wrong("no equals sign", *page("--config", "good.json", "--cookie", "x")),
    "missing body": Misuse(page("--config", "good.json", "--body", "@nothing"), "the body nothing cannot"),
    "limit below zero": wrong("is not in the range", "history", "--name", "a", "--limit", "-1"),
    "limit that is no number": wrong("is not a valid integer", "history", "--name", "a", "--limit", "ten"),
    "limit of thousands of digits": wrong("Invalid value", "history", "--name", "a", "--limit", "9" * 5000),
    "several to go back to": wrong(
        "Give one of SNAPSHOT, --previous and --version N", "rollback", "--name", "a", "--previous", "--version", "7"
    ),
    "reason without a deed": wrong("--reason goes with --force", "publish", "--name", "a", "--reason", "x"),
    "several configurations": wrong(
        "give one of --config, --platform and --name", "test", "x", "--config", "a", "--name", "b"
    ),
    "nothing to go back to": wrong("what to go back to?", "rollback", "--name", "a"),
    "digest that is none": wrong("is not a digest", "rollback", "XYZ", "--name", "a"),
    "token from nowhere": Misuse(["token", "read", "  "], "there is no token, cookie or address to read"),
    "token that expires in no year": Misuse(
        ["token", "read", "e_a~ts_99999999999999~h_0"], "Unix second 99999999999999", status=0
    ),
    "bytes for a token": Misuse(["token", "read", "\udcff\udcfe"], "the signature is wrong"),
    "text and key from one standard input": wrong(
        "the text and the key cannot both come from standard input", "token", "read", "-", "--secret-file", "-"
    ),
    "room that a token cannot name": with_key("must not be empty, nor hold ~ or _", "mint", "my_tickets"),
    "room that a cookie cannot name": with_key("cannot be a waiting room's id", "cookie", "a b"),
    "session of no length": with_key("0 is not in the range 1<=x<=99999", "cookie", "a", "--validity-minutes", "0"),
    "token without a key": wrong(
        "the account's secret key is needed: set QUEUEIT_SECRET_KEY", "token", "mint", "--event", "tickets"
    ),
    "room that is none": wrong("waiting room's id", "token", "mint", "--event", "a b"),
    "validity that is none": wrong("is not in the range", "token", "mint", "--event", "a", "--valid-for", "0"),
    "key file that is a directory": Misuse(
        ["token", "mint", "--event", "a", "--secret-file", "directory"], "Is a directory"
    ),
    "command that there is not": wrong("Did you mean validate?", "validat"),
    "option that there is not": wrong("--strict", "validate", "good.json", "--strct"),
    "no command": wrong("Usage: queueit"),
    "no file": wrong("Missing argument 'FILE'", "validate"),
    "configuration without anything": Misuse(
        ["validate", "-"], "Version is null; give a whole number from 1", stdin=b"{}"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the files that the table names."""
    tmp_path = tmp_path_factory.mktemp("files")
    good = integration_config(queue_integration())
    named = queue_integration(url_part(f"/tickets{STRANGE}"), Name=STRANGE)
    for name, document in {
        "good.json": good,
        "list.json": [1],
        "null.json": None,
        "off.json": {"enabeld": False},
        "snapshot.json": {"format": 1, "integration_config": good, "settings": [1], "customer_id": 5},
        "account.json": {**good, "CustomerId": ["x"]},
        "strange.json": integration_config(named, named),
    }.items():
        (tmp_path / name).write_text(json.dumps(document))
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "huge.json").write_text(f'{{"Version": {"9" * 5000}}}')
    (tmp_path / "loop.yaml").write_text("a: &a [*a]")
    (tmp_path / "two.yaml").write_text("cases: []\n---\ncases: []\n")
    (tmp_path / "tag.yaml").write_text("cases: [{url: !!python/name:os.system }]")
    (tmp_path / "nest.yaml").write_text("cases: " + "[" * 3000)
    (tmp_path / "date.yaml").write_text("cases: [{url: 2020-01-01}]")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00[")
    (tmp_path / "empty").touch()
    (tmp_path / "directory").mkdir()
    (tmp_path / "broken.cfg").write_text("gar[bage")
    (tmp_path / "aws.cfg").write_text(AWS_CONFIG)
    (tmp_path / "named.json").write_text(json.dumps(integration_config(queue_integration(Name="東京→"))))
    return tmp_path


@pytest.fixture
def directory(files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory as the present one, in an environment without anything of AWS."""
    monkeypatch.chdir(files)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name in [*os.environ]:
        if name.startswith(("AWS_", "QUEUEIT_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "aws.cfg")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "nothing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(files))
    return files


@pytest.mark.parametrize("misuse", MISUSES.values(), ids=[*MISUSES])
@pytest.mark.usefixtures("directory")
def test_a_misuse_ends_in_a_sentence(
    misuse: Misuse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in misuse.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(misuse.stdin), encoding="utf-8"))

    status = main(misuse.words, os.environ)

    said = "".join(capsys.readouterr())
    assert misuse.says in said
    assert status == misuse.status
    assert FAULT not in said
    assert all(line.isprintable() for line in said.split("\n"))


@pytest.mark.parametrize("more", [[], ["--json"]])
@pytest.mark.usefixtures("directory")
def test_a_terminal_of_ascii_is_shown_escapes(monkeypatch: pytest.MonkeyPatch, more: list[str]) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main(page("--config", "named.json", *more), {}) == 0
    terminal.seek(0)
    assert "\\u6771\\u4eac" in terminal.read()


@pytest.mark.parametrize(
    ("redirection", "status", "says"),
    [
        ("| true", "0", ""),
        ("<&-", "1", "standard input is closed"),
        (">&-", "0", ""),
        pytest.param(">&- 2>&-", "0", "", marks=pytest.mark.full),
        (">/dev/full", "1", "the output cannot be written: No space left on device"),
    ],
)
def test_a_pipe_or_stream_that_is_closed_is_no_reason_for_a_traceback(
    directory: Path, redirection: str, status: str, says: str
) -> None:
    what = "-" if redirection == "<&-" else "good.json"
    line = f'"{sys.executable}" -m workbench.cli validate {what} {redirection}; echo "status $?" >&2'
    done = in_a_process("sh", "-c", line, cwd=directory)
    *said, ended = done.stderr.splitlines()
    assert ended == f"status {status}"
    assert says in "".join(said)
    assert "Traceback" not in done.stderr


def test_an_interrupt_ends_without_a_traceback(directory: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench.cli", "validate", "-"],
        cwd=directory,
        env=ENVIRON,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what began the tests may ignore it
    )
    deadline = time.monotonic() + 30
    while Path(f"/proc/{process.pid}/wchan").exists() and time.monotonic() < deadline:
        state = Path(f"/proc/{process.pid}/syscall").read_text(encoding="utf-8").split()
        if state[:2] == ["0", "0x0"]:  # it reads from standard input
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said.strip()) == (130, b"")


def test_a_fault_that_nobody_foresaw_is_reported_in_a_sentence_and_in_full_when_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(io.StringIO):
        def read(self, size: int | None = -1, /) -> str:
            raise RuntimeError("a defect")

    monkeypatch.setattr(sys, "stdin", Broken())
    assert main(["validate", "-"], {}) == 1
    assert f"queueit: {FAULT} (RuntimeError)" in capsys.readouterr().err
    with pytest.raises(RuntimeError):
        main(["validate", "-"], {"QUEUEIT_TRACEBACK": "1"})
