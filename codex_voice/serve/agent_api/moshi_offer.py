"""What the API does with Moshi behind it, for its description."""

from __future__ import annotations

from codex_voice.serve.agent_api import json_schema as schema
from codex_voice.serve.agent_api.backend import ApiOffer
from codex_voice.serve.moshi.agent_state import AgentState
from codex_voice.serve.moshi.configuration import SAMPLE_RATE
from codex_voice.serve.moshi.server_state import ServerStatus

OFFER = ApiOffer(
    summary="A spoken conversation with Moshi for programs of this machine.",
    changes={
        "start": "Start Moshi's server, if it is run here, and connect to it once it is ready",
        "stop": "Hang up, and end the server",
        "connect": "Connect to the server",
        "disconnect": "Hang up; the server runs on",
        "reconnect": "Hang up and connect again, which begins the conversation anew",
    },
    change_errors={"connect": ("409", "503"), "reconnect": ("409", "503")},
    recording="Let Moshi hear a recording, in real time; answered when all but the last ten "
    "seconds have been sent",
    stream="""A WebSocket.

Binary messages of the client are sound in `format` and `rate`, one channel, in pieces of any size
up to 1 MiB; Moshi hears it in real time, and its time stands still while it hears nothing. Binary
messages of the server are what Moshi says, in `format` at 24000 Hz, one channel, as it comes (40 or
80 ms a message). One client at a time is heard; what the others send is answered by the error
`busy`, and they hear Moshi too.

Text messages of the client are JSON objects: `{"type": "silence", "milliseconds": 80}` lets Moshi
hear silence, `{"type": "ping", "text": "..."}` is answered by `pong` with the same text. Those of
the server are events with a `type`: `status` (as GET /api/voice/status), `text` (`text`, a piece of
what Moshi says, with its blanks), `pong`, `error` (`code`, `message`).

Browsers, which cannot set headers here, offer the subprotocols `codex-voice` and `token.TOKEN`.""",
    status=schema.record(
        {
            "backend": {"const": "moshi"},
            "error": schema.nullable(schema.TEXT),
            "streams": {"type": "integer", "description": "Open WebSockets"},
            "server": schema.record(
                {
                    "status": {"enum": [*ServerStatus, "external"]},
                    "ws_url": schema.TEXT,
                    "restarts": schema.INTEGER,
                }
            ),
            "agent": schema.record(
                {
                    "state": {"enum": [*AgentState]},
                    "is_connected": schema.BOOLEAN,
                    "is_busy": {
                        "type": "boolean",
                        "description": "Whether another client has the server",
                    },
                    "stats": schema.record(
                        {
                            "total_audio_sent": schema.INTEGER,
                            "total_audio_received": schema.INTEGER,
                            "total_text_tokens": schema.INTEGER,
                            "reconnect_count": schema.INTEGER,
                            "current_latency_ms": schema.NUMBER,
                            "avg_latency_ms": schema.NUMBER,
                        }
                    ),
                }
            ),
            "recent_text": {"type": "array", "items": schema.TEXT},
        }
    ),
    answer=schema.record(
        {
            "samples": {"type": "integer", "description": "What Moshi hears, at 24000 Hz"},
            "seconds": schema.NUMBER,
        }
    ),
    schemas={},
    rate=SAMPLE_RATE,
)
