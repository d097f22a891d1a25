"""Starts the web servers that stand for origins, and asks each for every spelling of the protected page."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from tests import npm_packages
from tests.origins import site
from tests.origins.http_pipeline import Address, Answer, ask

_HERE = Path(__file__).parent
_PATIENCE_SECONDS = 30
_T = TypeVar("_T")
_JARS = [
    Path("/usr/share/java") / f"{name}.jar"
    for name in (
        *[
            f"jetty9-{part}"
            for part in ("http", "io", "security", "server", "servlet", "util", "util-ajax", "xml")
        ],
        "servlet-api",
    )
]


class Origins(NamedTuple):
    """Origins that one program serves.

    `missing` says what this machine lacks for them, with how to get it, None when nothing is; `start(folder)` serves
    the site in `folder/site` and gives the process and where each origin listens.
    """

    names: tuple[str, ...]
    missing: Callable[[], str | None]
    start: Callable[[Path], tuple[subprocess.Popen[str], dict[str, Address]]]


def _sockets(folder: Path, names: Iterable[str]) -> dict[str, Address]:
    return {name: str(folder / name) for name in names}


def _no_nginx() -> str | None:
    return (
        None if shutil.which("nginx") else "found no nginx: `apt-get install nginx` and run the tests again"
    )


def _start_nginx(folder: Path) -> tuple[subprocess.Popen[str], dict[str, Address]]:
    text = (_HERE / "nginx.conf").read_text()
    configuration = folder / "nginx.conf"
    configuration.write_text(text.replace("SITE", str(folder / "site")).replace("SOCKETS", str(folder)))
    command = ["nginx", "-p", str(folder), "-c", str(configuration), "-e", str(folder / "nginx-errors.log")]
    return subprocess.Popen(command, text=True), _sockets(folder, NGINX.names)


def _start_node(folder: Path) -> tuple[subprocess.Popen[str], dict[str, Address]]:
    packages = npm_packages.install(_HERE / "package.json")
    command = ["node", str(_HERE / "node_origins.mjs"), str(packages), str(folder / "site"), str(folder)]
    # Without the variable express prints every path that it cannot decode.
    process = subprocess.Popen(command, text=True, env={**os.environ, "NODE_ENV": "test"})
    return process, _sockets(folder, NODE.names)


def _start_werkzeug(folder: Path) -> tuple[subprocess.Popen[str], dict[str, Address]]:
    command = [sys.executable, "-m", "tests.origins.werkzeug_origins", str(folder / "site"), str(folder)]
    return subprocess.Popen(command, text=True, cwd=_HERE.parents[1]), _sockets(folder, WERKZEUG.names)


def _no_jetty() -> str | None:
    if shutil.which("java") and all(jar.is_file() for jar in _JARS):
        return None
    return "found no Jetty 9: `apt-get install default-jre-headless libjetty9-java` and run the tests again"


def _start_jetty(folder: Path) -> tuple[subprocess.Popen[str], dict[str, Address]]:
    path = ":".join(map(str, _JARS))
    main = ["org.eclipse.jetty.xml.XmlConfiguration", str(_HERE / "jetty.xml")]
    command = ["java", "-XX:TieredStopAtLevel=1", f"-Dsite={folder / 'site'}", "-cp", path, *main]
    log = folder / "jetty.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, text=True, stderr=output)
    listening = _wait_for(lambda: re.search(r"127\.0\.0\.1:(\d+)", log.read_text()), process)
    return process, {"jetty": ("127.0.0.1", int(listening[1]))}


NGINX = Origins(
    tuple(re.findall(r"listen unix:SOCKETS/(\S+);", (_HERE / "nginx.conf").read_text())),
    _no_nginx,
    _start_nginx,
)
NODE = Origins(("node-static", "node-mounted", "node-parameter"), npm_packages.missing_tool, _start_node)
WERKZEUG = Origins(("werkzeug-static", "werkzeug-routed"), lambda: None, _start_werkzeug)
JETTY = Origins(("jetty",), _no_jetty, _start_jetty)

ALL = (NGINX, NODE, WERKZEUG, JETTY)


def _wait_for(found: Callable[[], _T | None], process: subprocess.Popen[str]) -> _T:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while (value := found()) is None:
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"{process.args!r} did not begin to serve; exit status {process.poll()}")
        time.sleep(0.02)
    return value


@contextmanager
def running(origins: Origins, folder: Path) -> Iterator[dict[str, Address]]:
    """The origins, serving the site from `folder`, an empty one; where each of them listens."""
    site.write(folder / "site")
    process, addresses = origins.start(folder)
    try:
        for address in addresses.values():
            if isinstance(address, str):
                _wait_for(lambda at=address: Path(at).exists() or None, process)  # type: ignore[misc]
        yield addresses
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def answers(origins: Origins, folder: Path, targets: list[str]) -> dict[str, list[Answer | None]]:
    """What each of the origins answers to a GET for each of the targets."""
    with running(origins, folder) as addresses:
        return {name: ask(address, site.HOST, targets) for name, address in addresses.items()}
