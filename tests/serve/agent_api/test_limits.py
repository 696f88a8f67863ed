"""The agent API stays within bounds, whatever its clients do."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codex_voice.serve.agent_api.outbox import MOST_WAITING, ClientTooSlow, Outbox
from tests.serve.agent_api.api_process import TOKEN, ApiProcess, next_event

if TYPE_CHECKING:
    import httpx
else:
    httpx = pytest.importorskip("httpx")
routes = pytest.importorskip(
    "codex_voice.serve.agent_api.routes",
    reason="codex-voice[serve] is not installed",
    exc_type=ModuleNotFoundError,
)


def test_so_many_streams_and_no_more(api: ApiProcess, client: httpx.Client) -> None:
    """The last one is refused, and has its turn when another has gone."""
    from websockets.exceptions import InvalidStatus

    with contextlib.ExitStack() as streams:
        first = streams.enter_context(api.stream())
        for _ in range(routes.MOST_STREAMS - 1):
            streams.enter_context(api.stream())
        with pytest.raises(InvalidStatus) as refused, api.stream():
            pass
        assert refused.value.response.status_code == 503
        assert client.get("/api/voice/status").json()["streams"] == routes.MOST_STREAMS
        first.close()
        streams.enter_context(api.stream())


def test_a_client_that_does_not_read_holds_up_nobody(api: ApiProcess) -> None:
    """It is hung up on, and nothing is kept for it for ever."""
    from websockets.exceptions import ConnectionClosed

    with api.stream(max_queue=1) as slow, api.stream() as other:
        ping = json.dumps({"type": "ping", "text": "x" * 100})
        # Nobody takes what comes: when all buffers on the way are full, the server gives up.
        with pytest.raises(ConnectionClosed):
            while True:
                slow.send(ping)
        other.send(ping)
        assert next_event(other, "pong")["type"] == "pong"


async def test_levels_are_left_out_for_a_client_that_is_behind() -> None:
    """Transcripts are not; and one that is far behind is given up."""
    outbox = Outbox()
    level = {"type": "level"}
    while outbox.put(level):
        pass
    assert outbox.put({"type": "transcript"})
    assert await outbox.get() == level
    kept = 0
    while outbox.put({"type": "transcript"}):
        kept += 1
    assert kept <= MOST_WAITING
    with pytest.raises(ClientTooSlow):
        await outbox.get()
    assert not outbox.put({"type": "transcript"})


def test_a_request_that_never_ends_holds_up_nobody(api: ApiProcess, client: httpx.Client) -> None:
    """Eight at most may be on their way; the others are answered."""
    head = (
        f"POST /api/voice/audio HTTP/1.1\r\nHost: {api.host}\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Length: 1000\r\n\r\n{{"
    ).encode()
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            raw = stack.enter_context(socket.create_connection(_address_of(api)))
            raw.sendall(head)
        answer = client.post("/api/voice/audio", content=b"{}")
        while answer.status_code == 400:
            # The server had not yet looked at all of them.
            answer = client.post("/api/voice/audio", content=b"{}")
        assert answer.status_code == 503
        assert client.get("/api/voice/status").status_code == 200


def _address_of(api: ApiProcess) -> tuple[str, int]:
    """Return the address of a server for sockets."""
    host, _, port = api.host.rpartition(":")
    return host, int(port)


@pytest.mark.timeout(600)
def test_it_does_what_its_description_says(api: ApiProcess, tmp_path: Path) -> None:
    """Schemathesis finds no answer that openapi.json does not promise."""
    pytest.importorskip("schemathesis")
    done = subprocess.run(
        [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
            *("run", f"{api.url}/openapi.json", "-H", f"Authorization: Bearer {TOKEN}"),
            *("--max-examples", "15", "--seed", "1", "--exclude-operation-id", "stream"),
            *("--generation-database", "none", "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
