"""The local edge as a whole: what starts, what stops, what one can read afterwards."""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from workbench.lambda_runtime import Quotas
from workbench.local_edge.cache import Cache
from workbench.local_edge.distribution import UnsupportedDistribution, parse_distribution
from workbench.local_edge.function_code import deploy
from workbench.local_edge.request_flow import RequestFlow
from workbench.local_edge.request_log import (
    Invocation,
    Log,
    Observe,
    RequestLog,
    RuleBreach,
    ignore,
    print_line,
)
from workbench.local_edge.visitor_server import VisitorServer
from workbench.local_edge.worker_pool import WorkerPool

_AT_THE_EDGE = Quotas()


class LocalEdge:
    """CloudFront for one distribution, on one port of this machine.

    `functions` maps a function's name, as in the distribution's ARNs, to its zip and its handler. Raises
    UnsupportedDistribution for a distribution that CloudFront would refuse or that this stand-in does not know.
    """

    def __init__(
        self,
        distribution_config: Mapping[str, Any],
        functions: Mapping[str, tuple[Path | str, str]],
        *,
        environment: Mapping[str, str] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        workers_per_function: int = 2,
        timeout_seconds: float = _AT_THE_EDGE.timeout_seconds,
        init_timeout_seconds: float = _AT_THE_EDGE.init_timeout_seconds,
        memory_mb: int = _AT_THE_EDGE.memory_mb,
        throttle_wait_seconds: float = 5.0,
        origin_urls: Mapping[str, str] | None = None,
        rewrite_locations: Callable[[str], str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        log: Log = print_line,
        observe: Observe = ignore,
    ) -> None:
        """The rest is optional.

        `environment` sets where and as whom functions call AWS (endpoints, region, credentials). The quotas are
        those of viewer-event functions at the edge; `throttle_wait_seconds` is how long a request waits for one of
        `workers_per_function` before its 503. `origin_urls` maps an origin's Id to the URL where it is reached
        instead. `rewrite_locations` changes Location and x-queueit-redirect on the way out. `clock` is the cache's.
        `log` takes one JSON object a message; `observe` gets every request, invocation and line of a function.
        """
        self._distribution = parse_distribution(distribution_config, origin_urls)
        self._functions = dict(functions)
        missing = sorted(set(self._distribution.functions()) - set(self._functions))
        if missing:
            raise UnsupportedDistribution(f"no zip is given for the function {missing[0]!r}")
        self._environment = dict(environment or {})
        self._address = (host, port)
        self._workers_per_function = workers_per_function
        self._quotas = Quotas(timeout_seconds, init_timeout_seconds, memory_mb)
        self._throttle_wait_seconds = throttle_wait_seconds
        self._rewrite_locations = rewrite_locations
        self._cache = Cache(clock)
        self._request_log = RequestLog(log, observe)
        self._pools: dict[str, WorkerPool] = {}
        self._server: VisitorServer | None = None
        self._directory: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> None:
        """Unpack the functions and serve. Raises OSError where the port is taken."""
        self._directory = tempfile.TemporaryDirectory(prefix="local-edge-")
        try:
            self._pools = self._make_pools(Path(self._directory.name))
            flow = RequestFlow(
                self._distribution, self._pools, self._cache, self._request_log, self._rewrite_locations
            )
            self._server = VisitorServer(self._address, flow.respond, flow.refuse)
        except BaseException:
            self.stop()
            raise
        self._server.start()

    def stop(self) -> None:
        """End the workers, close every connection and remove what was unpacked."""
        for pool in self._pools.values():
            pool.stop()
        if self._server:
            self._server.stop()
            self._server = None
        if self._directory:
            self._directory.cleanup()
            self._directory = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where visitors reach the edge, without a trailing slash; known once started."""
        if self._server is None:
            raise RuntimeError("the local edge is not running; call start() first")
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def invocations(self) -> list[Invocation]:
        """Every run of a function so far, in the order they ended."""
        return list(self._request_log.invocations)

    @property
    def rule_breaches(self) -> list[RuleBreach]:
        """Every answer of a function that was refused with a 502."""
        return list(self._request_log.rule_breaches)

    def function_log(self, function: str) -> list[str]:
        """A function's log as Lambda writes it: what it printed, between Lambda's own lines."""
        return [said.line for said in self._request_log.function_lines if said.function == function]

    def worker_pids(self, function: str) -> list[int]:
        """The process ids of a function's workers."""
        return self._pools[function].worker_pids

    def worker_numbers(self, function: str) -> list[int]:
        """The numbers of a function's workers, as invocations name them; none before the start."""
        return self._pools[function].worker_numbers if function in self._pools else []

    def recycle_workers(self) -> None:
        """End the workers that are idle, so that the next requests meet cold ones."""
        for pool in self._pools.values():
            pool.recycle()

    def _make_pools(self, directory: Path) -> dict[str, WorkerPool]:
        pools = {}
        for name, association in self._distribution.functions().items():
            zip_path, handler = self._functions[name]
            function = deploy(
                association,
                Path(zip_path),
                handler,
                environment=self._environment,
                quotas=self._quotas,
                directory=directory / name,
            )
            pools[name] = WorkerPool(
                function,
                size=self._workers_per_function,
                quotas=self._quotas,
                throttle_wait_seconds=self._throttle_wait_seconds,
                request_log=self._request_log,
            )
        return pools
