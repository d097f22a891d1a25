"""Serves a distribution on this machine: `aws cloudfront get-distribution-config` gives the file it takes."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from workbench.lambda_runtime.installation import shortcomings
from workbench.local_edge import LocalEdge
from workbench.local_edge.access_log import AccessLog
from workbench.local_edge.other_functions import leave_out_other_functions
from workbench.local_edge.request_log import ignore


def _function(text: str) -> tuple[str, tuple[str, str]]:
    name, _, code = text.partition("=")
    zip_path, _, handler = code.rpartition(":")
    if not (name and zip_path and handler):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=ZIP:HANDLER")
    if not Path(zip_path).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {zip_path!r}")
    return name, (zip_path, handler)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; use a number from 0 to 65535")
    return int(text)


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 100):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of workers; use 1 to 100")
    return int(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workbench.local_edge", description=__doc__)
    parser.add_argument("--distribution", type=Path, required=True, help="a DistributionConfig as JSON")
    parser.add_argument(
        "--function",
        type=_function,
        action="append",
        default=[],
        metavar="NAME=ZIP:HANDLER",
        help="the code of a function that the distribution names; as often as needed",
    )
    parser.add_argument(
        "--origin",
        type=_pair,
        action="append",
        default=[],
        metavar="ID=URL",
        help="where an origin is reached instead",
    )
    parser.add_argument(
        "--environment",
        type=_pair,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="region, credentials or endpoint of AWS for the functions",
    )
    parser.add_argument(
        "--leave-out-other-functions",
        action="store_true",
        help="serve without CloudFront Functions, functions on origin events and those that no --function names",
    )
    parser.add_argument("--port", type=_port, default=8080, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--workers", type=_workers, default=2, help="per function (default: %(default)s)")
    parser.add_argument(
        "--access-log",
        type=Path,
        metavar="FILE",
        help="add a line for each request to FILE, in the combined log format",
    )
    return parser.parse_args()


def main() -> int:
    """Serve until interrupted; returns the exit status."""
    arguments = _arguments()
    try:
        document = json.loads(arguments.distribution.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"local edge: {arguments.distribution}: {error}", file=sys.stderr)
        return 2
    if not isinstance(document, dict):
        print(f"local edge: {arguments.distribution}: not a JSON object", file=sys.stderr)
        return 2
    try:
        access_log = arguments.access_log and arguments.access_log.open("a", encoding="utf-8")
    except OSError as error:
        print(f"local edge: {arguments.access_log}: {error.strerror}", file=sys.stderr)
        return 2
    try:
        config = document.get("DistributionConfig", document)
        if arguments.leave_out_other_functions:
            config, left_out = leave_out_other_functions(config, dict(arguments.function))
            for text in left_out:
                print(f"local edge: {text}", file=sys.stderr)
        edge = LocalEdge(
            config,
            dict(arguments.function),
            environment=dict(arguments.environment),
            origin_urls=dict(arguments.origin),
            port=arguments.port,
            workers_per_function=arguments.workers,
            observe=AccessLog(access_log) if access_log else ignore,
        )
        for text in shortcomings():
            print(f"local edge: {text}", file=sys.stderr)
        edge.start()
    except ValueError as error:
        print(f"local edge: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"local edge: port {arguments.port}: {error.strerror}; choose another with --port",
            file=sys.stderr,
        )
        return 2
    interrupted = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.set())
    print(f"local edge: {edge.url}", flush=True)
    interrupted.wait()
    edge.stop()
    if access_log:
        access_log.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
