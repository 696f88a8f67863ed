"""A long conversation through the API with the real moshi.server, and all that may go wrong in it.

`make test-moshi` runs it; the weights are tiny and random, so that it computes in real time on a
processor, and says nonsense. `CODEX_VOICE_TEST_MOSHI` is the interpreter that has moshi, and
`CODEX_VOICE_TEST_MOSHI_MINUTES` how long it lasts; the report is printed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.serve.agent_api.api_process import TOKEN
from tests.serve.conftest import with_inherited
from tests.serve.shared_files import shared_file
from tests.support.process_tree import tree_of, until_gone
from tests.support.unused_port import unused_port

if TYPE_CHECKING:
    import httpx
    from websockets.asyncio.client import ClientConnection

pytestmark = pytest.mark.moshi

_RATE = 24_000
_PIECE_SECONDS = 0.08
_MINUTES = float(os.environ.get("CODEX_VOICE_TEST_MOSHI_MINUTES", "2"))
_RECOVERY_SECONDS = 180.0
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass
class RecordedConversation:
    """One conversation, as its client sees it.

    Args:
        http: The API.
        stream: The WebSocket.
        api_pid: The process of the API.
        moshi_port: Where Moshi's server listens.
    """

    http: httpx.AsyncClient
    stream: ClientConnection
    api_pid: int
    moshi_port: int
    status: dict[str, Any] = field(default_factory=dict)
    heard_seconds: float = 0.0
    spoken_seconds: float = 0.0
    pieces_of_text: int = 0
    latencies: list[float] = field(default_factory=list)
    memory: list[tuple[int, int]] = field(default_factory=list)
    recovered: dict[str, float] = field(default_factory=dict)
    _notified: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def moshi_url(self) -> str:
        """Where Moshi's server talks to its clients."""
        return f"ws://127.0.0.1:{self.moshi_port}/api/chat"

    @property
    def moshi_pid(self) -> int:
        """The process of Moshi's server."""
        (child,) = tree_of(self.api_pid) - {self.api_pid}
        return child

    async def speak(self) -> None:
        """Send something like speech, in real time, for ever."""
        chance = np.random.default_rng(1)
        began = time.monotonic()
        while True:
            loudness = 0.1 * (1 + np.sin(self.spoken_seconds * 4))
            piece = loudness * chance.standard_normal(round(_RATE * _PIECE_SECONDS))
            await self.stream.send(piece.astype("<f4").tobytes())
            self.spoken_seconds += _PIECE_SECONDS
            await asyncio.sleep(began + self.spoken_seconds - time.monotonic())

    async def listen(self) -> None:
        """Take what comes, for ever."""
        async for message in self.stream:
            if isinstance(message, bytes):
                self.heard_seconds += len(message) / 4 / _RATE
            else:
                event = json.loads(message)
                self.pieces_of_text += event["type"] == "text"
                if event["type"] == "status":
                    self.status = event
            self._notified.set()

    async def measure(self) -> None:
        """Note latency and memory, for ever."""
        while True:
            await asyncio.sleep(2)
            stats = (await self.http.get("/api/voice/status")).json()["agent"]["stats"]
            if stats["avg_latency_ms"]:
                self.latencies.append(stats["avg_latency_ms"])
            processes = tree_of(self.api_pid) - {self.api_pid}
            server = max((_resident_kb(process) for process in processes), default=0)
            self.memory.append((_resident_kb(self.api_pid), server))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(_RECOVERY_SECONDS):
            while not condition():
                self._notified.clear()
                await self._notified.wait()

    async def until_talking(self) -> None:
        """Wait until Moshi has answered for two seconds more."""
        heard = self.heard_seconds
        await self.until(lambda: self.heard_seconds > heard + 2)

    async def post(self, action: str) -> httpx.Response:
        """Ask the API for a change."""
        return await self.http.post(f"/api/voice/{action}")

    async def suffer(self, name: str, fault: Callable[[], Awaitable[None]]) -> None:
        """Let something go wrong, and note how long it takes until Moshi answers again."""
        began = time.monotonic()
        try:
            await fault()
            await self.until_talking()
        except TimeoutError:
            pytest.fail(f"{name}: {self.status}")
        self.recovered[name] = time.monotonic() - began

    # What may go wrong

    async def kill(self) -> None:
        """Let the server die."""
        os.kill(self.moshi_pid, signal.SIGKILL)
        await self.until(lambda: self.status["server"]["status"] != "ready")

    async def freeze(self) -> None:
        """Let the server stop answering, for good."""
        frozen = self.moshi_pid
        os.kill(frozen, signal.SIGSTOP)
        await self.until(lambda: self.status["server"]["status"] != "ready")
        assert not await asyncio.to_thread(until_gone, {frozen})

    async def delay(self) -> None:
        """Let the server compute nothing for five seconds: its answers are late from then on."""
        slow = self.moshi_pid
        before = await self._reconnects()
        os.kill(slow, signal.SIGSTOP)
        await asyncio.sleep(5)
        os.kill(slow, signal.SIGCONT)
        async with asyncio.timeout(_RECOVERY_SECONDS):
            while await self._reconnects() == before:
                # The state of the connection is told before it is counted.
                self._notified.clear()
                await self._notified.wait()
        assert self.moshi_pid == slow

    async def garbage(self) -> None:
        """Let another client send nonsense; it is dropped, and the server lives on."""
        from websockets.exceptions import ConnectionClosed

        await self.post("disconnect")
        async with _client(self.moshi_url) as other:
            assert (await other.recv())[:1] == b"\x00"
            with pytest.raises(ConnectionClosed):
                while True:
                    await other.send(b"\x01no page of an Ogg stream" * 20)
                    await asyncio.sleep(0.05)
        assert (await self.post("connect")).status_code == 200

    async def two_clients(self) -> None:
        """Let another client wait for us, and then wait for it."""
        while await self._gets_a_turn():
            # Ours was just connecting again, on a machine that is too busy for real time.
            await self.until_talking()
        await self.post("disconnect")
        async with _client(self.moshi_url) as other:
            assert (await other.recv())[:1] == b"\x00"
            refused = await self.post("connect")
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")

    async def _gets_a_turn(self) -> bool:
        """Say whether another client would be served now."""
        async with _client(self.moshi_url) as other:
            try:
                async with asyncio.timeout(2):
                    await other.recv()
            except TimeoutError:
                return False
        return True

    async def port_taken(self) -> None:
        """Let a stranger have the port; he is named, and left alone."""
        await self.post("stop")
        with socket.create_server(("127.0.0.1", self.moshi_port)):
            await self.post("start")
            await self.until(lambda: self.status["server"]["status"] == "error")
            assert f"(process {os.getpid()})" in self.status["error"]
        await self.post("start")

    async def _reconnects(self) -> int:
        status = (await self.http.get("/api/voice/status")).json()
        return int(status["agent"]["stats"]["reconnect_count"])


def _client(url: str) -> Any:
    from websockets.asyncio.client import connect

    return connect(url, compression=None, close_timeout=0.5)


def _resident_kb(process: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE_KB
    return 0


@contextlib.asynccontextmanager
async def conversation(
    own_files: dict[str, str], directory: Path
) -> AsyncIterator[RecordedConversation]:
    """Run the API with the real server, and connect a client to it."""
    import httpx
    from websockets.asyncio.client import connect

    interpreter = os.environ.get("CODEX_VOICE_TEST_MOSHI")
    if not interpreter:
        pytest.skip("CODEX_VOICE_TEST_MOSHI names no interpreter that has moshi")
    port = unused_port()
    settings: dict[str, Any] = {
        "python": interpreter,
        "module": str(shared_file("services/start_tiny_moshi.py")),
        "arguments": ["--dir", str(directory / "weights"), "--chatty"],
        "port": port,
        "minimum_vram_mb": 0,
    }
    rows = (f"{name} = {json.dumps(value)}" for name, value in settings.items())
    configuration = directory / "config.toml"
    configuration.write_text("\n".join(["[moshi]", *rows]))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "codex_voice", "--config", str(configuration)),
        *("serve", "--backend", "moshi", "--port", "0"),
        env={**with_inherited(own_files), "CODEX_VOICE_API_TOKEN": TOKEN},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    said = (await process.stderr.readline()).decode()
    host = said.partition("http://")[2].partition(",")[0]
    reading = asyncio.create_task(process.stderr.read())
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        async with (
            httpx.AsyncClient(base_url=f"http://{host}", headers=headers, timeout=60) as http,
            connect(
                f"ws://{host}/api/voice/stream?format=f32le",
                additional_headers=headers,
                compression=None,
            ) as stream,
        ):
            yield RecordedConversation(http, stream, process.pid, port)
            processes = tree_of(process.pid)
            process.terminate()
            assert await process.wait() == 0
            assert not await asyncio.to_thread(until_gone, processes)
    finally:
        if process.returncode is None:
            process.kill()
        await reading


@pytest.mark.timeout(60 * _MINUTES + 6 * _RECOVERY_SECONDS)
async def test_a_long_conversation_survives_everything(
    own_files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each fault is got over, memory stays flat, and nothing is left running."""
    began = time.monotonic()
    async with conversation(own_files, tmp_path) as talk, asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in (talk.speak(), talk.listen(), talk.measure())]
        await talk.suffer("first start", lambda: talk.until(lambda: "server" in talk.status))
        faults = {
            "server killed": talk.kill,
            "server frozen": talk.freeze,
            "answers late": talk.delay,
            "garbage": talk.garbage,
            "two clients": talk.two_clients,
            "port taken": talk.port_taken,
        }
        for number, (name, fault) in enumerate(faults.items(), 1):
            due = began + 60 * _MINUTES * number / (len(faults) + 2)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await talk.suffer(name, fault)
        await asyncio.sleep(max(0.0, began + 60 * _MINUTES - time.monotonic()))
        await talk.until_talking()
        for task in tasks:
            task.cancel()
    with capsys.disabled():
        _report(talk, time.monotonic() - began)
    # A server is a new process after each restart; the API is the same one all the time.
    api = [kilobytes for kilobytes, _ in talk.memory]
    quarter = max(1, len(api) // 4)
    assert statistics.median(api[-quarter:]) < statistics.median(api[:quarter]) + 20_000


def _report(talk: RecordedConversation, seconds: float) -> None:
    say = sys.stdout.write
    say(f"\nconversation of {seconds / 60:.1f} minutes with the real moshi.server\n")
    say(f"  sent {talk.spoken_seconds:.0f} s, heard {talk.heard_seconds:.0f} s, ")
    say(f"{talk.pieces_of_text} pieces of text\n")
    for name, duration in talk.recovered.items():
        say(f"  {name}: answers again after {duration:.1f} s\n")
    ordered = sorted(talk.latencies)
    say(f"  latency (mean of ten frames): median {statistics.median(ordered):.0f} ms, ")
    say(f"95 % within {ordered[int(0.95 * (len(ordered) - 1))]:.0f} ms\n")
    for name, column in (("API", 0), ("server", 1)):
        sizes = [row[column] / 1024 for row in talk.memory if row[column]]
        quarter = max(1, len(sizes) // 4)
        say(f"  memory of the {name}: first quarter {statistics.median(sizes[:quarter]):.0f} MB, ")
        say(f"last {statistics.median(sizes[-quarter:]):.0f} MB, most {max(sizes):.0f} MB\n")
