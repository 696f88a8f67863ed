"""The page to try the API, in a real browser whose microphone plays a sentence."""

from __future__ import annotations

import json
import shutil
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.audio.scripted import noise
from tests.serve.agent_api.api_process import TOKEN, ApiProcess, sound_of
from tests.serve.agent_api.test_moshi_backend import serving_moshi
from tests.support.browser import BrowserPage, browsing

if TYPE_CHECKING:
    import httpx
    from websockets.sync.client import ClientConnection

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SENTENCE = sound_of("31_festival_open_the_readme.wav")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientConnection]:
    """Run a browser in a room in which a sentence is said now and then."""
    pytest.importorskip("websockets", reason="codex-voice[serve] is not installed")
    microphone = tmp_path_factory.mktemp("microphone") / "sentence.wav"
    with wave.open(str(microphone), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(noise(1, -70) + SENTENCE + noise(4, -70))
    # Its own, for pytest's are too deep for the sockets that the browser makes in it.
    profile = Path(tempfile.mkdtemp(prefix="browser"))
    with browsing(profile, microphone) as connection:
        yield connection
    shutil.rmtree(profile, ignore_errors=True)


def test_what_is_said_is_written_on_the_page(
    browser: ClientConnection, api: ApiProcess, client: httpx.Client
) -> None:
    """With its level and its latency; and after "Stop" nobody listens any more."""
    page = BrowserPage(browser, api.url)
    page.wait_until("document.readyState === 'complete'")
    page.evaluate(f"document.getElementById('token').value = {json.dumps(TOKEN)}")
    page.evaluate("document.getElementById('toggle').click()")
    page.wait_until("document.getElementById('level').value > -50")
    page.wait_until("document.querySelector('#log li')")
    assert "readme" in page.evaluate("document.querySelector('#log li').textContent").lower()
    assert page.evaluate("document.getElementById('latency').textContent").startswith("Last ")
    drawn = (
        "document.getElementById('plot').getContext('2d')"
        ".getImageData(0, 0, 704, 128).data.some((value) => value !== 0)"
    )
    assert page.evaluate(drawn)
    assert client.get("/api/voice/status").json()["streams"] == 1
    page.evaluate("document.getElementById('toggle').click()")
    page.wait_until("document.getElementById('toggle').textContent === 'Talk'")
    while client.get("/api/voice/status").json()["streams"]:
        pass
    assert page.troubles == []


def test_what_moshi_says_is_written_on_the_page(
    browser: ClientConnection, own_files: dict[str, str], tmp_path: Path
) -> None:
    """As it comes, while its sound is played."""
    pytest.importorskip("sphn", reason="codex-voice[moshi] is not installed")
    with serving_moshi(own_files, tmp_path) as moshi:
        page = BrowserPage(browser, moshi.url)
        page.wait_until("document.readyState === 'complete'")
        page.evaluate(f"document.getElementById('token').value = {json.dumps(TOKEN)}")
        page.evaluate("document.getElementById('toggle').click()")
        page.wait_until("document.getElementById('log').textContent.includes('frame9 ')")
        page.evaluate("document.getElementById('toggle').click()")
        page.wait_until("document.getElementById('toggle').textContent === 'Talk'")
        assert page.troubles == []


def test_a_wrong_token_is_told(browser: ClientConnection, api: ApiProcess) -> None:
    """And another one may be tried."""
    page = BrowserPage(browser, api.url)
    page.wait_until("document.readyState === 'complete'")
    page.evaluate("document.getElementById('token').value = 'guess'")
    page.evaluate("document.getElementById('toggle').click()")
    page.wait_until("document.getElementById('state').textContent.includes('is the token right?')")
    assert page.evaluate("document.getElementById('toggle').textContent") == "Talk"
    assert page.evaluate("document.getElementById('flush').disabled")
