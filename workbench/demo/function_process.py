"""Runs one function of a zip as Lambda does: unpacked into a directory of its own, in a process of its own.

A script, not a module: started as `python function_process.py DIRECTORY MODULE.FUNCTION`, it reads one JSON event
a line and answers each with one JSON line, `{"result": …}` or `{"error": …}`. What the function prints goes to
standard error, so that it cannot be taken for an answer.
"""

import importlib
import json
import os
import signal
import sys


class _Context:
    """What the function may ask about its invocation."""

    aws_request_id = "local"
    memory_limit_in_mb = 256

    def __init__(self, name: str, timeout_seconds: float) -> None:
        self.function_name = name
        self._timeout_ms = int(timeout_seconds * 1000)

    def get_remaining_time_in_millis(self) -> int:
        return self._timeout_ms


def main(directory: str, handler_name: str) -> None:
    """Serve events until standard input ends."""
    # Ctrl-C in the terminal reaches this process too; its parent ends it by closing the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    sys.path.insert(0, directory)
    module_name, _, function_name = handler_name.rpartition(".")
    module = importlib.import_module(module_name)
    if not str(module.__file__).startswith(directory):
        raise SystemExit(f"{module_name} was imported from {module.__file__}, not from the zip")
    function = getattr(module, function_name)
    context = _Context(os.environ["AWS_LAMBDA_FUNCTION_NAME"], 60)
    for line in sys.stdin:
        try:
            answer = {"result": function(json.loads(line), context)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.flush()
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
