"""The client of Moshi's server: sound out, sound and text in, and a connection that is kept."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from codex_voice.errors import MoshiBusy, MoshiConnectionLost, MoshiError, MoshiNotInstalled
from codex_voice.serve.moshi import protocol
from codex_voice.serve.moshi.agent_state import AgentEvent, AgentMachine, AgentState
from codex_voice.serve.moshi.configuration import (
    FRAME_SAMPLES,
    FRAME_SECONDS,
    SAMPLE_RATE,
    AgentConfig,
)
from codex_voice.serve.moshi.connection import MoshiConnection, open_connection
from codex_voice.serve.moshi.latency import LatencyMonitor
from codex_voice.serve.moshi.opus import OpusCodec, Samples

_LOG = logging.getLogger(__name__)

_MOST_WAITING_FRAMES = 125
"""Ten seconds of sound may wait to be sent; `send_audio` waits when there is more."""

_LEAD_SECONDS = 2 * FRAME_SECONDS
"""How far ahead of real time sound is sent. The server takes it faster, but then answers late."""

_WATCH_SECONDS = 0.25
Callback = Callable[[Any], Awaitable[None] | None]


@dataclass
class AgentStats:
    """What a client has done since it was made; times are those of the event loop's clock."""

    total_audio_sent: int = 0
    """Samples."""
    total_audio_received: int = 0
    """Samples."""
    total_text_tokens: int = 0
    reconnect_count: int = 0
    current_latency_ms: float = 0.0
    avg_latency_ms: float = 0.0
    session_start: float = 0.0
    last_audio_sent: float = 0.0
    last_audio_received: float = 0.0


class _TooSlow(Exception):
    """The latency is above the threshold."""


class MoshiAgent:
    """Talks to one server; belongs to one event loop.

    Callbacks may be functions or coroutine functions. While one runs nothing is received, so a slow
    one is told by the latency. They must not raise.

    Attributes:
        on_audio_received: Given sound as it arrives: float32, -1 to 1, one channel, 24 kHz.
        on_text_received: Given pieces of what Moshi says, with their blanks.
        on_state_change: Given each new `AgentState`.
        error: Why the last connection failed or ended; None while it streams.
        stats: What has been done so far.

    Args:
        config: How it behaves.
    """

    def __init__(self, config: AgentConfig | None = None) -> None:
        self.config = config or AgentConfig()
        self.on_audio_received: Callback | None = None
        self.on_text_received: Callback | None = None
        self.on_state_change: Callback | None = None
        self.error: MoshiError | None = None
        self.stats = AgentStats()
        self._machine = AgentMachine(self.config)
        self._latency = LatencyMonitor(self.config.latency_check_window)
        self._task: asyncio.Task[None] | None = None
        self._first_try_over = asyncio.Event()
        self._hurry = asyncio.Event()
        self._frames: deque[Samples] = deque()
        self._rest: Samples = np.zeros(0, np.float32)
        self._changed = asyncio.Condition()

    @property
    def state(self) -> AgentState:
        """What it is doing."""
        return self._machine.state

    @property
    def is_connected(self) -> bool:
        """Whether it is its turn to talk."""
        return self.state is AgentState.STREAMING

    @property
    def is_busy(self) -> bool:
        """Whether another client has the server."""
        return isinstance(self.error, MoshiBusy)

    async def connect(self) -> bool:
        """Connect, unless it is connected, and say whether that worked at the first try.

        Otherwise `error` says why, and it is tried again in the background where that is
        configured and may help. One that waits for its next try makes it at once.
        """
        if self._task is None or self._task.done():
            self.error = None
            self._hurry.clear()
            self._first_try_over.clear()
            self._task = asyncio.create_task(self._run(), name="moshi-agent")
            # It may be cancelled before it has begun.
            self._task.add_done_callback(lambda _task: self._first_try_over.set())
        elif self.state is AgentState.RECONNECTING:
            self._first_try_over.clear()
            self._hurry.set()
        await self._first_try_over.wait()
        return self.is_connected

    async def disconnect(self) -> None:
        """Hang up; harmless where nothing is connected."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def reconnect(self) -> bool:
        """Hang up and connect again, which empties the server's memory of the conversation."""
        await self.disconnect()
        return await self.connect()

    async def send_audio(self, pcm: Samples) -> bool:
        """Send sound, and say whether it is on its way.

        What does not fill a frame waits for the next call. Returns when at most ten seconds wait
        to be sent, which happens in real time; what is sent while not connected is dropped, and so
        is what waits when a connection breaks: it would be an old sound in a new conversation.

        Args:
            pcm: Any number of samples, -1 to 1, one channel, 24 kHz.
        """
        samples = np.concatenate((self._rest, np.asarray(pcm, np.float32).ravel()))
        if not self.is_connected:
            return False
        whole = samples.size - samples.size % FRAME_SAMPLES
        self._rest = samples[whole:]
        for start in range(0, whole, FRAME_SAMPLES):
            if not await self._add(samples[start : start + FRAME_SAMPLES]):
                return False
        return True

    async def send_silence(self, duration_ms: float = 1000 * FRAME_SECONDS) -> bool:
        """Send silence: Moshi's time stands still while it hears nothing."""
        return await self.send_audio(np.zeros(int(duration_ms * SAMPLE_RATE / 1000), np.float32))

    async def _add(self, frame: Samples) -> bool:
        """Wait for a place among the frames that are to be sent, and say whether it was taken."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: len(self._frames) < _MOST_WAITING_FRAMES or not self.is_connected
            )
            if self.is_connected:
                self._frames.append(frame)
                self._changed.notify_all()
            return self.is_connected

    async def _run(self) -> None:
        """Do what the state asks for until it asks for nothing."""
        try:
            await self._change(AgentEvent.CONNECT_WANTED)
            while self.state is not AgentState.DISCONNECTED:
                if self.state is AgentState.RECONNECTING:
                    await self._wait(self._machine.wait_seconds)
                    self.stats.reconnect_count += 1
                    event = AgentEvent.WAIT_OVER
                else:
                    event = await self._converse()
                    _LOG.info("moshi: %s: %s", event.name.lower(), self.error)
                if event is not AgentEvent.WAIT_OVER:
                    self._first_try_over.set()
                await self._change(event)
        finally:
            # Cancelled, or a callback failed.
            await self._change(AgentEvent.DISCONNECT_WANTED)

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        self._hurry.clear()

    async def _converse(self) -> AgentEvent:
        """Connect and talk until that ends; return how it ended, with the reason in `error`."""
        try:
            codec, connection = OpusCodec(), await open_connection(self.config)
        except MoshiNotInstalled as error:
            self.error = error
            return AgentEvent.REFUSED
        except MoshiError as error:
            self.error = error
            return AgentEvent.FAILED
        try:
            await self._change(AgentEvent.OPENED)
            await connection.wait_for_turn(self.config.handshake_timeout)
            await self._begin()
            await self._stream(connection, codec)
        except MoshiError as error:
            self.error = error
        except _TooSlow:
            self.error = MoshiConnectionLost(
                f"Moshi answers later than {self.config.latency_threshold_ms:.0f} ms"
            )
            return AgentEvent.TOO_SLOW
        finally:
            await connection.close()
        return AgentEvent.FAILED

    async def _begin(self) -> None:
        self._latency = LatencyMonitor(self.config.latency_check_window)
        self._frames.clear()
        self._rest = self._rest[:0]
        self.error = None
        self.stats.session_start = _now()
        await self._change(AgentEvent.TURN_BEGAN)
        self._first_try_over.set()

    async def _stream(self, connection: MoshiConnection, codec: OpusCodec) -> None:
        """Send and receive until one of them, or the latency, ends it."""
        tasks = [
            asyncio.create_task(work)
            for work in (
                self._send(connection, codec),
                self._receive(connection, codec),
                self._watch(),
            )
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _send(self, connection: MoshiConnection, codec: OpusCodec) -> None:
        due = _now()
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._frames)
                frame = self._frames.popleft()
                self._changed.notify_all()
            # After a pause the clock begins anew.
            due = max(due, _now() - _LEAD_SECONDS)
            await asyncio.sleep(due - _now() - _LEAD_SECONDS)
            due += FRAME_SECONDS
            ogg = codec.encode(frame)
            if ogg:
                await connection.send_sound(ogg)
            now = _now()
            self._latency.sent(frame.size, now)
            self.stats.total_audio_sent += frame.size
            self.stats.last_audio_sent = now

    async def _receive(self, connection: MoshiConnection, codec: OpusCodec) -> None:
        while True:
            kind, payload = await connection.receive()
            match kind:
                case protocol.MessageKind.SOUND:
                    await self._hear(codec.decode(payload))
                case protocol.MessageKind.TEXT:
                    self.stats.total_text_tokens += 1
                    await _call(self.on_text_received, protocol.text_of(payload))
                case protocol.MessageKind.ERROR:
                    raise MoshiConnectionLost(f"Moshi's server says: {protocol.text_of(payload)}")

    async def _hear(self, samples: Samples) -> None:
        if not samples.size:
            return
        now = _now()
        self._latency.received(samples.size, now)
        self.stats.total_audio_received += samples.size
        self.stats.last_audio_received = now
        self.stats.current_latency_ms = self._latency.last_ms
        self.stats.avg_latency_ms = self._latency.mean_ms
        await _call(self.on_audio_received, samples)

    async def _watch(self) -> None:
        """End the conversation when it is too slow, twice in a row: this process may have slept."""
        exceeded = False
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            before = exceeded
            exceeded = self._latency.exceeds(self.config.latency_threshold_ms, _now())
            if exceeded and before:
                raise _TooSlow

    async def _change(self, event: AgentEvent) -> None:
        before = self.state
        after = self._machine.handle(event, _now())
        async with self._changed:
            self._changed.notify_all()
        if after is not before:
            await _call(self.on_state_change, after)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _call(callback: Callback | None, argument: object) -> None:
    if callback is not None:
        result = callback(argument)
        if inspect.isawaitable(result):
            await result
