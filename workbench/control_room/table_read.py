"""A read of the connector's table by a worker of the edge."""

from typing import NamedTuple


class TableRead(NamedTuple):
    """`worker` is None for a reader that is no worker; `status` is HTTP's, 0 for a connection that was cut."""

    worker: int | None
    key: str
    status: int
    duration_ms: float
