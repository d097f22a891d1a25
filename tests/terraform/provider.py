"""The aws provider of a workspace: started once, and not by each of its commands, which takes a third of their time."""

import re
import subprocess
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import IO

# Until standard input ends, however whoever began this does.
_KEEP_RUNNING = '"$0" -debug 2>&1 & exec >/dev/null; cat; kill -INT $!; wait'
_SAYS_HOW = re.compile(r"TF_REATTACH_PROVIDERS='(.*)'")


def attach(owner: object, binary: Path, directory: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """What makes Terraform in a directory use a provider that runs there for as long as its owner is in use."""
    process = subprocess.Popen(
        ["sh", "-c", _KEEP_RUNNING, str(binary)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=directory,
        env=environment,
    )
    assert process.stdin
    assert process.stdout
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if found := _SAYS_HOW.search(line):
            # What else it says would fill the pipe.
            listener = threading.Thread(target=_discard, args=(process.stdout,), daemon=True)
            listener.start()
            weakref.finalize(owner, _end, process, listener)
            return {"TF_REATTACH_PROVIDERS": found[1]}
    process.communicate()
    raise RuntimeError(f"{binary} did not start:\n{''.join(said)}")


def _discard(said: IO[str]) -> None:
    with said:
        for _ in said:
            pass


def _end(process: subprocess.Popen[str], listener: threading.Thread) -> None:
    assert process.stdin
    process.stdin.close()
    process.wait()
    listener.join()
