"""The description of the API for programs: OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from codex_voice import __version__
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.serve.agent_api.pcm_input import HIGHEST_RATE, LOWEST_RATE, SampleFormat
from codex_voice.serve.agent_api.voice import MicrophoneState, RecognizerState

_JSON = "application/json"

_STREAM = """A WebSocket.

Binary messages of the client are sound in `format` and `rate`, one channel, in pieces of any size
up to 1 MiB. Utterances end by silence. Text messages are JSON objects: `{"type": "flush"}` ends the
utterance now, `{"type": "ping", "text": "..."}` is answered by `pong` with the same text.

The server sends text messages, one event each, with a `type`: `status` (as GET /api/voice/status),
`speech_started`, `level` (`dbfs`), `transcript` (as POST /api/voice/audio, and `latency_seconds`
since the end of the utterance), `no_words`, `pong`, `error` (`code`, `message`). `source` is
"stream" for what this client sent, "microphone" for this machine's microphone.

Browsers, which cannot set headers here, offer the subprotocols `codex-voice` and `token.TOKEN`."""

_CHANGES = {
    "start": "Load the recogniser, unless it is loaded",
    "stop": "Disconnect the microphone and free the recogniser",
    "connect": "Listen to this machine's microphone, hands-free; streams are told what it hears",
    "disconnect": "Close this machine's microphone",
    "reconnect": "Close this machine's microphone and open it again",
}
_NEED_RECOGNIZER = ("connect", "reconnect")


def document() -> dict[str, Any]:
    """Return the whole description."""
    changes = {
        f"/api/voice/{name}": {
            "post": {
                "operationId": name,
                "summary": summary,
                "responses": _responses("Status", *(["409"] if name in _NEED_RECOGNIZER else [])),
            }
        }
        for name, summary in _CHANGES.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "codex-voice",
            "version": __version__,
            "description": "Speech recognition and a microphone for programs of this machine.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "security": [{"token": []}],
        "paths": {
            "/api/voice/status": {
                "get": {
                    "operationId": "status",
                    "summary": "Return the state of the recogniser and the microphone",
                    "responses": _responses("Status"),
                }
            },
            **changes,
            "/api/voice/audio": {
                "post": {
                    "operationId": "audio",
                    "summary": "Recognise a recording",
                    "requestBody": {
                        "required": True,
                        "content": {_JSON: {"schema": _reference("Recording")}},
                    },
                    "responses": _responses("Answer", "400", "408", "409", "413", "503"),
                }
            },
            "/api/voice/stream": {
                "get": {
                    "operationId": "stream",
                    "summary": "Stream sound, and be told what is said in it",
                    "description": _STREAM,
                    "parameters": [
                        _parameter("format", _FORMAT),
                        _parameter("rate", _RATE),
                    ],
                    "responses": {
                        "101": {"description": "The WebSocket is open"},
                        **_errors("400", "401", "403", "404", "503"),
                    },
                }
            },
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _SCHEMAS,
        },
    }


_FORMAT = {"type": "string", "enum": [*SampleFormat], "default": SampleFormat.INT16.value}
_RATE = {
    "type": "integer",
    "minimum": LOWEST_RATE,
    "maximum": HIGHEST_RATE,
    "default": SAMPLE_RATE,
}
_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties]}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


_SCHEMAS: dict[str, Any] = {
    "Status": _object(
        {
            "backend": {"const": "whisper"},
            "state": {"enum": [*RecognizerState]},
            "error": _nullable(_TEXT),
            "model": _TEXT,
            "pending": {"type": "integer", "description": "Recordings that wait"},
            "streams": {"type": "integer", "description": "Open WebSockets"},
            "microphone": _object(
                {
                    "state": {"enum": [*MicrophoneState]},
                    "name": _TEXT,
                    "error": _nullable(_TEXT),
                }
            ),
        }
    ),
    "Recording": {
        "type": "object",
        "properties": {
            "audio": {
                "type": "string",
                "contentEncoding": "base64",
                "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
                "description": "Raw samples of one channel, little-endian",
            },
            "format": _FORMAT,
            "rate": _RATE,
        },
        "required": ["audio"],
    },
    "Transcript": _object(
        {
            "text": {**_TEXT, "description": "As it is written; empty for a command"},
            "command": _nullable({**_TEXT, "description": "The spoken command that it is"}),
            "send": {"type": "boolean", "description": "Whether a last sentence said to send it"},
            "heard": {**_TEXT, "description": "As it was recognised"},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "language": _TEXT,
            "model": _TEXT,
            "started_at": {"type": "number", "description": "Seconds since the epoch"},
            "audio_seconds": _NUMBER,
            "seconds": {"type": "number", "description": "What recognising took"},
        }
    ),
    "Answer": _object(
        {
            "transcript": {
                "description": "Null where no words were said",
                "anyOf": [_reference("Transcript"), {"type": "null"}],
            }
        }
    ),
    "Error": _object({"error": _object({"code": _TEXT, "message": _TEXT})}),
}

_ERRORS = {
    "400": "The request is not as described here",
    "401": "The token is missing or wrong",
    "403": "The Host is no loopback name, or the Origin is foreign",
    "404": "This is no WebSocket",
    "408": "The body did not come in time",
    "409": "The recogniser is stopped",
    "413": "The body is too long",
    "503": "The recogniser has no answer, or too much waits",
}


def _responses(good: str, *errors: str) -> dict[str, Any]:
    return {
        "200": {"description": "Done", "content": {_JSON: {"schema": _reference(good)}}},
        **_errors("401", "403", *errors),
    }


def _errors(*statuses: str) -> dict[str, Any]:
    return {
        status: {
            "description": _ERRORS[status],
            "content": {_JSON: {"schema": _reference("Error")}},
        }
        for status in statuses
    }
