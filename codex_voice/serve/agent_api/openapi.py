"""The description of the API for programs: OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from codex_voice import __version__
from codex_voice.serve.agent_api.backend import ApiOffer
from codex_voice.serve.agent_api.json_schema import TEXT, Schema, record, reference
from codex_voice.serve.agent_api.pcm_input import HIGHEST_RATE, LOWEST_RATE, SampleFormat

_JSON = "application/json"


def document(offer: ApiOffer) -> dict[str, Any]:
    """Return the whole description of the API with a back end."""
    rate = {**_RATE, "default": offer.rate}
    changes = {
        f"/api/voice/{name}": {
            "post": {
                "operationId": name,
                "summary": summary,
                "responses": _responses("Status", *offer.change_errors.get(name, ())),
            }
        }
        for name, summary in offer.changes.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "codex-voice",
            "version": __version__,
            "description": offer.summary,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "security": [{"token": []}],
        "paths": {
            "/api/voice/status": {
                "get": {
                    "operationId": "status",
                    "summary": "Return the state",
                    "responses": _responses("Status"),
                }
            },
            **changes,
            "/api/voice/audio": {
                "post": {
                    "operationId": "audio",
                    "summary": offer.recording,
                    "requestBody": {
                        "required": True,
                        "content": {_JSON: {"schema": reference("Recording")}},
                    },
                    "responses": _responses("Answer", "400", "408", "409", "413", "503"),
                }
            },
            "/api/voice/stream": {
                "get": {
                    "operationId": "stream",
                    "summary": "Stream sound, and be told what becomes of it",
                    "description": offer.stream,
                    "parameters": [
                        _parameter("format", _FORMAT),
                        _parameter("rate", rate),
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
            "schemas": {
                "Status": offer.status,
                "Answer": offer.answer,
                "Recording": _recording(rate),
                "Error": record({"error": record({"code": TEXT, "message": TEXT})}),
                **offer.schemas,
            },
        },
    }


_FORMAT = {"type": "string", "enum": [*SampleFormat], "default": SampleFormat.INT16.value}
_RATE = {
    "type": "integer",
    "minimum": LOWEST_RATE,
    "maximum": HIGHEST_RATE,
}


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _recording(rate: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {
            "audio": {
                "type": "string",
                "contentEncoding": "base64",
                "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
                "description": "Raw samples of one channel, little-endian",
            },
            "format": _FORMAT,
            "rate": rate,
        },
        "required": ["audio"],
    }


_ERRORS = {
    "400": "The request is not as described here",
    "401": "The token is missing or wrong",
    "403": "The Host is no loopback name, or the Origin is foreign",
    "404": "This is no WebSocket",
    "408": "The body did not come in time",
    "409": "What this needs is not started",
    "413": "The body is too long",
    "503": "There is no answer, or too much waits",
}


def _responses(good: str, *errors: str) -> dict[str, Any]:
    return {
        "200": {"description": "Done", "content": {_JSON: {"schema": reference(good)}}},
        **_errors("401", "403", *errors),
    }


def _errors(*statuses: str) -> dict[str, Any]:
    return {
        status: {
            "description": _ERRORS[status],
            "content": {_JSON: {"schema": reference("Error")}},
        }
        for status in statuses
    }
