"""The API with Moshi behind it: the real command, and a small server with the real codec."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.serve.agent_api.api_process import PATIENCE_SECONDS, TOKEN, ApiProcess
from tests.serve.conftest import with_inherited
from tests.support.process_tree import tree_of, until_gone
from tests.support.unused_port import unused_port

if TYPE_CHECKING:
    import httpx
    from websockets.sync.client import ClientConnection

_FAKE_SERVER = Path(__file__).parents[1] / "moshi" / "fake_server.py"
_FRAME_BYTES = 1920 * 2
_SECONDS = 0.08


@contextmanager
def serving_moshi(own_files: dict[str, str], directory: Path) -> Iterator[ApiProcess]:
    """Run `serve --backend moshi` until the block ends."""
    port = unused_port()
    settings = {
        "python": sys.executable,
        "module": str(_FAKE_SERVER),
        "port": port,
        "minimum_vram_mb": 0,
        "latency_ms": 60_000,
    }
    rows = (f"{name} = {json.dumps(value)}" for name, value in settings.items())
    configuration = directory / "config.toml"
    configuration.write_text("\n".join(["[moshi]", *rows]))
    command = [sys.executable, "-m", "codex_voice", "--config", str(configuration)]
    with subprocess.Popen(
        [*command, "serve", "--backend", "moshi", "--port", "0"],
        env={**with_inherited(own_files), "CODEX_VOICE_API_TOKEN": TOKEN},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            address = re.search(r"agent API at (http://127.0.0.1:\d+), token", said)
            assert address is not None, said
            yield ApiProcess(process, address[1])
        finally:
            process.kill()


@pytest.fixture
def moshi(own_files: dict[str, str], tmp_path: Path) -> Iterator[ApiProcess]:
    """Run the command."""
    for package in ("starlette", "uvicorn", "websockets", "sphn"):
        pytest.importorskip(package, reason="codex-voice[serve,moshi] is not installed")
    with serving_moshi(own_files, tmp_path) as running:
        yield running


@contextmanager
def client_of(api: ApiProcess) -> Iterator[httpx.Client]:
    """Give a client that knows the token."""
    import httpx

    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=api.url, headers=headers, timeout=PATIENCE_SECONDS) as client:
        yield client


def next_message(stream: ClientConnection) -> bytes | dict[str, Any]:
    """Return the next sound, or the next event."""
    message = stream.recv(timeout=PATIENCE_SECONDS)
    return message if isinstance(message, bytes) else json.loads(message)


def until_connected(stream: ClientConnection) -> None:
    """Read until Moshi hears its clients."""
    while True:
        event = next_message(stream)
        if isinstance(event, dict) and event["type"] == "status":
            assert event["server"]["status"] != "error", event
            if event["agent"]["is_connected"]:
                return


def connect(client: httpx.Client, action: str) -> None:
    """Ask for the connection until it is there: on a busy machine the first try may be late."""
    while (answer := client.post(f"/api/voice/{action}")).status_code != 200:
        assert answer.status_code == 503, answer.text
    assert answer.json()["agent"]["is_connected"]


def hear(stream: ClientConnection, wanted_bytes: int) -> tuple[int, str]:
    """Read until that much sound has come; return how much, and the text in between."""
    sound, text = 0, ""
    while sound < wanted_bytes:
        message = next_message(stream)
        if isinstance(message, bytes):
            sound += len(message)
        elif message["type"] == "text":
            text += message["text"]
        else:
            assert message["type"] == "status", message
    return sound, text


def test_a_conversation_through_the_api(moshi: ApiProcess) -> None:
    """Sound in, sound and text out; a second client listens; the state is as described."""
    import jsonschema_rs

    with moshi.stream("?format=s16le&rate=16000") as speaker, moshi.stream() as listener:
        until_connected(speaker)
        until_connected(listener)
        # A second at 16 kHz is twelve frames and a half.
        speaker.send(bytes(16_000 * 2 + 1))
        sound, text = hear(speaker, 8 * _FRAME_BYTES)
        assert sound % 2 == 0
        assert text.startswith(" frame2 frame3")
        heard, _ = hear(listener, 8 * _FRAME_BYTES)
        assert heard >= 8 * _FRAME_BYTES
        listener.send(bytes(_FRAME_BYTES))
        while (
            (event := next_message(listener)) is None
            or isinstance(event, bytes)
            or (event["type"] != "error")
        ):
            pass
        assert event["code"] == "busy"

        with client_of(moshi) as client:
            described = client.get("/openapi.json").json()
            status = client.get("/api/voice/status").json()
            schema = described["components"]["schemas"]["Status"]
            jsonschema_rs.validator_for(schema).validate(status)
            assert status["backend"] == "moshi"
            assert status["streams"] == 2
            assert status["agent"]["stats"]["total_audio_sent"] > 0
            body = {"audio": base64.b64encode(bytes(_FRAME_BYTES)).decode()}
            assert client.post("/api/voice/audio", json=body).status_code == 503

            assert client.post("/api/voice/disconnect").json()["agent"]["state"] == "disconnected"
            speaker.close()
            while client.get("/api/voice/status").json()["streams"] == 2:
                pass
            answer = client.post("/api/voice/audio", json=body)
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_started")
            connect(client, "connect")
            answer = client.post("/api/voice/audio", json=body)
            assert (answer.status_code, answer.json()) == (200, {"samples": 1920, "seconds": 0.08})
            connect(client, "reconnect")


def test_text_messages(moshi: ApiProcess) -> None:
    """Silence lets Moshi's time go on; what is no message is told."""
    with moshi.stream("?format=f32le") as stream:
        until_connected(stream)
        stream.send('{"type": "silence", "milliseconds": 400}')
        sound, _ = hear(stream, 2 * 2 * _FRAME_BYTES)
        assert sound % 4 == 0
        stream.send('{"type": "ping", "text": "x"}')
        for bad in ("[]", '{"type": "silence"}', '{"type": "silence", "milliseconds": 1e9}'):
            stream.send(bad)
        seen: list[str] = []
        while seen.count("error") < 3:
            message = next_message(stream)
            if isinstance(message, dict):
                seen.append(message["type"])
        assert "pong" in seen


def test_the_server_dies_and_the_conversation_goes_on(moshi: ApiProcess) -> None:
    """Its clients stay connected, and are told."""
    with moshi.stream() as stream:
        until_connected(stream)
        (server,) = tree_of(moshi.process.pid) - {moshi.process.pid}
        os.kill(server, signal.SIGKILL)
        states: list[str] = []
        while "ready" not in states[1:]:
            event = next_message(stream)
            if isinstance(event, dict) and event["type"] == "status":
                states.append(event["server"]["status"])
        assert "restarting" in states
        until_connected(stream)
        stream.send(np.zeros(1920 * 8, "<i2").tobytes())
        hear(stream, 4 * _FRAME_BYTES)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "int"])
def test_signals_end_it_and_the_server(number: signal.Signals, moshi: ApiProcess) -> None:
    """With exit status 0."""
    with moshi.stream() as stream:
        until_connected(stream)
        processes = tree_of(moshi.process.pid)
        assert len(processes) == 2
        moshi.process.send_signal(number)
        assert moshi.process.wait(PATIENCE_SECONDS) == 0
        assert not until_gone(processes)


_RUN = """
import logging, sys
from codex_voice.moshi import MoshiAgentAPI, ServerManagerConfig

logging.basicConfig(level=logging.WARNING, format="%(message)s")
settings = {"python_exe": sys.executable, "module": sys.argv[1], "min_vram_mb": 0}
MoshiAgentAPI(ServerManagerConfig(port=int(sys.argv[2]), **settings)).run(port=0)
"""


def test_a_program_serves_it_by_itself(own_files: dict[str, str]) -> None:
    """With the public module: the same API, until the same signals."""
    for package in ("starlette", "uvicorn", "websockets", "sphn"):
        pytest.importorskip(package, reason="codex-voice[serve,moshi] is not installed")
    port = unused_port()
    with subprocess.Popen(
        [sys.executable, "-c", _RUN, str(_FAKE_SERVER), str(port)],
        env={**with_inherited(own_files), "CODEX_VOICE_API_TOKEN": TOKEN},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            address = re.search(r"agent API at (http://127.0.0.1:\d+), token", said)
            assert address is not None, said
            with client_of(ApiProcess(process, address[1])) as client:
                assert client.get("/api/voice/status").json()["backend"] == "moshi"
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0
        finally:
            process.kill()
