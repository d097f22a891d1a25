"""The aws provider of a workspace: kept running between Terraform's commands, and telling of the types in use alone.

By itself each command starts it and reads the schemas of 1,500 types, which is nearly all of the command's time.
"""

import json
import os
import re
import subprocess
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"  # read when it is imported: no child that forks uses it

import grpc

# Until standard input ends, however whoever began this does.
_KEEP_RUNNING: Final = '"$0" -debug 2>&1 & exec >/dev/null; cat; kill -INT $!; wait'
_SAYS_HOW: Final = re.compile(r"TF_REATTACH_PROVIDERS='(.*)'")
_TYPE: Final = re.compile(r'^(?:resource|data|ephemeral) "(\w+)"', re.MULTILINE)

# Terraform's plugin protocol, version 5.
_GET_SCHEMA: Final = "/tfplugin5.Provider/GetSchema"
_CONFIGURE: Final = "/tfplugin5.Provider/Configure"
_MAPS_BY_TYPE: Final = (2, 3, 8)
"""The fields of GetSchema's response with a schema for each resource, data source and ephemeral resource."""

_CALLS_AT_ONCE: Final = 64  # many wait, for AWS to have done what they began
_ANY_SIZE: Final = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))

_schemas: dict[Path, list[tuple[str, bytes]]] = {}
"""By program, the fields of its response to GetSchema, each with the type that it is of; "" for what is of none."""


class _Process:
    """The provider's program, running in a directory."""

    def __init__(self, binary: Path, directory: Path, environment: Mapping[str, str]) -> None:
        process = subprocess.Popen(
            ["sh", "-c", _KEEP_RUNNING, str(binary)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=directory,
            env=environment,
        )
        assert process.stdout
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if found := _SAYS_HOW.search(line):
                break
        else:
            process.communicate()
            raise RuntimeError(f"{binary} did not start:\n{''.join(said)}")
        self._process = process
        # What else it says would fill the pipe.
        self._listener = threading.Thread(target=process.stdout.read, daemon=True)
        self._listener.start()
        ((self.address, self.protocol),) = json.loads(found[1]).items()
        self._channel = grpc.insecure_channel(f"unix:{self.protocol['Addr']['String']}", options=_ANY_SIZE)

    def call(self, method: str, request: bytes) -> bytes:
        """The response of one of its methods."""
        invoke: Any = self._channel.unary_unary(method)  # typed for requests that are no bytes yet
        response: bytes = invoke(request)
        return response

    def end(self) -> None:
        """End it, and wait until it has."""
        self._channel.close()
        with self._process:  # waits, and closes its pipes
            assert self._process.stdin
            self._process.stdin.close()
            self._listener.join()


class _Provider(grpc.GenericRpcHandler):
    """The provider as Terraform sees it, with a process for each configuration, as a process has but one at a time."""

    def __init__(self, binary: Path, directory: Path, environment: Mapping[str, str], sources: Path) -> None:
        self._program = binary.resolve()
        self._start = partial(_Process, binary, directory, environment)
        self._sources = sources
        self.processes = [self._start()]
        self._by_configuration: dict[bytes, _Process] = {}
        self._by_connection: dict[str, _Process] = {}
        self._lock = threading.Lock()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """What answers a call; None for those of plugins in general, which Terraform can do without."""
        method = handler_call_details.method
        if not method.startswith("/tfplugin5."):
            return None
        own = {_GET_SCHEMA: self._get_schema, _CONFIGURE: self._configure}.get(method)
        return grpc.unary_unary_rpc_method_handler(partial(_answer, own or partial(self._pass_on, method)))

    def _pass_on(self, method: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        return self._by_connection.get(context.peer(), self.processes[0]).call(method, request)

    def _configure(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        with self._lock:
            process = self._by_configuration.get(request)
            if not process:
                if self._by_configuration:
                    self.processes.append(self._start())
                process = self._by_configuration[request] = self.processes[-1]
        self._by_connection[context.peer()] = process
        return process.call(_CONFIGURE, request)

    def _get_schema(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        texts = [file.read_text(encoding="utf-8") for file in self._sources.rglob("*.tf")]
        types = {"", *[name for text in texts for name in _TYPE.findall(text)]}
        with self._lock:
            if self._program not in _schemas:
                _schemas[self._program] = _by_type(self.processes[0].call(_GET_SCHEMA, request))
        return b"".join([schema for name, schema in _schemas[self._program] if name in types])


def _answer(
    answer: Callable[[bytes, grpc.ServicerContext], bytes], request: bytes, context: grpc.ServicerContext
) -> bytes:
    """An answer, or the provider's refusal as it is: Terraform asks older providers for what they do not have."""
    try:
        return answer(request, context)
    except grpc.RpcError as error:
        refusal: Any = error
        context.abort(refusal.code(), refusal.details())


def attach(
    owner: object, binary: Path, directory: Path, environment: Mapping[str, str], sources: Path
) -> dict[str, str]:
    """What makes Terraform in a directory use a provider that runs there for as long as its owner is in use.

    It knows the types that the `.tf` files below `sources` name.
    """
    provider = _Provider(binary, directory, environment, sources)
    server = grpc.server(ThreadPoolExecutor(_CALLS_AT_ONCE), handlers=[provider], options=_ANY_SIZE)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    weakref.finalize(owner, _end, server, provider.processes)
    process = provider.processes[0]
    address = {"Network": "tcp", "String": f"127.0.0.1:{port}"}
    return {"TF_REATTACH_PROVIDERS": json.dumps({process.address: {**process.protocol, "Addr": address}})}


def _end(server: grpc.Server, processes: list[_Process]) -> None:
    server.stop(None).wait()
    for process in processes:
        process.end()


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, and where it ends."""
    end = at
    while message[end] & 0x80:
        end += 1
    return sum((message[place] & 0x7F) << 7 * (place - at) for place in range(at, end + 1)), end + 1


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """The fields of a protobuf message in which each has a length: number, content, and all bytes."""
    end = 0
    while end < len(message):
        start = end
        tag, at = _varint(message, start)
        length, at = _varint(message, at)
        end = at + length
        yield tag >> 3, message[at:end], message[start:end]


def _by_type(response: bytes) -> list[tuple[str, bytes]]:
    """What `_schemas` has of a program."""

    def type_of(entry: bytes) -> str:
        return next(content.decode() for number, content, _ in _fields(entry) if number == 1)

    return [
        (type_of(content) if number in _MAPS_BY_TYPE else "", field)
        for number, content, field in _fields(response)
    ]
