"""`mic --to` calls, and `--audio listen:` waits: the microphone has no port of its own."""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from codex_voice.errors import ConfigError, MicrophoneUnavailable
from codex_voice.serve.remote_microphone.address import TOKEN_VARIABLE, Address
from codex_voice.serve.remote_microphone.caller import call_for_ever
from codex_voice.serve.remote_microphone.server import CallRefused, MicrophoneServer
from codex_voice.serve.remote_microphone.source import Patience, RemoteMicrophone, source_of
from codex_voice.serve.remote_microphone.waiting import CallWaiter
from codex_voice.wyoming_events import Event, encode
from tests.serve.remote_microphone.scripted_microphone import CountingMicrophone

PATIENCE_SECONDS = 60.0
PATIENT = Patience(PATIENCE_SECONDS, PATIENCE_SECONDS, PATIENCE_SECONDS)


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    CountingMicrophone.opened = CountingMicrophone.closed = 0


@pytest.fixture(params=["tcp", "unix", "ws"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """Return where somebody waits, in each of the ways there are."""
    if request.param == "ws":
        pytest.importorskip("websockets")
    host = str(tmp_path / "microphone") if request.param == "unix" else "127.0.0.1"
    return Address(request.param, host, token="secret")


@pytest.fixture
def waiter(address: Address) -> Iterator[CallWaiter]:
    """Wait for calls."""
    waiting = CallWaiter(address, PATIENCE_SECONDS)
    yield waiting
    waiting.close()


@contextmanager
def _calling(address: Address, token: str = "secret") -> Iterator[None]:
    """Call with a counting microphone, from a thread of its own."""
    started: queue.SimpleQueue[asyncio.Task[None]] = queue.SimpleQueue()

    async def call() -> None:
        task = asyncio.create_task(
            call_for_ever(MicrophoneServer(CountingMicrophone, token), address)
        )
        started.put(task)
        await asyncio.wait([task])

    thread = threading.Thread(target=lambda: asyncio.run(call()))
    thread.start()
    task = started.get(timeout=PATIENCE_SECONDS)
    try:
        yield
    finally:
        task.get_loop().call_soon_threadsafe(task.cancel)
        thread.join()


def _source(waiter: CallWaiter) -> RemoteMicrophone:
    return RemoteMicrophone(waiter.address, waiter.next_call, PATIENT)


def test_a_microphone_that_calls_is_heard_each_time(waiter: CallWaiter) -> None:
    """It is open while somebody listens and no longer, and calls again by itself."""
    with _calling(waiter.address):
        for times in (1, 2):
            frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
            assert CountingMicrophone.opened == times - 1
            source = _source(waiter)
            source.open(frames.put)
            heard = [frames.get(timeout=PATIENCE_SECONDS)[0] for _ in range(5)]
            assert heard == list(range(heard[0], heard[0] + 5))
            assert source.name.startswith("Counting microphone")
            source.close()
    assert (CountingMicrophone.opened, CountingMicrophone.closed) == (2, 2)


def test_it_calls_until_somebody_is_there(tmp_path: Path) -> None:
    """Whichever of the two is started first."""
    address = Address("unix", str(tmp_path / "microphone"), token="secret")
    with _calling(address):
        waiter = CallWaiter(address, PATIENCE_SECONDS)
        source = _source(waiter)
        source.open(lambda _frame: None)
        source.close()
        waiter.close()


async def test_a_wrong_token_is_told(waiter: CallWaiter) -> None:
    """Nobody may speak to Codex without it, and the caller ends."""
    stranger = MicrophoneServer(CountingMicrophone, "guess")
    with pytest.raises(CallRefused, match="token is wrong"):
        await call_for_ever(stranger, waiter.address)
    assert CountingMicrophone.opened == 0


def test_there_is_always_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for before anything is started."""
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    with pytest.raises(ConfigError, match=TOKEN_VARIABLE):
        source_of("listen:wyoming://127.0.0.1:0")


@pytest.mark.parametrize("url", ["listen:", "listen:wss://127.0.0.1", "listen:command:arecord"])
def test_where_nobody_can_wait_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is started."""
    monkeypatch.setenv(TOKEN_VARIABLE, "secret")
    with pytest.raises(ConfigError):
        source_of(url)


def test_a_port_in_use_is_told() -> None:
    """In one line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address("tcp", "127.0.0.1", taken.getsockname()[1], "secret")
        with pytest.raises(ConfigError, match="cannot be used: Address already in use"):
            CallWaiter(address)


def test_without_a_call_it_is_told_how_to_make_one(address: Address) -> None:
    """Soon, for somebody waits to talk."""
    waiter = CallWaiter(address, 0.05)
    with pytest.raises(MicrophoneUnavailable, match="mic --to"):
        _source(waiter).open(lambda _frame: None)
    waiter.close()


def test_a_call_that_has_ended_is_not_taken() -> None:
    """The next one is, and the newest of several; strangers are hung up on."""
    waiter = CallWaiter(Address("tcp", "127.0.0.1", token="secret"), PATIENCE_SECONDS)
    where = ("127.0.0.1", waiter.address.port)
    hello = encode(Event("hello", {"token": "secret"}))
    with (
        socket.create_connection(where, PATIENCE_SECONDS) as stranger,
        socket.create_connection(where, PATIENCE_SECONDS) as talker,
        socket.create_connection(where, PATIENCE_SECONDS) as older,
    ):
        stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert stranger.recv(100) == b""
        # Sound before anybody listens is none of a microphone of ours.
        talker.sendall(hello + encode(Event("audio-start")))
        assert talker.recv(100) == b""
        older.sendall(hello)
        call = waiter.next_call(waiter.address)
        call.send(b"taken")
        assert older.recv(100) == b"taken"
        call.close()
        older.close()
        with socket.create_connection(where, PATIENCE_SECONDS) as gone:
            gone.sendall(hello)
        with socket.create_connection(where, PATIENCE_SECONDS) as newest:
            newest.sendall(hello)
            call = waiter.next_call(waiter.address)
            while call.ended:
                call.close()
                call = waiter.next_call(waiter.address)
            call.send(b"taken")
            assert newest.recv(100) == b"taken"
            call.close()
    waiter.close()


def test_web_pages_cannot_call() -> None:
    """A browser tells its origin, and a name that is not this machine's."""
    pytest.importorskip("websockets")
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect
    from websockets.typing import Origin

    waiter = CallWaiter(Address("ws", "127.0.0.1", token="secret"))
    url = str(replace(waiter.address, token=""))
    with (
        pytest.raises(InvalidStatus),
        connect(url, origin=Origin("http://evil.example"), open_timeout=PATIENCE_SECONDS),
    ):
        pass
    with (
        socket.create_connection(("127.0.0.1", waiter.address.port)) as raw,
        pytest.raises(InvalidStatus),
        connect("ws://evil.example/", sock=raw, open_timeout=PATIENCE_SECONDS),
    ):
        pass
    waiter.close()
