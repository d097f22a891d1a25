"""`python -m workbench.demo`: start the whole system and say what to try."""

import signal
import sys


def _stop(*_: object) -> None:
    """End whatever is being done, once: what stops is not to be stopped again."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        from workbench.demo.command import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        print("Stopped.")
        status = 0
    sys.exit(status)
