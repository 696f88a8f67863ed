"""A remote microphone sounds like one of this machine, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import queue
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from codex_voice.errors import ConfigError, MicrophoneUnavailable
from codex_voice.pcm import FRAME_BYTES, SAMPLE_RATE
from codex_voice.serve.remote_microphone.address import TOKEN_VARIABLE, Address, parse
from codex_voice.serve.remote_microphone.source import Patience, RemoteMicrophone
from tests.serve.remote_microphone.scripted_microphone import CountingMicrophone, Server
from tests.support.certificate import certificate_for_loopback
from tests.support.unused_port import unused_port

SILENCE = b"\1\0" * (FRAME_BYTES // 2)
PATIENCE_SECONDS = 60
PATIENT = Patience(PATIENCE_SECONDS, PATIENCE_SECONDS, PATIENCE_SECONDS)
"""Longer than this process may be held up."""


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    CountingMicrophone.opened = CountingMicrophone.closed = 0


@pytest.fixture(params=["tcp", "unix", "ws"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """Serve a counting microphone in each of the ways there are."""
    scheme = request.param
    if scheme == "ws":
        pytest.importorskip("websockets")
    host = str(tmp_path / "microphone") if scheme == "unix" else "127.0.0.1"
    running = Server(Address(scheme, host))
    running.start()
    yield running
    running.stop()


def _number(frame: bytes) -> int:
    return int.from_bytes(frame[:2], "little")


def _source(
    server: Server, token: str = "secret", patience: Patience = PATIENT
) -> RemoteMicrophone:
    return RemoteMicrophone(replace(server.address, token=token), patience=patience)


def test_frames_arrive_in_order_and_the_microphone_is_open_only_meanwhile(server: Server) -> None:
    """Two may listen; the microphone is closed when the last one hangs up."""
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    others: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    source, second = _source(server), _source(server)
    assert CountingMicrophone.opened == 0
    source.open(frames.put)
    second.open(others.put)
    heard = [_number(frames.get(timeout=PATIENCE_SECONDS)) for _ in range(10)]
    assert heard == list(range(heard[0], heard[0] + 10))
    assert source.name.startswith("Counting microphone")
    second.close()
    assert len(others.get(timeout=PATIENCE_SECONDS)) == FRAME_BYTES
    frames.get(timeout=PATIENCE_SECONDS)
    source.close()
    assert not source.active
    server.stop()
    assert (CountingMicrophone.opened, CountingMicrophone.closed) == (1, 1)


def test_a_wrong_token_hears_nothing(server: Server) -> None:
    """It is told, and the microphone is not even opened."""
    with pytest.raises(MicrophoneUnavailable, match="token is wrong"):
        _source(server, "guess").open(lambda _frame: None)
    assert CountingMicrophone.opened == 0


def test_a_lost_connection_is_renewed_and_its_gap_is_told(server: Server) -> None:
    """Silence stands for what was missed, and nothing is heard twice."""
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    source = _source(server)
    source.open(frames.put)
    frames.get(timeout=PATIENCE_SECONDS)
    server.stop()
    server.start()
    while source.gaps == 0:
        frames.get(timeout=PATIENCE_SECONDS)
    heard: list[int] = []
    while len(heard) < 5:
        frame = frames.get(timeout=PATIENCE_SECONDS)
        if frame != SILENCE or heard:
            heard.append(_number(frame))
    assert heard == sorted(set(heard))
    assert "1 gap" in source.name
    source.close()


def test_a_server_that_stays_away_ends_the_source(server: Server) -> None:
    """Then whoever watches it sees that it ended, and tries again in its own time."""
    source = _source(server, patience=replace(PATIENT, renew_seconds=0.3))
    source.open(lambda _frame: None)
    thread = source._thread
    server.stop()
    assert thread is not None
    thread.join(PATIENCE_SECONDS)
    assert not source.active
    source.close()


def test_nobody_there_is_one_line() -> None:
    """And how to start it there."""
    port = unused_port()
    with pytest.raises(MicrophoneUnavailable, match=r"mic --serve"):
        RemoteMicrophone(Address("tcp", "127.0.0.1", port)).open(lambda _frame: None)


def test_an_encrypted_connection_is_a_microphone_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server behind a certificate that the system trusts; and none without."""
    pytest.importorskip("websockets")
    certificate = certificate_for_loopback(tmp_path)
    running = Server(Address("ws", "127.0.0.1"), certificate=certificate)
    running.start()
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    address = replace(running.address, scheme="wss", token="secret")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    source = RemoteMicrophone(address, patience=PATIENT)
    source.open(frames.put)
    heard = [_number(frames.get(timeout=PATIENCE_SECONDS)) for _ in range(5)]
    assert heard == list(range(heard[0], heard[0] + 5))
    source.close()
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(MicrophoneUnavailable, match="certificate"):
        RemoteMicrophone(address).open(frames.put)
    running.stop()


@pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")
def test_the_public_package_hears_our_server() -> None:
    """Its client gets the description, and chunks of the right format; the token is optional."""
    pytest.importorskip("wyoming")
    from wyoming.audio import AudioChunk, AudioStart
    from wyoming.client import AsyncTcpClient
    from wyoming.info import Describe, Info

    running = Server(Address("tcp", "127.0.0.1"), token="")
    running.start()

    async def listen() -> tuple[Info, AudioStart, list[AudioChunk]]:
        info = start = None
        chunks: list[AudioChunk] = []
        async with AsyncTcpClient("127.0.0.1", running.address.port) as client:
            await client.write_event(Describe().event())
            while info is None or start is None or len(chunks) < 5:
                event = await client.read_event()
                assert event is not None
                if Info.is_type(event.type):
                    info = Info.from_event(event)
                elif AudioStart.is_type(event.type):
                    start = AudioStart.from_event(event)
                elif AudioChunk.is_type(event.type):
                    chunks.append(AudioChunk.from_event(event))
        return info, start, chunks

    info, start, chunks = asyncio.run(listen())
    running.stop()
    assert info.mic[0].mic_format.rate == SAMPLE_RATE
    assert (start.rate, start.width, start.channels) == (SAMPLE_RATE, 2, 1)
    stamps = [chunk.timestamp for chunk in chunks]
    assert stamps == [20 * index for index in range(5)]


@pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")
async def test_a_server_of_the_public_package_is_heard() -> None:
    """One that streams at once and knows no token, such as wyoming-mic-external."""
    pytest.importorskip("wyoming")
    from wyoming.audio import AudioChunk
    from wyoming.event import Event as PublicEvent
    from wyoming.server import AsyncEventHandler, AsyncServer

    class Streamer(AsyncEventHandler):
        async def handle_event(self, event: PublicEvent) -> bool:
            if event.type == "describe":
                for number in range(50):
                    pcm = number.to_bytes(2, "little") * 320
                    await self.write_event(AudioChunk(SAMPLE_RATE, 2, 1, pcm).event())
            return True

    port = unused_port()
    public = AsyncServer.from_uri(f"tcp://127.0.0.1:{port}")
    await public.start(Streamer)
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    source = RemoteMicrophone(Address("tcp", "127.0.0.1", port), patience=PATIENT)
    await asyncio.to_thread(source.open, frames.put)
    heard = [
        _number(await asyncio.to_thread(frames.get, timeout=PATIENCE_SECONDS)) for _ in range(50)
    ]
    assert heard == list(range(50))
    await asyncio.to_thread(source.close)
    await public.stop()


def test_a_web_page_is_refused() -> None:
    """A browser tells its origin, and a name that is not this machine's."""
    pytest.importorskip("websockets")
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect
    from websockets.typing import Origin

    running = Server(Address("ws", "127.0.0.1"))
    running.start()
    url = str(running.address)
    with pytest.raises(InvalidStatus), connect(url, origin=Origin("http://evil.example")):
        pass
    with (
        socket.create_connection(("127.0.0.1", running.address.port)) as raw,
        pytest.raises(InvalidStatus),
        connect("ws://evil.example/", sock=raw),
    ):
        pass
    running.stop()


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("wyoming://10.0.0.1", Address("tcp", "10.0.0.1", 10700)),
        ("wyoming://t%40ken@localhost:1", Address("tcp", "localhost", 1, "t@ken")),
        ("wyoming:///run/mic.sock", Address("unix", "/run/mic.sock")),
        ("ws://[::1]:5", Address("ws", "::1", 5)),
        ("command:ssh laptop arecord -q 'a b'", ("ssh", "laptop", "arecord", "-q", "a b")),
    ],
)
def test_addresses(
    url: str, address: Address | tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every kind there is; tokens in them may be encoded, and are never shown."""
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    parsed = parse(url)
    assert parsed == address
    assert "ken" not in str(parsed)


@pytest.mark.parametrize(
    "url", ["", "laptop", "http://a", "ws://", "ws://a:b", "command:", "command:'"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """Before anything else is started."""
    with pytest.raises(ConfigError):
        parse(url)
