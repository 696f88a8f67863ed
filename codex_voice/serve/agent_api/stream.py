"""One WebSocket: sound in, events out.

Binary messages of the client are sound in the format that it asked for; its text messages are JSON
objects with a `type`: "flush" ends the utterance now, "ping" is answered by "pong". Whatever the
server sends is a text message with one event; `openapi.py` lists them.
"""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from codex_voice.audio.events import CaptureEvent, LevelChanged, SpeechStarted, UtteranceEnded
from codex_voice.audio.segmenter import Segmenter
from codex_voice.audio.utterance import EndReason
from codex_voice.errors import CodexVoiceError
from codex_voice.pcm import Framer
from codex_voice.serve.agent_api.outbox import ClientTooSlow, Event, Outbox
from codex_voice.serve.agent_api.pcm_input import PcmStream
from codex_voice.serve.agent_api.voice import Voice

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

_LONGEST_PING = 100
_FRAMES_AT_ONCE = 50
"""One second of sound: the threads that look for speech serve all clients in turns."""


class MessageInvalid(CodexVoiceError):
    """A client's text message is not one of those that the server knows."""


class SpeechStream:
    """The sound of one client, cut into utterances.

    Args:
        voice: Recognises them.
        outbox: The client's events.
        pcm: Reads its sound.
        analysis: The threads that look for speech.
    """

    def __init__(self, voice: Voice, outbox: Outbox, pcm: PcmStream, analysis: Executor) -> None:
        self._voice = voice
        self._outbox = outbox
        self._pcm = pcm
        self._analysis = analysis
        self._framer = Framer()
        self._events: list[CaptureEvent] = []
        # A task that is cancelled leaves its work to go on in its thread, and closing must wait:
        # the voice activity detector is a native library.
        self._segmenting = threading.Lock()
        self._closed = False
        self._segmenter = Segmenter(
            voice.settings, self._events.append, voice.journal, on_over=lambda: None
        )
        self._segmenter.monitor(True)

    async def hear(self, sound: bytes) -> None:
        """Receive sound; returns when what was said in it is with the recogniser."""
        frames = self._framer.push(self._pcm.push(sound))
        for start in range(0, len(frames), _FRAMES_AT_ONCE):
            await self._analyse(frames[start : start + _FRAMES_AT_ONCE])

    async def flush(self) -> None:
        """End the utterance with the sound so far."""
        await self._analyse(self._framer.flush(), end=True)

    async def close(self) -> None:
        """Keep what was not ended in the history."""

        def run() -> None:
            with self._segmenting:
                self._closed = True
                self._segmenter.close()

        await asyncio.get_running_loop().run_in_executor(self._analysis, run)

    async def _analyse(self, frames: list[bytes], end: bool = False) -> None:
        def run() -> None:
            with self._segmenting:
                if self._closed:
                    return
                for frame in frames:
                    self._segmenter.hear(frame, deaf=False)
                if end:
                    self._segmenter.end(EndReason.FINISHED)

        await asyncio.get_running_loop().run_in_executor(self._analysis, run)
        events = self._events.copy()
        self._events.clear()
        for event in events:
            await self._follow(event)

    async def _follow(self, event: CaptureEvent) -> None:
        match event:
            case SpeechStarted():
                self._outbox.put({"type": "speech_started", "source": "stream"})
            case LevelChanged(dbfs):
                self._outbox.put({"type": "level", "source": "stream", "dbfs": round(dbfs, 1)})
            case UtteranceEnded(utterance):
                # Nobody's sound is read while there is no place for what was said in it.
                await self._voice.places.acquire()
                task = self._voice.submit(utterance, "stream", self._outbox.put)
                task.add_done_callback(lambda _task: self._voice.places.release())


async def serve_stream(
    websocket: WebSocket, voice: Voice, pcm: PcmStream, analysis: Executor
) -> None:
    """Serve a client, which was accepted, until it hangs up or reads too slowly."""
    outbox = Outbox()
    stream = SpeechStream(voice, outbox, pcm, analysis)
    voice.join(outbox)
    receiving = asyncio.create_task(_receive(websocket, stream, outbox))
    sending = asyncio.create_task(_send(websocket, outbox))
    try:
        await asyncio.wait((receiving, sending), return_when=asyncio.FIRST_COMPLETED)
    finally:
        voice.part(outbox)
        outbox.close()
        receiving.cancel()
        sending.cancel()
        results = await asyncio.gather(receiving, sending, return_exceptions=True)
        await stream.close()
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, (OSError, ClientTooSlow)):
            raise result


async def _receive(websocket: WebSocket, stream: SpeechStream, outbox: Outbox) -> None:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if message.get("bytes") is not None:
            await stream.hear(message["bytes"])
            continue
        try:
            await _obey(read_message(message["text"]), stream, outbox)
        except MessageInvalid as error:
            outbox.put(error_event("bad_request", str(error)))


async def _obey(message: dict[str, Any], stream: SpeechStream, outbox: Outbox) -> None:
    match message.get("type"):
        case "flush":
            await stream.flush()
        case "ping":
            outbox.put({"type": "pong", "text": str(message.get("text", ""))[:_LONGEST_PING]})
        case _:
            raise MessageInvalid('"type" must be "flush" or "ping"')


def read_message(text: str) -> dict[str, Any]:
    """Return the object of a text message.

    Raises:
        MessageInvalid: It is none.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise MessageInvalid("a text message must be a JSON object")
    return message


def error_event(code: str, message: str) -> Event:
    """Return the event of an error that one client is told."""
    return {"type": "error", "source": "stream", "code": code, "message": message}


async def _send(websocket: WebSocket, outbox: Outbox) -> None:
    while True:
        event = await outbox.get()
        await websocket.send_text(json.dumps(event, ensure_ascii=False))
