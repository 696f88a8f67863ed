"""The command `serve` in a process of its own, and its clients."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codex_voice.practice.recordings import model_path

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

TOKEN = "a.token-of_tests~"
CLIPS = Path(__file__).resolve().parents[2] / "data/clips"
PATIENCE_SECONDS = 60
_HEADER_BYTES = 44


@dataclass
class ApiProcess:
    """A server that runs.

    Args:
        process: The command.
        url: Where it is.
    """

    process: subprocess.Popen[str]
    url: str

    @property
    def host(self) -> str:
        """Its address and port."""
        return self.url.removeprefix("http://")

    def stream(self, query: str = "", **options: Any) -> ClientConnection:
        """Open a WebSocket; a context."""
        from websockets.sync.client import connect

        options.setdefault("additional_headers", {"Authorization": f"Bearer {TOKEN}"})
        url = f"ws://{self.host}/api/voice/stream{query}"
        stream: ClientConnection = connect(
            url, compression=None, open_timeout=PATIENCE_SECONDS, **options
        )
        return stream


@contextmanager
def serving(environment: Mapping[str, str], directory: Path, *options: str) -> Iterator[ApiProcess]:
    """Run the command until the block ends."""
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "codex_voice", "serve", "--port", "0"),
            *("--model", str(model_path()), *options),
        ],
        cwd=directory,
        env={**environment, "CODEX_VOICE_API_TOKEN": TOKEN},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            assert "agent API at http://127.0.0.1:" in line, line
            yield ApiProcess(process, line.split()[4].rstrip(","))
        finally:
            process.kill()


def sound_of(name: str) -> bytes:
    """Return a clip's samples: int16 mono 16 kHz."""
    return (CLIPS / name).read_bytes()[_HEADER_BYTES:]


def next_event(stream: ClientConnection, *kinds: str) -> dict[str, Any]:
    """Wait for the next event of one of these kinds, or the next error."""
    while True:
        event: dict[str, Any] = json.loads(stream.recv(timeout=PATIENCE_SECONDS))
        if event["type"] in (*kinds, "error"):
            return event
