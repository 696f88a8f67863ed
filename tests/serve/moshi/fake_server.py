"""A small server that speaks Moshi's protocol as moshi.server 0.2.13 does: an echo, one frame late.

Run as the real one is: `fake_server.py --host HOST --port PORT`, with the faults it has in
`FAKE_MOSHI`, a JSON object with the fields of `Faults`.
"""

from __future__ import annotations

import argparse
import asyncio
import http
import json
import os
import sys
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

RATE = 24_000
FRAME = 1920


@dataclass(frozen=True)
class Faults:
    """What it does wrong.

    Args:
        silent: Says nothing on standard output.
        exit_at_start: Ends with this status before it listens; -1 does not.
        late_seconds: How late each answer is.
        mute: Never answers at all.
        garbage_after: Sends nonsense instead of sound from this frame on; -1 does not.
        drop_after: Aborts the connection after this frame; -1 does not.
        strange: Sends messages of unknown kinds, empty ones and text messages too.
        chatter_lines: Lines that it prints a frame.
    """

    silent: bool = False
    exit_at_start: int = -1
    late_seconds: float = 0.0
    mute: bool = False
    garbage_after: int = -1
    drop_after: int = -1
    strange: bool = False
    chatter_lines: int = 1


class FakeMoshi:
    """Serves one client at a time; the others wait for their turn."""

    def __init__(self, faults: Faults = Faults()) -> None:
        self.faults = faults
        self.served = 0
        self._turn = asyncio.Lock()

    async def handle(self, connection: ServerConnection) -> None:
        """Serve one client."""
        try:
            async with self._turn:
                self.served += 1
                await self._converse(connection)
        except ConnectionClosed:
            pass
        except ValueError as error:
            # As the real one: a client that sends nonsense is dropped without a word.
            say(f"dropped: {error}")
            connection.transport.abort()

    async def _converse(self, connection: ServerConnection) -> None:
        if self.faults.strange:
            await connection.send(b"\x07")
        # The server in Rust adds eight bytes.
        await connection.send(b"\x00" + bytes(8) if self.faults.strange else b"\x00")
        # Late: most tests only start it and end it.
        import numpy as np
        import sphn

        writer, reader = sphn.OpusStreamWriter(RATE), sphn.OpusStreamReader(RATE)
        heard, frames = np.zeros(0, np.float32), 0
        async for message in connection:
            if not isinstance(message, bytes) or message[:1] != b"\x01":
                continue
            heard = np.concatenate((heard, reader.append_bytes(message[1:])))
            while heard.size >= FRAME:
                frame, heard = heard[:FRAME], heard[FRAME:]
                frames += 1
                if frames > 1:
                    await self._answer(connection, writer, frame, frames)

    async def _answer(
        self,
        connection: ServerConnection,
        writer: Any,
        frame: Any,
        number: int,
    ) -> None:
        faults = self.faults
        for _ in range(faults.chatter_lines):
            say(f"frame {number} handled in 20.0ms")
        if faults.late_seconds:
            await asyncio.sleep(faults.late_seconds)
        if faults.mute:
            await connection.wait_closed()
            return
        if number == faults.drop_after:
            connection.transport.abort()
            return
        if faults.strange:
            for message in (b"", b"\x63?", b"\x03\x00", "no binary message"):
                await connection.send(message)
        if 0 <= faults.garbage_after <= number:
            await connection.send(b"\x01this is no Ogg page at all")
            return
        ogg = writer.append_pcm(frame)
        if ogg:
            await connection.send(b"\x01" + ogg)
        await connection.send(b"\x02" + f" frame{number}".encode())


def say(line: str) -> None:
    """Print a line without a flush, as the real one: it arrives with PYTHONUNBUFFERED only."""
    sys.stdout.write(line + "\n")


def answer_http(_connection: ServerConnection, request: Request) -> Response | None:
    """Answer what is no WebSocket as aiohttp does."""
    if request.headers.get("Upgrade", "").lower() == "websocket":
        return None
    return Response(http.HTTPStatus.BAD_REQUEST, "Bad Request", Headers(), b"no upgrade")


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    options, _ = parser.parse_known_args()
    faults = Faults(**json.loads(os.environ.get("FAKE_MOSHI", "{}")))
    if faults.exit_at_start >= 0:
        say("OutOfMemoryError: CUDA out of memory")
        say("[Info] text token ' secret'")
        sys.exit(faults.exit_at_start)
    fake = FakeMoshi(faults)
    async with serve(
        fake.handle,
        options.host,
        options.port,
        process_request=answer_http,
        compression=None,
        close_timeout=0,
    ) as server:
        if not faults.silent:
            say(f"======== Running on http://{options.host}:{options.port} ========")
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
