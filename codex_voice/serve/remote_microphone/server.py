"""`codex-voice mic --serve` and `--to`: this machine's microphone, for another machine.

The microphone is open only while somebody listens. Every listener gets the same frames, each with
its time; one that is too slow loses frames, and can tell so by their times.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from codex_voice import __version__
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.errors import AudioError, CodexVoiceError
from codex_voice.pcm import FRAME_MS, SAMPLE_BYTES, SAMPLE_RATE
from codex_voice.serve.access import is_token
from codex_voice.serve.microphone_opening import open_microphone
from codex_voice.text_cleaning import clean_line
from codex_voice.wyoming_events import Event, EventDecoder, WyomingError, encode

_LOG = logging.getLogger(__name__)

_HELLO_SECONDS = 5.0
_HANG_UP_SECONDS = 1.0
MOST_LISTENERS = 8
# A listener that is two seconds behind loses the oldest frames.
_MOST_WAITING_FRAMES = 100
_CHECK_SECONDS = 0.5
_FORMAT = {"rate": SAMPLE_RATE, "width": SAMPLE_BYTES, "channels": 1}


class CallRefused(CodexVoiceError):
    """Who waits for a microphone does not want this one."""


class Peer(Protocol):
    """The other end of a connection."""

    async def receive(self) -> bytes:
        """Return what came; nothing at the end."""

    async def send(self, data: bytes) -> None:
        """Send one event.

        Raises:
            OSError: The connection broke.
        """


class MicrophoneServer:
    """Serves one microphone to several listeners.

    Args:
        make_source: Finds the microphone; called on a thread, anew for each opening.
        token: What a listener must say first; "" where anybody may listen.
    """

    def __init__(self, make_source: Callable[[], FrameSource], token: str) -> None:
        self._make_source = make_source
        self._token = token
        self._listeners: set[_Listener] = set()
        self._source: FrameSource | None = None
        self._lock = asyncio.Lock()
        self._peers = 0

    @property
    def listening(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    async def serve(self, peer: Peer) -> None:
        """Talk to a peer until it hangs up, or is refused."""
        if self._peers >= MOST_LISTENERS:
            await _refuse(peer, "too many listeners", "busy")
            return
        self._peers += 1
        try:
            await self._serve(peer, _HELLO_SECONDS)
        except (OSError, WyomingError) as error:
            _LOG.info("a listener is gone: %s", error)
        finally:
            self._peers -= 1

    async def call(self, peer: Peer) -> bool:
        """Offer the microphone to a peer that waits for one; it is opened when the peer listens.

        Returns:
            Whether it listened before it hung up.

        Raises:
            CallRefused: The token is wrong.
            OSError: The connection broke.
            WyomingError: The peer speaks another protocol.
        """
        await peer.send(encode(Event("hello", {"token": self._token})))
        return await self._serve(peer, None)

    async def _serve(self, peer: Peer, hello_seconds: float | None) -> bool:
        events = _events(peer)
        try:
            async with asyncio.timeout(hello_seconds):
                first = await anext(events, None)
        except TimeoutError:
            first = None
        if first is None:
            return False
        if first.type == "error":
            raise CallRefused(f"the other side says: {clean_line(first.text('text'))}")
        said = first.text("token") if first.type == "hello" else ""
        if self._token and not is_token(said, self._token):
            await _refuse(peer, "the token is wrong", "unauthorized")
            return False
        listener = _Listener(peer)
        try:
            await self._open_for(listener)
        except AudioError as error:
            await _refuse(peer, str(error), "microphone")
            return False
        try:
            await self._answer(listener, first, events)
        finally:
            await self._close_for(listener)
        return True

    async def _answer(
        self, listener: _Listener, first: Event, events: AsyncIterator[Event]
    ) -> None:
        """Send sound while requests are answered; ends with whichever ends first."""
        requests = asyncio.create_task(self._answer_requests(listener, first, events))
        sending = asyncio.create_task(listener.send_sound(self._still_open))
        try:
            done, _ = await asyncio.wait((requests, sending), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (requests, sending):
                task.cancel()
            await asyncio.gather(requests, sending, return_exceptions=True)

    async def _answer_requests(
        self, listener: _Listener, first: Event, events: AsyncIterator[Event]
    ) -> None:
        event: Event | None = first
        while event is not None:
            if event.type == "describe":
                await listener.send(Event("info", {"mic": [self._description()]}))
            elif event.type == "ping":
                await listener.send(Event("pong", {"text": event.text("text")[:100]}))
            event = await anext(events, None)

    def _description(self) -> dict[str, object]:
        name = self._source.name if self._source is not None else "microphone"
        return {
            "name": "codex-voice",
            "description": name,
            "attribution": {"name": "codex-voice", "url": ""},
            "installed": True,
            "version": __version__,
            "mic_format": _FORMAT,
        }

    def _still_open(self) -> bool:
        return self._source is not None and self._source.active

    async def _open_for(self, listener: _Listener) -> None:
        async with self._lock:
            if self._source is None or not self._source.active:
                self._source = await open_microphone(self._make_source, self._distribute)
                _LOG.info("the microphone is open")
            self._listeners.add(listener)

    async def _close_for(self, listener: _Listener) -> None:
        async with self._lock:
            self._listeners.discard(listener)
            if not self._listeners and self._source is not None:
                source, self._source = self._source, None
                closing = asyncio.ensure_future(asyncio.to_thread(source.close))
                try:
                    await asyncio.shield(closing)
                except asyncio.CancelledError:
                    # The end came meanwhile, and must not leave it open.
                    await closing
                    raise
                _LOG.info("the microphone is closed")

    def _distribute(self, frame: bytes) -> None:
        for listener in self._listeners:
            listener.hear(frame)


class _Listener:
    """Somebody who listens, and what still has to be sent to him."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._frames: deque[tuple[int, bytes]] = deque(maxlen=_MOST_WAITING_FRAMES)
        self._count = 0
        self._arrived = asyncio.Event()
        self._sending = asyncio.Lock()

    def hear(self, frame: bytes) -> None:
        self._frames.append((self._count * FRAME_MS, frame))
        self._count += 1
        self._arrived.set()

    async def send(self, event: Event) -> None:
        async with self._sending:
            await self._peer.send(encode(event))

    async def send_sound(self, still_open: Callable[[], bool]) -> None:
        """Send frames as they come, until the microphone goes away."""
        await self.send(Event("audio-start", {**_FORMAT, "timestamp": 0}))
        while True:
            try:
                async with asyncio.timeout(_CHECK_SECONDS):
                    await self._arrived.wait()
            except TimeoutError:
                if not still_open():
                    await _refuse(self._peer, "the microphone went away", "microphone")
                    return
            self._arrived.clear()
            while self._frames:
                timestamp, frame = self._frames.popleft()
                await self.send(Event("audio-chunk", {**_FORMAT, "timestamp": timestamp}, frame))


async def _events(peer: Peer) -> AsyncIterator[Event]:
    decoder = EventDecoder()
    while data := await peer.receive():
        for event in decoder.feed(data):
            yield event


async def _refuse(peer: Peer, text: str, code: str) -> None:
    """Send the reason, and let the peer hang up: what it still sends would reset the connection."""
    with contextlib.suppress(OSError, TimeoutError):
        await peer.send(encode(Event("error", {"text": text, "code": code})))
        async with asyncio.timeout(_HANG_UP_SECONDS):
            while await peer.receive():
                pass
