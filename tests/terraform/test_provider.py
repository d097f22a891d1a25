"""The provider that keeps running beside a workspace, with a stand-in for its program."""

import gc
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.terraform.provider import attach

PROGRAM = f"""\
#!{sys.executable}
import json, os, pathlib, signal, time
from concurrent.futures import ThreadPoolExecutor
import grpc

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has it ignored in what runs beside it
configured = b"nothing"

class Answers(grpc.GenericRpcHandler):
    def service(self, call):
        answer = getattr(self, call.method.rpartition("/")[2], None)
        return answer and grpc.unary_unary_rpc_method_handler(answer)
    def GetSchema(self, request, context):
        return pathlib.Path("schema").read_bytes()
    def Configure(self, request, context):
        global configured
        configured = request
        return b""
    def ReadResource(self, request, context):
        return configured + b" reads " + request

server = grpc.server(ThreadPoolExecutor(), [Answers()])
path = os.path.abspath(f"socket-{{os.getpid()}}")
server.add_insecure_port("unix:" + path)
server.start()
try:
    reattachment = {{"example.com/aws": {{"Protocol": "grpc", "Addr": {{"Network": "unix", "String": path}}}}}}
    print(f"TF_REATTACH_PROVIDERS='{{json.dumps(reattachment)}}'", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    pathlib.Path(f"ended-{{os.getpid()}}").touch()
"""


class Owner:
    """What a provider runs for."""


def program(directory: Path, text: str) -> Path:
    path = directory / "provider"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def attached(owner: Owner, directory: Path) -> dict[str, Any]:
    """How to reach the stand-in, attached to a directory."""
    environment = attach(owner, program(directory, PROGRAM), directory, {}, directory)
    how: dict[str, Any] = json.loads(environment["TF_REATTACH_PROVIDERS"])["example.com/aws"]
    return how


Call = Callable[[str, bytes], bytes]


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Callable[[], Call]]:
    """Makes connections to an attached stand-in, each as Terraform makes one for a configuration."""
    owner, channels = Owner(), []
    address = attached(owner, tmp_path)["Addr"]

    def connection() -> Call:
        # By itself grpc lets channels to the same place share a connection.
        channel = grpc.insecure_channel(address["String"], options=[("grpc.use_local_subchannel_pool", 1)])
        channels.append(channel)
        invoke: Any = channel.unary_unary
        return lambda method, request: invoke(f"/tfplugin5.Provider/{method}")(request)

    yield connection
    for channel in channels:
        channel.close()


def field(number: int, content: bytes) -> bytes:
    """A field of a protobuf message, with a length of two bytes where it needs them."""
    length = len(content)
    return (
        bytes([number << 3 | 2, *([length] if length < 128 else [length & 127 | 128, length >> 7])]) + content
    )


def test_it_ends_with_its_owner(tmp_path: Path) -> None:
    owner = Owner()
    assert attached(owner, tmp_path)["Protocol"] == "grpc"
    assert [*tmp_path.glob("ended-*")] == []
    del owner
    gc.collect()
    assert len([*tmp_path.glob("ended-*")]) == 1


def test_it_tells_of_the_types_that_the_configuration_names_and_of_all_that_is_of_no_type(
    tmp_path: Path, connect: Callable[[], Call]
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "main.tf").write_text('resource "aws_lambda_function" "one" {\n}\n')
    (tmp_path / "main.tf").write_text('data "aws_region" "current" {}\n# resource "aws_instance" "no" {}\n')

    def schema(number: int, name: str) -> bytes:
        return field(number, field(1, name.encode()) + field(2, b"x" * 200))

    kept = [field(1, b"the provider's own"), schema(2, "aws_lambda_function"), schema(3, "aws_region")]
    kept.append(field(6, b"what it can"))
    left_out = [schema(2, "aws_instance"), schema(3, "aws_ami"), schema(8, "aws_secret")]
    (tmp_path / "schema").write_bytes(b"".join([kept[0], left_out[0], *kept[1:3], *left_out[1:], kept[3]]))
    assert connect()("GetSchema", b"") == b"".join(kept)


def test_each_configuration_has_a_process_which_other_commands_with_the_same_use_too(
    tmp_path: Path, connect: Callable[[], Call]
) -> None:
    here, there, next_here = connect(), connect(), connect()
    assert here("ReadResource", b"a") == b"nothing reads a"
    here("Configure", b"us-east-1")
    there("Configure", b"eu-west-1")
    next_here("Configure", b"us-east-1")
    assert here("ReadResource", b"b") == next_here("ReadResource", b"b") == b"us-east-1 reads b"
    assert there("ReadResource", b"c") == b"eu-west-1 reads c"
    assert len([*tmp_path.glob("socket-*")]) == 2


def test_a_method_that_it_does_not_have_is_refused_by_it(connect: Callable[[], Call]) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        connect()("GetResourceIdentitySchemas", b"")
    refusal: Any = refused.value
    assert refusal.code() is grpc.StatusCode.UNIMPLEMENTED


def test_one_that_does_not_start_is_an_error_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no room"):
        attach(Owner(), program(tmp_path, "#!/bin/sh\necho no room\nexit 1\n"), tmp_path, {}, tmp_path)
