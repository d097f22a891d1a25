"""`python -m workbench.demo`: start the whole system and say what to try."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def _stop(*_: object) -> None:
    """End whatever is being done, once: what stops is not to be stopped again."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def _terminal_of_its_own() -> Iterator[None]:
    """Under make, take Ctrl-C alone: make would end with a complaint of its own about what was only asked to stop."""
    if "MAKELEVEL" not in os.environ or not sys.stdin.isatty():
        yield
        return
    of_make = os.tcgetpgrp(0)
    # Who gives the terminal back does not have it any more; and make would not notice Ctrl-Z.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    try:
        yield
    finally:
        os.tcsetpgrp(0, of_make)


def _main() -> int:
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        from workbench.demo.command import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        print("Stopped.")
        return 0


if __name__ == "__main__":
    with _terminal_of_its_own():
        status = _main()
    sys.stdout.flush()
    # Not sys.exit: after a Ctrl-C that came while code was run from text, as making a NamedTuple does, Python would end
    # itself by SIGINT although it was handled.
    os._exit(status)
