"""The API with a conversation with Moshi behind it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from codex_voice.serve.agent_api.moshi_offer import OFFER
from codex_voice.serve.agent_api.outbox import ClientTooSlow, Event, Outbox
from codex_voice.serve.agent_api.pcm_input import PcmFormat, SampleFormat
from codex_voice.serve.agent_api.server import ListeningAddress, run_backend
from codex_voice.serve.agent_api.stream import MessageInvalid, error_event, read_message
from codex_voice.serve.agent_api.voice import NotStarted, ServiceBusy
from codex_voice.serve.moshi import opus
from codex_voice.serve.moshi.api import Happening, MoshiAgentAPI
from codex_voice.serve.moshi.configuration import SAMPLE_RATE
from codex_voice.serve.moshi.microphone import RateChange
from codex_voice.serve.moshi.opus import Samples

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

_LONGEST_PING = 100
_LONGEST_SILENCE_MS = 10_000
_PIECE_SAMPLES = SAMPLE_RATE
"""A second: what is sent at a time, so that a client which hangs up is noticed."""


class SpokenInput:
    """Sound of one client, in its own format, on its way to Moshi.

    Raises:
        MoshiNotInstalled: Its rate needs soxr, which is not there.
    """

    def __init__(self, form: PcmFormat) -> None:
        self._format = form
        self._rest = b""
        self._rate_change = RateChange(form.rate) if form.rate != SAMPLE_RATE else None

    def push(self, sound: bytes) -> Samples:
        """Return what is known of the sound so far, at 24 kHz; half a sample waits."""
        sound = self._rest + sound
        whole = len(sound) - len(sound) % self._format.sample_bytes
        self._rest = sound[whole:]
        samples = np.nan_to_num(self._format.samples(sound[:whole]), posinf=1.0, neginf=-1.0)
        samples = samples.clip(-1, 1)
        return samples if self._rate_change is None else self._rate_change.push(samples)


class MoshiBackend:
    """A conversation that the API's clients share: all hear it, and one at a time is heard.

    Args:
        api: The server and the client.
        log: Told, in one line, of trouble.
    """

    def __init__(self, api: MoshiAgentAPI, log: Callable[[str], None]) -> None:
        self._api = api
        self._log = log
        self._logged = ""
        self._streams: set[_Stream] = set()
        self._speaker: object | None = None
        self._stop_following = api.follow(self._follow)
        self.offer = OFFER

    def status(self) -> dict[str, Any]:
        """Return the states of server and client as an object for JSON."""
        return {"backend": "moshi", **self._api.get_status(), "streams": len(self._streams)}

    async def start(self) -> None:
        """Begin to start the server, and connect to it once it is ready."""
        await self._api.start_all(wait_ready=False)

    async def stop(self) -> None:
        """Hang up, and end the server: up to ten seconds."""
        await self._api.stop_all()

    async def connect(self) -> None:
        """Connect.

        Raises:
            NotStarted: The server, which is run here, is not ready.
            MoshiError: The first attempt failed.
        """
        self._check_server()
        self._check(await self._api.connect())

    async def disconnect(self) -> None:
        """Hang up; the server runs on."""
        await self._api.disconnect()

    async def reconnect(self) -> None:
        """Begin the conversation anew.

        Raises:
            NotStarted: The server, which is run here, is not ready.
            MoshiError: The first attempt failed.
        """
        self._check_server()
        self._check(await self._api.reconnect())

    async def close(self) -> None:
        """End everything."""
        self._stop_following()
        await self._api.stop_all()

    async def answer_recording(self, form: PcmFormat, sound: bytes) -> dict[str, Any]:
        """Let Moshi hear a recording.

        Raises:
            NotStarted: There is no conversation, or it ended meanwhile.
            ServiceBusy: Somebody else talks.
            MoshiNotInstalled: Its rate needs soxr, which is not there.
        """
        samples = await asyncio.to_thread(SpokenInput(form).push, sound)
        speaker = object()
        with self.speaking(speaker):
            await self.say(speaker, samples)
        return {"samples": int(samples.size), "seconds": round(samples.size / SAMPLE_RATE, 3)}

    def open_stream(self, form: PcmFormat) -> Callable[[WebSocket], Awaitable[None]]:
        """Return what serves a WebSocket.

        Raises:
            MoshiNotInstalled: That rate needs soxr, which is not there.
        """
        spoken = SpokenInput(form)
        return lambda websocket: self._serve(websocket, _Stream(self, spoken, form))

    @contextlib.contextmanager
    def speaking(self, speaker: object) -> Iterator[None]:
        """Let nobody else speak after `say` until the block ends."""
        try:
            yield
        finally:
            if self._speaker is speaker:
                self._speaker = None

    async def say(self, speaker: object, samples: Samples) -> None:
        """Let Moshi hear something; returns when at most ten seconds are still to be sent.

        Raises:
            NotStarted: There is no conversation, or it ended meanwhile.
            ServiceBusy: Somebody else talks.
        """
        if self._speaker not in (None, speaker):
            raise ServiceBusy("another client talks to Moshi", "try again")
        self._speaker = speaker
        for start in range(0, samples.size, _PIECE_SAMPLES):
            if not await self._api.agent.send_audio(samples[start : start + _PIECE_SAMPLES]):
                self._speaker = None
                raise NotStarted("Moshi is not connected", "POST /api/voice/connect")

    def _check_server(self) -> None:
        manager = self._api.server_manager
        if manager is not None and not manager.is_ready:
            raise NotStarted(
                f"Moshi's server is {manager.status.value.replace('_', ' ')}",
                "POST /api/voice/start",
            )

    def _check(self, connected: bool) -> None:
        error = self._api.error
        if not connected and error is not None:
            raise error

    async def _serve(self, websocket: WebSocket, stream: _Stream) -> None:
        self._streams.add(stream)
        stream.outbox.put({"type": "status", **self.status()})
        tasks = [
            asyncio.create_task(work)
            for work in (stream.receive(websocket), stream.send(websocket))
        ]
        try:
            with self.speaking(stream):
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._streams.discard(stream)
            stream.outbox.close()
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, (OSError, ClientTooSlow)):
                raise result

    def _follow(self, happening: Happening, content: Any) -> None:
        if happening is Happening.STATUS:
            error = "" if self._api.error is None else str(self._api.error)
            if error and error != self._logged:
                self._log(error)
            self._logged = error
        for stream in tuple(self._streams):
            match happening:
                case Happening.SOUND:
                    stream.hear(content)
                case Happening.TEXT:
                    stream.outbox.put({"type": "text", "text": content})
                case Happening.STATUS:
                    stream.outbox.put({"type": "status", **self.status()})


class _Stream:
    """One WebSocket."""

    def __init__(self, backend: MoshiBackend, spoken: SpokenInput, form: PcmFormat) -> None:
        self.outbox = Outbox()
        self._backend = backend
        self._spoken = spoken
        self._format = form
        self._refused = False

    def hear(self, samples: Samples) -> None:
        """Pass on what Moshi says."""
        if self._format.sample is SampleFormat.INT16:
            sound = (samples * 32767).round().clip(-32768, 32767).astype("<i2").tobytes()
        else:
            sound = samples.astype("<f4").tobytes()
        self.outbox.put({"type": "sound", "sound": sound})

    async def receive(self, websocket: WebSocket) -> None:
        """Take what the client sends, until it hangs up."""
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if message.get("bytes") is not None:
                await self._say(self._spoken.push(message["bytes"]))
                continue
            try:
                await self._obey(read_message(message["text"]))
            except MessageInvalid as error:
                self.outbox.put(error_event("bad_request", str(error)))

    async def send(self, websocket: WebSocket) -> None:
        """Send events and sound for ever."""
        while True:
            event: Event = await self.outbox.get()
            if event["type"] == "sound":
                await websocket.send_bytes(event["sound"])
            else:
                await websocket.send_text(json.dumps(event, ensure_ascii=False))

    async def _say(self, samples: Samples) -> None:
        """Say it, or say once why that cannot be."""
        try:
            await self._backend.say(self, samples)
            self._refused = False
        except (ServiceBusy, NotStarted) as error:
            if not self._refused:
                code = "busy" if isinstance(error, ServiceBusy) else "not_started"
                self.outbox.put(error_event(code, str(error)))
            self._refused = True

    async def _obey(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "ping"}:
                text = str(message.get("text", ""))[:_LONGEST_PING]
                self.outbox.put({"type": "pong", "text": text})
            case {"type": "silence", "milliseconds": int(milliseconds)} if (
                0 < milliseconds <= _LONGEST_SILENCE_MS
            ):
                await self._say(np.zeros(milliseconds * SAMPLE_RATE // 1000, np.float32))
            case _:
                raise MessageInvalid(
                    '"type" must be "ping", or "silence" with "milliseconds", a whole number up '
                    f"to {_LONGEST_SILENCE_MS}"
                )


def serve(
    make_api: Callable[[], MoshiAgentAPI], address: ListeningAddress, report: Callable[[str], None]
) -> None:
    """Serve a conversation until SIGTERM or SIGINT.

    Args:
        make_api: Makes it, on the event loop.
        address: Where clients connect.
        report: Reports the address, the token and trouble.

    Raises:
        MoshiNotInstalled: The codec is not there.
        ConfigError: The address or the token cannot be used.
    """
    opus.load()
    run_backend(lambda: MoshiBackend(make_api(), report), address, report)
