"""A headless Chromium, driven over its debugging protocol."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

PATIENCE_SECONDS = 90
_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
    # A microphone that plays a file, and nobody who has to allow it.
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
    "--remote-debugging-port=0",
)


class BrowserPage:
    """A page in the browser.

    Args:
        connection: The browser's debugging connection.
        url: What is opened.

    Attributes:
        troubles: Exceptions of its scripts, and what the browser refused to load or to do.
    """

    def __init__(self, connection: ClientConnection, url: str) -> None:
        self.troubles: list[str] = []
        self._connection = connection
        self._number = 0
        self._session = ""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Runtime", "Log", "Page"):
            self._ask(f"{domain}.enable")
        self._ask("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, or of its promise."""
        answer = self._ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait_until(self, condition: str) -> None:
        """Wait until an expression is true."""
        self.evaluate(
            "new Promise((resolve) => { const look = () => "
            f"(({condition}) ? resolve(true) : setTimeout(look, 20)); look(); }})"
        )

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        request = {"id": self._number, "method": method, "params": params}
        if self._session:
            request["sessionId"] = self._session
        self._connection.send(json.dumps(request))
        while True:
            message = json.loads(self._connection.recv(PATIENCE_SECONDS))
            if message.get("id") == self._number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        match message.get("method"):
            case "Runtime.exceptionThrown":
                self.troubles.append(str(message["params"]["exceptionDetails"]))
            case "Log.entryAdded" if message["params"]["entry"]["level"] == "error":
                self.troubles.append(message["params"]["entry"]["text"])


def _program() -> str:
    """Return the browser, or skip the test."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")


@contextmanager
def browsing(directory: Path, microphone: Path) -> Iterator[ClientConnection]:
    """Run a browser, and give its debugging connection.

    Args:
        directory: An empty one, for its profile.
        microphone: A WAV file that its microphone plays again and again.
    """
    from websockets.sync.client import connect

    errors = directory / "stderr"
    with (
        errors.open("wb") as error_file,
        subprocess.Popen(
            [
                *(_program(), *_OPTIONS, f"--user-data-dir={directory}"),
                f"--use-file-for-fake-audio-capture={microphone}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=error_file,
        ) as process,
    ):
        try:
            port, path = _debugging_address(directory, process, errors)
            url = f"ws://127.0.0.1:{port}{path}"
            with connect(
                url, max_size=None, compression=None, open_timeout=PATIENCE_SECONDS
            ) as connection:
                yield connection
                # Its other processes end with it then.
                connection.send(json.dumps({"id": 0, "method": "Browser.close"}))
                process.wait(PATIENCE_SECONDS)
        finally:
            process.kill()


def _debugging_address(
    directory: Path, process: subprocess.Popen[bytes], errors: Path
) -> tuple[str, str]:
    """Return port and path once the browser listens; skip where it cannot run at all."""
    written = directory / "DevToolsActivePort"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        lines = written.read_text().split() if written.exists() else []
        if len(lines) == 2:
            return lines[0], lines[1]
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.skip(f"Chromium does not start here: {errors.read_bytes()[-300:]!r}")
        time.sleep(0.05)
