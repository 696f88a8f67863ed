"""The doctor asks the server that is configured, whatever it speaks."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_voice.config.schema import Config, WhisperConfig
from codex_voice.setup.checks import server as server_check
from codex_voice.setup.checks.finding import Finding, Surroundings
from tests.speech.servers.scripted_server import ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Start a server with OpenAI's API."""
    running = ScriptedServer()
    yield running
    running.stop()


def _finding(url: str) -> Finding:
    config = Config(whisper=WhisperConfig(server_url=url))
    (finding,) = server_check.check(Surroundings(config, Path.cwd()))
    return finding


def test_a_server_that_answers_is_found_and_one_that_wants_a_key_told(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the variable that the key is to be in."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setattr(server_check, "_ANSWER_SECONDS", 60.0)
    url = f"{server.url}/v1"
    assert _finding(url).trouble is None
    assert server.requests[0].path == "/v1/models"
    server.status = 401
    trouble = _finding(url).trouble
    assert trouble is not None
    assert "OPENAI_API_KEY" in trouble.remedy


@pytest.mark.parametrize(
    "path",
    ["http://{}", "http://{}/v1", "wyoming://{}"],
    ids=["whisper.cpp", "openai", "wyoming"],
)
def test_a_server_that_is_not_there_is_told(path: str) -> None:
    """In each of the three protocols."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = path.format(f"127.0.0.1:{unused.getsockname()[1]}")
        trouble = _finding(url).trouble
    assert trouble is not None
    assert url in trouble.message
