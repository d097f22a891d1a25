"""A Chromium without a window, driven over a pipe by its DevTools protocol, for tests of pages."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SECONDS = 15


def browser_or_skip() -> str:
    """The path of the browser; skips the test where there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(
            f"no browser found on the PATH (looked for {', '.join(BROWSERS)}); "
            "on Debian: apt-get install chromium"
        )
    return found


class Page:
    """One page of a browser. What the page's console reports as an error is in `errors`."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._buffer = b""
        self._number = 0
        self._session = ""
        self.errors: list[str] = []
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._send(f"{domain}.enable")

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            found = self._read()
            if found.get("id") == self._number:
                if "error" in found:
                    raise RuntimeError(f"{method}: {found['error']}")
                result: dict[str, Any] = found["result"]
                return result

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._from, 1 << 16)
            if not chunk:
                raise RuntimeError("the browser has ended")
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        if found.get("method") == "Runtime.exceptionThrown":
            self.errors.append(str(found["params"]["exceptionDetails"]))
        if found.get("method") == "Log.entryAdded" and found["params"]["entry"]["level"] == "error":
            self.errors.append(
                f"{found['params']['entry']['text']} {found['params']['entry'].get('url', '')}"
            )
        return found

    def look_like(self, *, width: int = 1280, scheme: str = "light", **headers: str) -> None:
        """Be `width` CSS pixels wide, in the colours of `scheme`, and send these headers too."""
        self._send(
            "Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=False
        )
        self._send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self._send("Network.enable")
        self._send("Network.setExtraHTTPHeaders", headers=headers)

    def allow_scripts(self, allowed: bool) -> None:
        """Run the scripts of pages that are opened from now on, or do not."""
        self._send("Emulation.setScriptExecutionDisabled", value=not allowed)

    def open(self, url: str) -> None:
        """Go to `url` and wait until it has loaded."""
        self._send("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def reload(self) -> None:
        """Load the page again."""
        self.run("window.isOld = true")
        self._send("Page.reload")
        self.wait_for("!window.isOld && document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression, awaited where it is a promise."""
        answer = self._send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{script[:200]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Wait until a JavaScript expression is true."""
        ends_at = time.monotonic() + _SECONDS
        while time.monotonic() < ends_at:
            try:
                if self.run(f"Promise.resolve({condition}).then(Boolean)"):
                    return
            except RuntimeError:  # between two pages
                pass
            time.sleep(0.02)
        raise AssertionError(f"not within {_SECONDS} s: {condition}")

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self._send("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Press and release a key, such as `Tab` or `Enter`."""
        code = {"Tab": 9, "Enter": 13}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self._send(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text
            )

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Write what is seen, or the whole page, as a PNG."""
        import base64

        taken = self._send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(taken["data"]))


@contextmanager
def page(profile: Path) -> Iterator[Page]:
    """A page in a browser of its own, which keeps what it stores below `profile`."""
    browser = browser_or_skip()
    to_browser, its_input = os.pipe()[::-1]
    its_output, from_browser = os.pipe()[::-1]
    process = subprocess.Popen(
        [
            "bash",  # sh may know file descriptors of one digit only
            "-c",
            f'exec "$0" "$@" 3<&{its_input} 4>&{its_output}',
            browser,
            *FLAGS,
            f"--user-data-dir={profile}",
            "--remote-debugging-pipe",
        ],
        pass_fds=(its_input, its_output),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(its_input)
    os.close(its_output)
    try:
        yield Page(to_browser, from_browser)
    finally:
        process.terminate()
        process.wait(20)
        os.close(to_browser)
        os.close(from_browser)
