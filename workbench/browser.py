"""Chromium without a window, driven through the pipe of its DevTools protocol: for tests of pages and for pictures."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FLAGS: Final = (
    "--headless",
    "--incognito",  # what it keeps is in memory, and cleared at once
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    # Only pages of this project are opened: one process for all of them takes half the time.
    "--renderer-process-limit=1",
    "--disable-site-isolation-trials",
    "--disable-features=BackForwardCache,IsolateOrigins,SpareRendererForSitePerProcess,site-per-process",
)

# The browser reads commands from 3 and writes answers to 4; both are moved out of the way first.
_START = """
import fcntl, os, sys
commands, answers = (fcntl.fcntl(int(one), fcntl.F_DUPFD, 10) for one in sys.argv[1:3])
os.dup2(commands, 3)
os.dup2(answers, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class NoBrowser(Exception):
    """There is no browser on the PATH; the text says how to get one."""

    def __init__(self) -> None:
        super().__init__(
            f"no browser found on the PATH (looked for {', '.join(NAMES)}); on Debian: apt-get install chromium"
        )


class PageFailed(Exception):
    """The page did not become what was waited for, or a script of ours failed in it."""


class Browser:
    """One page of a browser of its own; a context manager. Raises NoBrowser where there is none."""

    def __init__(self) -> None:
        program = next((found for name in NAMES if (found := shutil.which(name))), None)
        if program is None:
            raise NoBrowser
        self._profile = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        to_browser, ours = os.pipe()
        theirs, from_browser = os.pipe()[::-1]
        flags = [*FLAGS, "--remote-debugging-pipe", f"--user-data-dir={self._profile.name}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(to_browser), str(theirs), program, *flags],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[to_browser, theirs],
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(theirs)
        self._out = os.fdopen(ours, "wb", buffering=0)
        self._in = os.fdopen(from_browser, "rb", buffering=0)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        try:
            pages = self._call("Target.getTargets")["targetInfos"]
            target = next(one["targetId"] for one in pages if one["type"] == "page")
            self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self._call("Page.enable")
        except BaseException:
            self.close()
            raise

    def show(self, width: int, height: int, *, media: Mapping[str, str] | None = None) -> None:
        """Make the page that large, in CSS pixels; `media` are features such as `prefers-color-scheme`."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        features = [{"name": name, "value": value} for name, value in (media or {}).items()]
        self._call("Emulation.setEmulatedMedia", features=features)

    def open(self, url: str) -> None:
        """Go to `url`."""
        self._call("Page.navigate", url=url)

    def value(self, script: str) -> Any:
        """The value of a JavaScript expression in the page, as JSON has it. Raises PageFailed."""
        done = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise PageFailed(f"{script}: {done['exceptionDetails'].get('exception', {}).get('description')}")
        return done["result"].get("value")

    def wait_for(self, script: str, seconds: float = 20.0) -> Any:
        """The value of an expression as soon as it is true. Raises PageFailed."""
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            with suppress(PageFailed):  # between two pages a script has nowhere to run
                if value := self.value(script):
                    return value
            time.sleep(0.05)
        raise PageFailed(f"not within {seconds:g} s: {script}; the page: {self.text()[:2000]}")

    def text(self) -> str:
        """What a person can read on the page."""
        return str(self.value("document.body ? document.body.innerText : ''"))

    def press(self, key: str) -> None:
        """Press a key: a character, `Tab`, `Enter` or `Escape`."""
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        code = {"Tab": 9, "Enter": 13, "Escape": 27}.get(key, 0)
        self._call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, windowsVirtualKeyCode=code)
        self._call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def picture(self, *, whole: bool = False) -> bytes:
        """What is seen of the page, or the `whole` of it, as PNG."""
        taken = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(taken["data"])

    def close(self) -> None:
        """End the browser and forget its profile."""
        self._out.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._in.close()
        self._profile.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise PageFailed(f"{method}: {answer['error'].get('message')}")
                result: dict[str, Any] = answer["result"]
                return result

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            part = self._in.read(1 << 16)
            if not part:
                raise PageFailed("the browser ended")
            self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        self.hear(message)
        return message

    def hear(self, message: dict[str, Any]) -> None:
        """Take note of what the browser says by itself; a browser for tests does."""
