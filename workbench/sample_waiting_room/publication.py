"""The account's integration configuration: what is published now, and publishing another."""

import copy
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config_refresh.edge_limits import over_the_limit
from queueit.errors import InvalidIntegrationConfig
from queueit.integration_config import compile_integration_config

_CONFIG_DATA_VERSION = "1.0.0.5"


class RefusedConfiguration(ValueError):
    """What somebody tried to publish is not an integration configuration; `problems` says why.

    `line` is where a text is not JSON; None for one that is.
    """

    def __init__(self, problems: tuple[str, ...], line: int | None = None) -> None:
        self.problems = problems
        self.line = line
        super().__init__("; ".join(problems))


@dataclass(frozen=True)
class Fetch:
    """One download by a connector: the version it got, and when (Unix seconds)."""

    version: int
    at: float


class Publication:
    """Keeps the published configuration and numbers its versions. Safe to use from several threads."""

    def __init__(self, customer_id: str, *, now: Callable[[], float]) -> None:
        self._customer_id = customer_id
        self._now = now
        self._lock = threading.Lock()
        self._last_fetch: Fetch | None = None
        self._version = 0
        self._current = self._completed({"Integrations": []}, version=0)

    def current(self) -> dict[str, Any]:
        """The published document."""
        with self._lock:
            return copy.deepcopy(self._current)

    def integrations(self) -> list[dict[str, Any]]:
        """The published integrations; those that are no objects are left out."""
        listed = self.current().get("Integrations")
        return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    def fetched(self) -> dict[str, Any]:
        """The published document; notes that a connector has downloaded it."""
        with self._lock:
            self._last_fetch = Fetch(self._version, self._now())
            return copy.deepcopy(self._current)

    @property
    def last_fetch(self) -> Fetch | None:
        """The latest download by a connector."""
        with self._lock:
            return self._last_fetch

    def publish(self, document: object) -> int:
        """Publish `document` as the next version and return its number.

        Version, dates and account come from the platform, whatever the document says. Raises
        RefusedConfiguration and changes nothing when the document does not compile.
        """
        with self._lock:
            self._current = self._checked(document)
            self._version += 1
            return self._version

    def checked(self, document: object) -> dict[str, Any]:
        """`document` as it would be published next. Raises RefusedConfiguration when it cannot be."""
        with self._lock:
            return self._checked(document)

    def _checked(self, document: object) -> dict[str, Any]:
        following = self._completed(document, version=self._version + 1)
        if problems := _find_problems(following):
            raise RefusedConfiguration(problems)
        return following

    def problems_of(self, document: object) -> tuple[str, ...]:
        """Why `document` could not be published; empty when it could."""
        try:
            self.checked(document)
        except RefusedConfiguration as refused:
            return refused.problems
        return ()

    def publish_unchecked(self, document: dict[str, Any]) -> None:
        """Serve `document` exactly as it is, to try what a connector does with a broken one."""
        with self._lock:
            self._current = copy.deepcopy(document)

    def _completed(self, document: object, *, version: int) -> dict[str, Any]:
        if not isinstance(document, dict):
            raise RefusedConfiguration((f"the configuration is a {_json_type(document)}; use a JSON object",))
        written_by_the_platform = {
            "Description": document.get("Description") or "",
            "CustomerId": self._customer_id,
            "AccountId": self._customer_id,
            "Version": version,
            "PublishDate": _iso_time(self._now()),
            "ConfigDataVersion": document.get("ConfigDataVersion") or _CONFIG_DATA_VERSION,
        }
        rest = {name: value for name, value in document.items() if name not in written_by_the_platform}
        return {**written_by_the_platform, **copy.deepcopy(rest)}


def parse_configuration(text: str) -> object:
    """Parse JSON text; raises RefusedConfiguration with the line and column of a mistake."""
    try:
        parsed: object = json.loads(text)
        json.dumps(parsed, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise RefusedConfiguration((problem,), error.lineno) from None
    except RecursionError:
        raise RefusedConfiguration(("not usable: nested too deeply",)) from None
    except UnicodeEncodeError:
        raise RefusedConfiguration((r"not usable: a \u escape is half a character",)) from None
    except ValueError:
        raise RefusedConfiguration(("not usable: it holds a number with too many digits",)) from None
    return parsed


def _find_problems(document: dict[str, Any]) -> tuple[str, ...]:
    # The same checks as config_refresh makes.
    try:
        compile_integration_config(document)
    except InvalidIntegrationConfig as error:
        return error.problems
    too_much = over_the_limit(document)
    return (too_much,) if too_much else ()


def _iso_time(unix_seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix_seconds))


def _json_type(value: object) -> str:
    names = {list: "list", str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}
    return names.get(type(value), type(value).__name__)
