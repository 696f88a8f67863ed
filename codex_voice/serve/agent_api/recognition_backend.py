"""The API with our recogniser behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from codex_voice.pcm import SAMPLE_RATE
from codex_voice.serve.agent_api import json_schema as schema
from codex_voice.serve.agent_api.backend import ApiOffer
from codex_voice.serve.agent_api.pcm_input import PcmFormat, PcmStream
from codex_voice.serve.agent_api.stream import serve_stream
from codex_voice.serve.agent_api.voice import MicrophoneState, RecognizerState, Voice

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

OFFER = ApiOffer(
    summary="Speech recognition and a microphone for programs of this machine.",
    changes={
        "start": "Load the recogniser, unless it is loaded",
        "stop": "Disconnect the microphone and free the recogniser",
        "connect": "Listen to this machine's microphone, hands-free; streams are told what it "
        "hears",
        "disconnect": "Close this machine's microphone",
        "reconnect": "Close this machine's microphone and open it again",
    },
    change_errors={"connect": ("409",), "reconnect": ("409",)},
    recording="Recognise a recording",
    stream="""A WebSocket.

Binary messages of the client are sound in `format` and `rate`, one channel, in pieces of any size
up to 1 MiB. Utterances end by silence. Text messages are JSON objects: `{"type": "flush"}` ends the
utterance now, `{"type": "ping", "text": "..."}` is answered by `pong` with the same text.

The server sends text messages, one event each, with a `type`: `status` (as GET /api/voice/status),
`speech_started`, `level` (`dbfs`), `transcript` (as POST /api/voice/audio, and `latency_seconds`
since the end of the utterance), `no_words`, `pong`, `error` (`code`, `message`). `source` is
"stream" for what this client sent, "microphone" for this machine's microphone.

Browsers, which cannot set headers here, offer the subprotocols `codex-voice` and `token.TOKEN`.""",
    status=schema.record(
        {
            "backend": {"const": "whisper"},
            "state": {"enum": [*RecognizerState]},
            "error": schema.nullable(schema.TEXT),
            "model": schema.TEXT,
            "pending": {"type": "integer", "description": "Recordings that wait"},
            "streams": {"type": "integer", "description": "Open WebSockets"},
            "microphone": schema.record(
                {
                    "state": {"enum": [*MicrophoneState]},
                    "name": schema.TEXT,
                    "error": schema.nullable(schema.TEXT),
                }
            ),
        }
    ),
    answer=schema.record(
        {
            "transcript": {
                "description": "Null where no words were said",
                "anyOf": [schema.reference("Transcript"), {"type": "null"}],
            }
        }
    ),
    schemas={
        "Transcript": schema.record(
            {
                "text": {**schema.TEXT, "description": "As it is written; empty for a command"},
                "command": schema.nullable(
                    {**schema.TEXT, "description": "The spoken command that it is"}
                ),
                "send": {
                    "type": "boolean",
                    "description": "Whether a last sentence said to send it",
                },
                "heard": {**schema.TEXT, "description": "As it was recognised"},
                "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                "language": schema.TEXT,
                "model": schema.TEXT,
                "started_at": {"type": "number", "description": "Seconds since the epoch"},
                "audio_seconds": schema.NUMBER,
                "seconds": {"type": "number", "description": "What recognising took"},
            }
        )
    },
    rate=SAMPLE_RATE,
)


class RecognitionBackend:
    """Speech recognition, and the microphone of this machine.

    Args:
        voice: The recogniser and the microphone.
        analysis: The threads that look for speech in streams.
    """

    def __init__(self, voice: Voice, analysis: Executor) -> None:
        self._voice = voice
        self._analysis = analysis
        self.offer = OFFER
        self.status = voice.status
        self.start = voice.start
        self.stop = voice.stop
        self.connect = voice.connect
        self.disconnect = voice.disconnect
        self.reconnect = voice.reconnect
        self.close = voice.close

    async def answer_recording(self, form: PcmFormat, sound: bytes) -> dict[str, Any]:
        """Recognise a recording.

        Raises:
            CodexVoiceError: The recogniser is stopped, has too much to do, or has no answer.
        """
        heard = await self._voice.transcribe(await asyncio.to_thread(form.decode, sound))
        return {"transcript": None if heard is None else heard.as_object()}

    def open_stream(self, form: PcmFormat) -> Callable[[WebSocket], Awaitable[None]]:
        """Return what serves a WebSocket.

        Raises:
            AudioError: That rate needs soxr, which is not installed.
        """
        pcm = PcmStream(form)
        return lambda websocket: serve_stream(websocket, self._voice, pcm, self._analysis)
