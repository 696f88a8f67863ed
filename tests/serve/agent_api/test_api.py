"""The agent API recognises what programs send it, over real sockets."""

from __future__ import annotations

import base64
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from codex_voice.config.schema import HistoryConfig
from codex_voice.recordings.journal import Journal
from codex_voice.recordings.outcomes import Outcome
from tests.serve.agent_api.api_process import (
    CLIPS,
    PATIENCE_SECONDS,
    TOKEN,
    ApiProcess,
    next_event,
    serving,
    sound_of,
)
from tests.serve.conftest import with_inherited
from tests.support.virtual_mic import VirtualMic

if TYPE_CHECKING:
    import httpx
else:
    httpx = pytest.importorskip("httpx")
routes = pytest.importorskip(
    "codex_voice.serve.agent_api.routes",
    reason="codex-voice[serve] is not installed",
    exc_type=ModuleNotFoundError,
)

SENTENCE = "31_festival_open_the_readme.wav"
COMMAND = "30_festival_send_message.wav"
SILENCE = bytes(2 * 32_000)
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def _recording(sound: bytes, **form: object) -> dict[str, object]:
    return {"audio": base64.b64encode(sound).decode(), **form}


def _as_floats(sound: bytes, rate: int) -> bytes:
    samples = np.frombuffer(sound, "<i2").astype(np.float32) / 32768
    moments = np.arange(samples.size * rate // 16_000) * (16_000 / rate)
    resampled = np.interp(moments, np.arange(samples.size), samples)
    return bytes(resampled.astype("<f4").tobytes())


def test_recordings_are_recognised(client: httpx.Client) -> None:
    """A sentence, a command, and nothing."""
    answer = client.post("/api/voice/audio", json=_recording(sound_of(SENTENCE)))
    assert answer.status_code == 200
    transcript = answer.json()["transcript"]
    assert "readme" in transcript["text"].lower()
    assert 0 < transcript["confidence"] <= 1
    answer = client.post("/api/voice/audio", json=_recording(sound_of(COMMAND)))
    assert answer.json()["transcript"]["command"] == "send"
    answer = client.post("/api/voice/audio", json=_recording(SILENCE))
    assert answer.json() == {"transcript": None}


@pytest.mark.parametrize("rate", [8_000, 24_000, 48_000])
def test_other_formats_are_the_same_sound(client: httpx.Client, rate: int) -> None:
    """Floats at other rates, as synthesisers and browsers have them."""
    body = _recording(_as_floats(sound_of(SENTENCE), rate), format="f32le", rate=rate)
    transcript = client.post("/api/voice/audio", json=body).json()["transcript"]
    assert "readme" in transcript["text"].lower()
    assert transcript["audio_seconds"] == pytest.approx(len(sound_of(SENTENCE)) / 32_000, abs=0.01)


def test_a_stream_is_cut_into_utterances(api: ApiProcess, api_home: Path) -> None:
    """By silence, or by the client; each is in the history."""
    with api.stream() as stream:
        assert next_event(stream, "status")["streams"] >= 1
        sound = sound_of(SENTENCE) + SILENCE
        for start in range(0, len(sound), 999):
            stream.send(sound[start : start + 999])
        assert next_event(stream, "speech_started")["source"] == "stream"
        heard = next_event(stream, "transcript")
        assert "readme" in heard["text"].lower()
        assert heard["latency_seconds"] > 0
        stream.send(sound_of(COMMAND))
        stream.send(json.dumps({"type": "flush"}))
        assert next_event(stream, "transcript")["command"] == "send"
        stream.send(json.dumps({"type": "ping", "text": "over there"}))
        assert next_event(stream, "pong")["text"] == "over there"
    directory = api_home / ".local/state/codex-voice/recordings"
    entries = Journal(directory, HistoryConfig(), lambda _error: None).entries()
    assert any("readme" in entry.text.lower() for entry in entries)


def test_a_stream_of_another_format_is_the_same_sound(api: ApiProcess) -> None:
    """Pieces may end within a sample."""
    pytest.importorskip("soxr")
    with api.stream("?format=f32le&rate=48000") as stream:
        sound = _as_floats(sound_of(SENTENCE) + SILENCE, 48_000)
        for start in range(0, len(sound), 50_001):
            stream.send(sound[start : start + 50_001])
        assert "readme" in next_event(stream, "transcript")["text"].lower()


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"type": "x"}', "[" * 100_000])
def test_a_wrong_message_is_told_and_the_stream_goes_on(api: ApiProcess, text: str) -> None:
    """Nothing is lost for it."""
    with api.stream() as stream:
        stream.send(text)
        assert next_event(stream)["code"] == "bad_request"
        stream.send(json.dumps({"type": "ping"}))
        assert next_event(stream, "pong")["type"] == "pong"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"{}",
        b"[" * 100_000,
        b'{"audio": 1}',
        b'{"audio": "*"}',
        b'{"audio": "\xc3\xa4"}',
        b'{"audio": "AAAA", "rate": 1}',
        b'{"audio": "AAAA", "rate": true}',
        b'{"audio": "AAAA", "rate": 1e400}',
        b'{"audio": "AAAA", "format": "mp3"}',
        b'{"audio": "AAAA", "format": []}',
    ],
)
def test_a_wrong_body_is_told(client: httpx.Client, body: bytes) -> None:
    """With status 400 and what is wrong."""
    answer = client.post("/api/voice/audio", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"


def test_a_body_has_a_limit(client: httpx.Client) -> None:
    """It is not read to its end."""
    answer = client.post("/api/voice/audio", content=bytes(routes.MOST_BODY_BYTES + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer guess"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({**BEARER, "Host": "evil.example"}, 403),
        ({**BEARER, "Origin": "http://evil.example"}, 403),
        ({**BEARER, "Origin": "null"}, 403),
    ],
)
def test_strangers_are_refused(api: ApiProcess, headers: dict[str, str], status: int) -> None:
    """Over HTTP as over WebSockets; so are pages, and names that were bent to this machine."""
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    url = f"{api.url}/api/voice/status"
    assert httpx.get(url, headers=headers).status_code == status
    host = headers.get("Host", api.host)
    others = {name: value for name, value in headers.items() if name != "Host"}
    with (
        socket.create_connection(("127.0.0.1", int(api.url.rpartition(":")[2]))) as raw,
        pytest.raises(InvalidStatus) as refused,
        connect(f"ws://{host}/api/voice/stream", additional_headers=others, sock=raw),
    ):
        pass
    assert refused.value.response.status_code == status


def test_our_own_page_is_let_through(api: ApiProcess) -> None:
    """It tells an Origin too, and its token as a subprotocol."""
    from websockets.typing import Origin, Subprotocol

    protocols = [Subprotocol("codex-voice"), Subprotocol(f"token.{TOKEN}")]
    options: dict[str, Any] = {
        "subprotocols": protocols,
        "origin": Origin(api.url),
        "additional_headers": {},
    }
    with api.stream(**options) as stream:
        assert stream.subprotocol == "codex-voice"
        assert next_event(stream, "status")["type"] == "status"
    page = httpx.get(api.url)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    for script in ("page.js", "microphone.js"):
        assert (
            httpx.get(f"{api.url}/{script}").headers["Content-Type"].startswith("text/javascript")
        )


@pytest.mark.parametrize("query", ["?rate=1", "?rate=x", "?format=mp3", "?rate=99999999999"])
def test_a_stream_of_no_known_format_is_refused(api: ApiProcess, query: str) -> None:
    """Before it is open."""
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus) as refused, api.stream(query):
        pass
    assert refused.value.response.status_code == 400


def test_a_stopped_recogniser_says_so_until_it_is_started(client: httpx.Client) -> None:
    """Streams are told of each state."""
    assert client.post("/api/voice/stop").json()["state"] == "stopped"
    for path in ("connect", "reconnect", "audio"):
        answer = client.post(f"/api/voice/{path}", json=_recording(SILENCE))
        assert answer.status_code == 409
        assert "/api/voice/start" in answer.json()["error"]["message"]
    assert client.post("/api/voice/start").json()["state"] in ("loading", "ready")
    answer = client.post("/api/voice/audio", json=_recording(sound_of(SENTENCE)))
    assert "readme" in answer.json()["transcript"]["text"].lower()
    assert client.get("/api/voice/status").json()["state"] == "ready"


def test_without_a_microphone_it_says_so(api: ApiProcess, client: httpx.Client) -> None:
    """And streams go on."""
    with api.stream() as stream:
        assert client.post("/api/voice/connect").status_code == 200
        while (event := next_event(stream, "status"))["microphone"]["state"] != "failed":
            pass
        assert event["microphone"]["error"]
        answer = client.post("/api/voice/disconnect").json()
        assert answer["microphone"]["state"] == "disconnected"


@pytest.mark.microphone
def test_what_the_microphone_hears_is_told_to_streams(
    own_files: dict[str, str], tmp_path: Path, virtual_mic: VirtualMic
) -> None:
    """From connect to disconnect."""
    with (
        serving(with_inherited(own_files), tmp_path) as api,
        httpx.Client(base_url=api.url, headers=BEARER, timeout=PATIENCE_SECONDS) as client,
        api.stream() as stream,
    ):
        client.post("/api/voice/connect")
        while next_event(stream, "status")["microphone"]["state"] != "connected":
            pass
        virtual_mic.play(CLIPS / SENTENCE).wait()
        heard = next_event(stream, "transcript")
        assert heard["source"] == "microphone"
        assert "readme" in heard["text"].lower()
        client.post("/api/voice/disconnect")
    directory = Path(own_files["XDG_STATE_HOME"]) / "codex-voice/recordings"
    (entry,) = Journal(directory, HistoryConfig(), lambda _error: None).entries()
    assert entry.outcome is Outcome.PRINTED


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(
    own_files: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    """With exit status 0, also while somebody streams; clients learn that it restarts."""
    from websockets.exceptions import ConnectionClosed

    with serving(with_inherited(own_files), tmp_path) as api, api.stream() as stream:
        next_event(stream, "status")
        stream.send(sound_of(SENTENCE))
        next_event(stream, "speech_started")
        api.process.send_signal(number)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                stream.recv(timeout=PATIENCE_SECONDS)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert api.process.wait(PATIENCE_SECONDS) == 0
        assert api.process.stderr is not None
        assert api.process.stderr.read() == ""


@pytest.mark.parametrize(
    ("options", "variables", "words"),
    [
        (("--port", "99999"), {}, "--port"),
        (("--bind", "192.0.2.1"), {}, "--bind"),
        ((), {"CODEX_VOICE_API_TOKEN": "white space"}, "CODEX_VOICE_API_TOKEN"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    own_files: dict[str, str],
    tmp_path: Path,
    options: tuple[str, ...],
    variables: dict[str, str],
    words: str,
) -> None:
    """And exit status 1 or 2."""
    done = subprocess.run(
        [sys.executable, "-m", "codex_voice", "serve", *options],
        cwd=tmp_path,
        env={**with_inherited(own_files), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2)
    (line,) = done.stderr.splitlines()
    assert words in line
