"""The port of Moshi's server: whether it is free, who has it, and whether somebody answers."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from codex_voice.text_cleaning import clean_line

_LISTENING = "0A"
"""The state of a listening socket in /proc/net/tcp: TCP_LISTEN of the kernel's net/tcp_states.h."""

_LSOF_SECONDS = 5.0


def is_free(host: str, port: int) -> bool:
    """Return whether a server can listen there. A frozen one has its port too.

    Raises:
        OSError: The host is no interface of this machine.
    """
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        try:
            with socket.socket(family, kind, protocol) as trial:
                # As asyncio's servers do: connections that linger do not keep the port.
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                trial.bind(address)
                trial.listen(1)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
    return True


async def answers(host: str, port: int, seconds: float) -> bool:
    """Return whether an HTTP server answers there in time.

    Moshi's server has no path for this; it answers a request for the conversation that is no
    WebSocket with status 400, at once. A frozen one accepts connections and says nothing.
    """
    writer = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, port)
            lines = ("GET /api/chat HTTP/1.1", f"Host: {host}:{port}", "Connection: close", "", "")
            writer.write("\r\n".join(lines).encode())
            return (await reader.read(5)) == b"HTTP/"
    except (OSError, TimeoutError):
        return False
    finally:
        if writer is not None:
            writer.transport.abort()


def holder(port: int) -> str:
    """Return who listens on a port, as far as can be seen: a name and a process number."""
    found = next(_listeners(port), None)
    return "another program" if found is None else f"{found[1]} (process {found[0]})"


def _listeners(port: int) -> Iterator[tuple[int, str]]:
    if Path("/proc/net/tcp").exists():
        return _listeners_by_proc(port)
    return _listeners_by_lsof(port)


def _listeners_by_proc(port: int) -> Iterator[tuple[int, str]]:
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for row in Path(table).read_text().splitlines()[1:]:
                _, local, _, state, *rest = row.split()
                if state == _LISTENING and int(local.rpartition(":")[2], 16) == port:
                    sockets.add(f"socket:[{rest[5]}]")
    for process in Path("/proc").glob("[0-9]*"):
        # Processes end meanwhile, and those of others cannot be looked into.
        with contextlib.suppress(OSError):
            if any(str(file.readlink()) in sockets for file in (process / "fd").iterdir()):
                yield int(process.name), clean_line((process / "comm").read_text().strip())


def _listeners_by_lsof(port: int) -> Iterator[tuple[int, str]]:
    program = shutil.which("lsof")
    if program is None:
        return
    command = [program, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]
    try:
        rows = subprocess.run(
            command, capture_output=True, text=True, timeout=_LSOF_SECONDS, check=False
        ).stdout.splitlines()
    except (OSError, subprocess.TimeoutExpired):
        return
    for number, name in itertools.pairwise(rows):
        if number.startswith("p") and name.startswith("c"):
            yield int(number[1:]), clean_line(name[1:])
