"""The browser for tests of pages: it keeps what goes wrong in them, and waits for what they load."""

from collections.abc import Iterator
from typing import Any

import pytest

from workbench.browser import Browser, NoBrowser


class Page(Browser):
    """One page of a browser. What the page's console reports as an error is in `errors`."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        super().__init__()
        for domain in ("Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def begin_anew(self) -> None:
        """Be an empty page of a browser that has been nowhere."""
        super().open("about:blank")
        self._call("Storage.clearDataForOrigin", origin="*", storageTypes="all")
        self._call("Storage.clearCookies")
        self.allow_scripts(True)
        self.look_like()
        self.errors.clear()

    def hear(self, message: dict[str, Any]) -> None:
        """Keep what the console reports as an error."""
        if message.get("method") == "Runtime.exceptionThrown":
            self.errors.append(str(message["params"]["exceptionDetails"]))
        if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            entry = message["params"]["entry"]
            self.errors.append(f"{entry['text']} {entry.get('url', '')}")

    def look_like(self, *, width: int = 1280, scheme: str = "light", **headers: str) -> None:
        """Be `width` CSS pixels wide, in the colours of `scheme`, and send these headers too."""
        self.show(width, 844, media={"prefers-color-scheme": scheme})
        self._call("Network.setExtraHTTPHeaders", headers=headers)

    def allow_scripts(self, allowed: bool) -> None:
        """Run the scripts of pages that are opened from now on, or do not."""
        self._call("Emulation.setScriptExecutionDisabled", value=not allowed)

    def open(self, url: str) -> None:
        """Go to `url` and wait until it has loaded."""
        super().open(url)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def reload(self) -> None:
        """Load the page again."""
        self.value("window.isOld = true")
        self._call("Page.reload")
        self.wait_for("!window.isOld && document.readyState === 'complete'")

    def wait_for(self, script: str, seconds: float = 15.0) -> Any:
        """As Browser does, for any value that JavaScript takes for true."""
        return super().wait_for(f"Promise.resolve({script}).then(Boolean)", seconds)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self._call("Input.insertText", text=text)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Page]:
    """The one browser of a test run, or of a worker of it."""
    try:
        opened = Page()
    except NoBrowser as none:
        pytest.skip(str(none))
    with opened:
        yield opened


@pytest.fixture
def browser(chromium: Page) -> Page:
    """An empty page of a browser that has been nowhere."""
    chromium.begin_anew()
    return chromium
