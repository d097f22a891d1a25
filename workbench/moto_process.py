"""moto's server in a process of its own, so that its state is nobody else's: moto keeps one state per process.

Started as a script, `python moto_process.py`, it reads `serve PORT` and `withdraw PORT` a line, answers each with
`done`, and ends with its standard input. All ports show the same state.
"""

import subprocess
import sys
from types import TracebackType
from typing import Self


class MotoProcess:
    """moto's server for all of AWS on ports of 127.0.0.1; a context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal is the parent's to handle
        )

    def serve(self, port: int) -> None:
        """Answer on `port`, if that is not done already."""
        self._tell(f"serve {port}")

    def withdraw(self, port: int) -> None:
        """Refuse connections on `port`, if that is not done already; the state stays."""
        self._tell(f"withdraw {port}")

    def stop(self) -> None:
        """End the process, and with it the state."""
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _tell(self, command: str) -> None:
        assert self._process.stdin  # noqa: S101  # for the type checker: both are pipes
        assert self._process.stdout  # noqa: S101
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        if self._process.stdout.readline() != "done\n":
            raise RuntimeError(f"moto's server ended instead of doing `{command}`; its output says why")


def _main() -> None:
    # Here, because the parent has no use for it and it is slow to import.
    import logging

    from moto.server import ThreadedMotoServer

    # moto's server would write a line a request.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    servers: dict[str, ThreadedMotoServer] = {}
    for line in sys.stdin:
        command, port = line.split()
        if command == "serve" and port not in servers:
            servers[port] = ThreadedMotoServer(ip_address="127.0.0.1", port=int(port), verbose=False)
            servers[port].start()
        elif command == "withdraw" and port in servers:
            servers.pop(port).stop()
        print("done", flush=True)


if __name__ == "__main__":
    _main()
