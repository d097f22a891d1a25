"""`python -m workbench.demo`: start the whole system and say what to try."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def _stop(*_: object) -> None:
    """Interrupt what runs, and ignore further signals: a second one must not interrupt the clean-up."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def _terminal_of_its_own() -> Iterator[None]:
    """Under make, be the only process that Ctrl-C reaches: make would print an error of its own."""
    if "MAKELEVEL" not in os.environ or not sys.stdin.isatty():
        yield
        return
    group_of_make = os.tcgetpgrp(0)
    # SIGTTOU would stop this process when it gives the terminal back. Ctrl-Z would stop it without make noticing.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    try:
        yield
    finally:
        os.tcsetpgrp(0, group_of_make)


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
    # Not sys.exit: if Ctrl-C came while Python ran code from a string, as it does to make a NamedTuple, it would then
    # kill itself with SIGINT, although the interrupt was handled.
    os._exit(status)
