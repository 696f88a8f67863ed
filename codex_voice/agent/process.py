"""The hosted program in a pseudo-terminal: started once, read, written to, ended and reaped.

Spawn before the heavy imports, asyncio's among them: the program starts up while they run. `attach`
then joins it to the event loop. Nothing here blocks the loop, and nothing the program does (never
reading, closing its output, leaving children behind) holds it up.
"""

from __future__ import annotations

import contextvars
import os
import shutil
import signal
import threading
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ptyprocess import PtyProcess

from codex_voice.errors import AgentNotFound, AgentNotStarted
from codex_voice.write_queue import WriteQueue

if TYPE_CHECKING:
    import asyncio

# Linux gives 4 KiB at a time. Each piece is delivered before the next is read: meanwhile the
# program fills the terminal's small buffer again.
_READ_BYTES = 65_536
# A program that never reads costs this much memory, and that of the one paste that went beyond it;
# then what is typed is lost, as on any terminal.
_INPUT_MAXIMUM_BYTES = 4 << 20
# Longest stretch of reading before other work on the loop gets its turn: half a frame at 120 Hz.
_READ_SECONDS = 0.004
# While the application does something for the user, which takes many turns of the loop, and for
# how long after it was told so: a menu opens in a tenth of a second also in a flood.
_SHORT_READ_SECONDS = 0.001
_GIVE_WAY_SECONDS = 0.2
# A child left behind may hold the terminal open; the last output of the program itself is in it.
_LAST_OUTPUT_SECONDS = 0.1
_ASK_SECONDS = 1.5
# Codex dies of SIGHUP and SIGTERM within 0.1 s.
_SIGNAL_SECONDS = 1.0
# The size of another terminal than the program's own.
_SIZE_VARIABLES = ("COLUMNS", "LINES")


@dataclass(frozen=True)
class ExitStatus:
    """How the program ended: one of `code` and `signal_number` is set."""

    code: int | None = None
    signal_number: int | None = None

    @classmethod
    def from_wait(cls, status: int) -> ExitStatus:
        """Decode the status of `os.waitpid`."""
        if os.WIFSIGNALED(status):
            return cls(signal_number=os.WTERMSIG(status))
        return cls(code=os.WEXITSTATUS(status))

    @property
    def for_shell(self) -> int:
        """The status as shells report it: 128 and the signal's number after a signal."""
        return 128 + self.signal_number if self.signal_number is not None else self.code or 0

    def __str__(self) -> str:
        if self.signal_number is None:
            return f"exit status {self.code}"
        try:
            name = signal.Signals(self.signal_number).name
        except ValueError:
            name = f"signal {self.signal_number}"
        return f"ended by {name}"


def _ignore_output(_data: bytes) -> None:
    """Stand in until the process is attached."""


def _ignore_exit(_status: ExitStatus) -> None:
    """Stand in until the process is attached."""


def _ignore_pause(_more: bool) -> None:
    """Stand in where pauses do not matter."""


def _unblock_signals() -> None:
    """Let the program get every signal: ours are blocked before and after the app runs."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


class AgentProcess:
    """A program in a pseudo-terminal of its own; make one with `spawn`."""

    def __init__(self, process: PtyProcess) -> None:
        # A third of all that would be imported before the program is started.
        import asyncio

        self.pid: int = process.pid
        self.status: ExitStatus | None = None
        """How it ended; `None` while it runs."""
        self._process = process
        self._fd: int = process.fd
        self._input = WriteQueue(process.fd)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reading = False
        self._context = contextvars.copy_context()
        self._gives_way_until = 0.0
        self._ended = asyncio.Event()
        self._on_output: Callable[[bytes], None] = _ignore_output
        self._on_exit: Callable[[ExitStatus], None] = _ignore_exit
        self._on_pause: Callable[[bool], None] = _ignore_pause

    @classmethod
    def spawn(
        cls,
        argv: Sequence[str],
        columns: int,
        rows: int,
        working_directory: Path,
        environment: Mapping[str, str] | None = None,
    ) -> AgentProcess:
        """Start `argv` in a pseudo-terminal of `columns` x `rows` cells.

        Args:
            argv: The program, a path or a name on PATH, and its arguments.
            columns: Width in cells.
            rows: Height in cells.
            working_directory: Where the program starts.
            environment: Its environment, to which the terminal's variables are added; the
                user's own when not given.

        Raises:
            AgentNotFound: There is no such program.
            AgentNotStarted: The program or the directory cannot be used.
        """
        if shutil.which(argv[0]) is None:
            raise AgentNotFound(f"there is no program {argv[0]!r}", "codex-voice init")
        if not working_directory.is_dir():
            raise AgentNotStarted(f"{working_directory} is not a directory")
        variables = dict(os.environ if environment is None else environment)
        for name in _SIZE_VARIABLES:
            variables.pop(name, None)
        variables["TERM"] = "xterm-256color"
        if "STY" in variables and "TMUX" not in variables:
            # GNU screen hands on what the terminal around it says, and takes red, green and blue
            # for blinking and reverse. Elsewhere COLORTERM says whether the terminal knows them;
            # what a program writes all the same is brought to 256 colours (`terminal.colours`).
            variables.pop("COLORTERM", None)
        try:
            with warnings.catch_warnings():
                # Python 3.12 warns of fork beside threads; the child only calls exec.
                warnings.simplefilter("ignore", DeprecationWarning)
                process = PtyProcess.spawn(
                    list(argv),
                    cwd=str(working_directory),
                    env=variables,
                    dimensions=(rows, columns),
                    preexec_fn=_unblock_signals,
                )
        except OSError as error:
            raise AgentNotStarted(f"{argv[0]} cannot be started: {error}") from error
        os.set_blocking(process.fd, False)
        return cls(process)

    def attach(
        self,
        loop: asyncio.AbstractEventLoop,
        on_output: Callable[[bytes], None],
        on_exit: Callable[[ExitStatus], None],
        on_pause: Callable[[bool], None] = _ignore_pause,
    ) -> None:
        """Deliver output and, once, the end to these functions, called on `loop`.

        Args:
            loop: The running event loop.
            on_output: Takes what the program wrote, at most 64 KiB a call.
            on_exit: Called after the last output, when the program has been reaped.
            on_pause: Called after each run of output; its argument tells whether there is more
                already, which waits for other work on the loop.
        """
        self._loop = loop
        self._input.attach(loop)
        self._on_output = on_output
        self._on_exit = on_exit
        self._on_pause = on_pause
        self._reading = True
        self.use_context()
        threading.Thread(target=self._wait, name="agent-wait", daemon=True).start()

    def use_context(self) -> None:
        """Deliver what comes in the context of the caller: Textual finds its application by it."""
        self._context = contextvars.copy_context()
        if self._reading and self._loop is not None:
            self._loop.add_reader(self._fd, self._read)

    # Output

    def give_way(self) -> None:
        """Leave more time to other work on the loop for a while, however much there is to read."""
        self._gives_way_until = time.monotonic() + _GIVE_WAY_SECONDS

    def _read(self) -> None:
        begun = time.monotonic()
        gives_way = begun < self._gives_way_until
        end = begun + (_SHORT_READ_SECONDS if gives_way else _READ_SECONDS)
        while data := self._read_now():
            self._on_output(data)
            if time.monotonic() > end:
                break
        self._on_pause(bool(data))
        if data is not None and not data:
            self._stop_reading()

    def _read_now(self) -> bytes | None:
        """Return the next output; `None` where there is none yet, nothing where it has ended."""
        try:
            return os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return None
        except OSError:
            # Linux says EIO where macOS says end of file: nobody has the terminal open.
            return b""

    def _stop_reading(self) -> None:
        if self._reading and self._loop is not None:
            self._reading = False
            self._loop.remove_reader(self._fd)
        self._finish()

    # The end

    def _wait(self) -> None:
        """Reap the program; runs in a thread of its own."""
        try:
            _, status = os.waitpid(self.pid, 0)
        except ChildProcessError:
            status = 0
        self.status = ExitStatus.from_wait(status)
        if self._loop is not None and not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(self._reaped, context=self._context)
            except RuntimeError:
                return

    def _reaped(self) -> None:
        if self._reading and self._loop is not None:
            self._loop.call_later(_LAST_OUTPUT_SECONDS, self._stop_reading)
        else:
            self._finish()

    def _finish(self) -> None:
        """Report the end once: when the program is reaped and its output is read."""
        if self.status is None or self._reading or self._ended.is_set():
            return
        self._ended.set()
        self._close()
        self._on_exit(self.status)

    def _close(self) -> None:
        self._input.detach()
        self._input.clear()
        self._process.fileobj.close()
        self._process.closed = True

    # Input

    def write(self, data: bytes) -> bool:
        """Send input to the program, now or as soon as it reads.

        Returns:
            Whether it was taken: `False` when the program has ended or has not read for so
            long that the queue is full.
        """
        if self._ended.is_set() or len(self._input) > _INPUT_MAXIMUM_BYTES:
            return False
        self._input.write(data)
        return True

    def resize(self, columns: int, rows: int) -> None:
        """Set the size of the program's terminal."""
        if not self._ended.is_set():
            try:
                self._process.setwinsize(rows, columns)
            except OSError:
                # The other side of the terminal is gone; the end follows.
                return

    # Ending it

    async def terminate(self, farewell: bytes = b"") -> None:
        """End the program and all of its process group, politely at first, and reap it.

        Args:
            farewell: Keys that make the program quit by itself; tried first.
        """
        if farewell and self.status is None and self.write(farewell):
            await self._ends_within(_ASK_SECONDS)
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
            if self.status is not None:
                break
            self._signal(number)
            # A stopped program acts on a signal only when it goes on.
            self._signal(signal.SIGCONT)
            await self._ends_within(_SIGNAL_SECONDS)
        self._signal(signal.SIGKILL)
        await self._ends_within(_SIGNAL_SECONDS)

    def kill_now(self) -> None:
        """Kill the process group without waiting; safe where no loop runs any more."""
        # Once it is reaped its number may be another program's.
        if self.status is None:
            self._signal(signal.SIGHUP)
            self._signal(signal.SIGKILL)

    async def _ends_within(self, seconds: float) -> bool:
        import asyncio

        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _signal(self, number: signal.Signals) -> None:
        # The program leads its own session, so its process group has its number.
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            return
