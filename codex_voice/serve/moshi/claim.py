"""Who runs Moshi's server on a port, so that one that was left behind is told from a stranger's.

Whoever runs it holds the lock of a file, which the kernel opens again however that program ends.
The file names the server's process, and a word in its command line by which it is known.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from codex_voice import paths
from codex_voice.errors import MoshiServerFailed

_PS_SECONDS = 5.0


@dataclass(frozen=True)
class ServerNote:
    """What the file says.

    Args:
        manager: The process that runs the server.
        role: What that process is, such as "codex-voice serve".
        server: The server's process; 0 before it is started.
        marker: The word in its command line.
    """

    manager: int = 0
    role: str = ""
    server: int = 0
    marker: str = ""

    @classmethod
    def parse(cls, text: str) -> ServerNote:
        """Return what a file says; nothing where it says nothing that can be read."""
        with contextlib.suppress(ValueError, TypeError, KeyError):
            values = json.loads(text)
            numbers = int(values["manager"]), int(values["server"])
            return cls(numbers[0], str(values["role"]), numbers[1], str(values["marker"]))
        return cls()

    @property
    def server_lives(self) -> bool:
        """Whether the server that it names still runs."""
        return bool(self.server and self.marker) and self.marker in _command_line(self.server)


class PortClaim:
    """One program's claim to run the server on a port.

    Args:
        port: The port.
        role: What this program is.
    """

    def __init__(self, port: int, role: str) -> None:
        self._port = port
        self._role = role
        self._descriptor = -1

    def acquire(self) -> ServerNote:
        """Acquire the lock, unless it is held here, and return what the one before left behind.

        Raises:
            MoshiServerFailed: Another program of ours runs the server, or the file cannot be made.
        """
        if self._descriptor >= 0:
            return ServerNote()
        path = paths.moshi_server_file(self._port)
        try:
            paths.make_private_directory(path.parent)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise MoshiServerFailed(f"{path} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            self._descriptor = -1
            note = _read(path)
            raise MoshiServerFailed(
                f"{note.role or 'another program'} (process {note.manager}) runs Moshi's server on "
                f"port {self._port} already",
                "codex-voice moshi stop",
            ) from None
        note = _read(path)
        self._write(ServerNote(os.getpid(), self._role))
        return note

    def note(self, server: int, marker: str) -> None:
        """Write down the server's process."""
        self._write(ServerNote(os.getpid(), self._role, server, marker))

    def give_back(self) -> None:
        """Open the lock; harmless where it is not held."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1

    def _write(self, note: ServerNote) -> None:
        content = json.dumps(asdict(note)).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, content, 0)


def look(port: int) -> tuple[ServerNote, bool]:
    """Return who runs, or ran, the server on a port, and whether that program still lives."""
    path = paths.moshi_server_file(port)
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return ServerNote(), False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(path), True
    finally:
        os.close(descriptor)
    return _read(path), False


def kill_left_behind(note: ServerNote) -> bool:
    """End a server whose program is gone, if it still lives; say whether it did."""
    if not note.server_lives:
        return False
    with contextlib.suppress(ProcessLookupError, PermissionError):
        # The server leads a process group of its own.
        os.killpg(note.server, signal.SIGKILL)
    return True


def _read(path: Path) -> ServerNote:
    try:
        return ServerNote.parse(path.read_text("utf-8", "replace"))
    except OSError:
        return ServerNote()


def _command_line(process: int) -> str:
    """Return the command line of a process; nothing where it is gone."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{process}/cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""
    program = shutil.which("ps", path=os.defpath)
    if program is None:
        return ""
    try:
        return subprocess.run(
            [program, "-ww", "-o", "command=", "-p", str(process)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PS_SECONDS,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
