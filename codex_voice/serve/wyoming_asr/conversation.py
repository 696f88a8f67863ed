"""What a Wyoming client may say, and what it is answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from codex_voice import __version__
from codex_voice.errors import SpeechError
from codex_voice.serve.remote_microphone.server import Peer
from codex_voice.serve.transcriber import Transcriber
from codex_voice.serve.wyoming_asr.sent_sound import SentSound, SoundRefused
from codex_voice.wyoming_events import Event, EventDecoder, WyomingError, encode

_LOG = logging.getLogger(__name__)

MOST_CLIENTS = 32
# A client that says nothing holds one of the places.
_IDLE_SECONDS = 300.0
_ATTRIBUTION = {"name": "codex-voice", "url": ""}
_LONGEST_TEXT = 100


@dataclass(frozen=True)
class OfferedModel:
    """What `describe` is answered with.

    Args:
        name: The model's name.
        languages: Codes of the languages it knows.
    """

    name: str
    languages: tuple[str, ...]

    def as_info(self) -> Mapping[str, Any]:
        """Return the data of an `info` event."""
        common = {"attribution": _ATTRIBUTION, "installed": True, "version": __version__}
        model = {
            **common,
            "name": self.name,
            "description": f"Whisper {self.name}",
            "languages": list(self.languages),
        }
        program = {
            **common,
            "name": "codex-voice",
            "description": "Speech recognition of codex-voice",
            "models": [model],
            "supports_transcript_streaming": False,
        }
        return {"asr": [program]}


class SpeechServer:
    """Recognises what clients send, one after the other.

    Args:
        transcriber: The recogniser.
        offered: Returns what it offers now.
    """

    def __init__(self, transcriber: Transcriber, offered: Callable[[], OfferedModel]) -> None:
        self._transcriber = transcriber
        self._offered = offered
        self._clients = 0

    async def serve(self, peer: Peer) -> None:
        """Talk to a client until it hangs up."""
        if self._clients >= MOST_CLIENTS:
            await _report_error(peer, "too many clients", "busy")
            return
        self._clients += 1
        try:
            await self._converse(peer)
        except (OSError, TimeoutError) as error:
            _LOG.info("a client is gone: %s", error)
        except WyomingError as error:
            await _report_error(peer, error.message, "bad-event")
        finally:
            self._clients -= 1

    async def _converse(self, peer: Peer) -> None:
        decoder = EventDecoder()
        recording = _ClientRecording()
        while True:
            async with asyncio.timeout(_IDLE_SECONDS):
                data = await peer.receive()
            if not data:
                return
            for event in decoder.feed(data):
                await self._answer(event, recording, peer)

    async def _answer(self, event: Event, recording: _ClientRecording, peer: Peer) -> None:
        match event.type:
            case "describe":
                await _send(peer, Event("info", self._offered().as_info()))
            case "ping":
                await _send(peer, Event("pong", {"text": event.text("text")[:_LONGEST_TEXT]}))
            case "transcribe":
                recording.language = _primary(event.text("language"))
            case "audio-start":
                recording.begin()
            case "audio-chunk":
                try:
                    recording.add(event)
                except SoundRefused as refused:
                    await _report_error(peer, refused.message, "bad-audio")
            case "audio-stop":
                await self._transcribe(recording, peer)
            case _:
                pass

    async def _transcribe(self, recording: _ClientRecording, peer: Peer) -> None:
        sound, language = recording.end()
        if sound is None:
            # Its client knows already.
            return
        try:
            pcm = await asyncio.to_thread(sound.as_pcm)
            transcript = await asyncio.wrap_future(self._transcriber.submit(pcm, language))
        except SpeechError as error:
            await _report_error(peer, str(error), "recognition")
            return
        fields = {"text": transcript.text}
        if transcript.language:
            fields["language"] = transcript.language
        await _send(peer, Event("transcript", fields))


class _ClientRecording:
    """What one client is sending; after a refusal the rest of it is dropped."""

    def __init__(self) -> None:
        self.language = ""
        self._sound: SentSound | None = SentSound()

    def begin(self) -> None:
        self._sound = SentSound()

    def add(self, chunk: Event) -> None:
        if self._sound is None:
            return
        try:
            self._sound.add(chunk)
        except SoundRefused:
            self._sound = None
            raise

    def end(self) -> tuple[SentSound | None, str]:
        """Return the sound, None where it was refused, and its language."""
        sound, language = self._sound, self.language
        self._sound, self.language = SentSound(), ""
        return sound, language


def _primary(language: str) -> str:
    """Return the code of a language tag such as "en-GB"."""
    return language.partition("-")[0].partition("_")[0].lower()


async def _send(peer: Peer, event: Event) -> None:
    await peer.send(encode(event))


async def _report_error(peer: Peer, text: str, code: str) -> None:
    try:
        await _send(peer, Event("error", {"text": text, "code": code}))
    except OSError as error:
        _LOG.info("a client is gone: %s", error)
