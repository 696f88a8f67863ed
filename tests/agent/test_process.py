"""A hosted program's life: output, input, size, and every way it can end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from codex_voice.agent.process import AgentProcess, ExitStatus
from codex_voice.errors import AgentNotFound, AgentNotStarted


class Hosted:
    """A program under test, with what it wrote and how it ended."""

    def __init__(self, process: AgentProcess) -> None:
        self.process = process
        self.output = b""
        self.status: asyncio.Future[ExitStatus] = asyncio.get_running_loop().create_future()
        self._changed = asyncio.Event()
        process.attach(asyncio.get_running_loop(), self._receive, self.status.set_result)

    def _receive(self, data: bytes) -> None:
        self.output += data
        self._changed.set()

    async def until(self, marker: bytes) -> None:
        """Wait until the program has written `marker`."""
        async with asyncio.timeout(30):
            while marker not in self.output:
                self._changed.clear()
                await self._changed.wait()

    async def ended(self) -> ExitStatus:
        """Wait for the end."""
        return await asyncio.wait_for(asyncio.shield(self.status), 30)


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Callable[[str], Hosted]]:
    """Start Python programs; all are gone afterwards."""
    started: list[Hosted] = []

    def start_program(source: str) -> Hosted:
        hosted = Hosted(
            AgentProcess.spawn([sys.executable, "-SEc", source], 80, 24, tmp_path, dict(os.environ))
        )
        started.append(hosted)
        return hosted

    yield start_program
    for hosted in started:
        hosted.process.kill_now()
        await hosted.ended()


async def test_output_and_status_arrive(start: Callable[[str], Hosted]) -> None:
    """All output is delivered before the exit status."""
    hosted = start("import sys; print('x' * 100000); print('END'); sys.exit(7)")
    assert await hosted.ended() == ExitStatus(code=7)
    assert hosted.output.endswith(b"END\r\n")
    assert hosted.output.count(b"x") == 100_000


async def test_environment_and_place(start: Callable[[str], Hosted], tmp_path: Path) -> None:
    """The program starts in its directory, in a terminal of the size and kind promised."""
    hosted = start(
        "import os; print(os.environ['TERM'], os.getcwd(),"
        " os.get_terminal_size(1), 'COLUMNS' in os.environ)"
    )
    await hosted.ended()
    expected = f"xterm-256color {tmp_path} os.terminal_size(columns=80, lines=24) False"
    assert hosted.output.decode().strip() == expected


@pytest.mark.parametrize(
    ("outer", "expected"),
    [
        ({"COLORTERM": "truecolor"}, "truecolor"),
        ({"COLORTERM": "24bit"}, "24bit"),
        ({}, ""),
        ({"COLORTERM": "truecolor", "STY": "1.pts"}, ""),
        ({"COLORTERM": "truecolor", "TMUX": "/tmp/tmux,1,0"}, "truecolor"),
    ],
)
async def test_colours_of_the_user(tmp_path: Path, outer: dict[str, str], expected: str) -> None:
    """The program is promised the colours that the user's terminal has, and no more."""
    environment = {"PATH": os.defpath, **outer}
    source = "import os; print('<' + os.environ.get('COLORTERM', '') + '>')"
    argv = [sys.executable, "-SEc", source]
    hosted = Hosted(AgentProcess.spawn(argv, 80, 24, tmp_path, environment))
    await hosted.ended()
    assert f"<{expected}>".encode() in hosted.output


async def test_input_reaches_the_program(start: Callable[[str], Hosted]) -> None:
    """What is written is read by the program, however much it is."""
    hosted = start(
        "import os, tty; tty.setraw(0); print('UP', flush=True); n = 0\n"
        "while n < 500000: n += len(os.read(0, 65536))\n"
        "print('GOT', n)"
    )
    await hosted.until(b"UP")
    assert hosted.process.write(b"a" * 500_000)
    await hosted.until(b"GOT 500000")


async def test_program_that_never_reads(start: Callable[[str], Hosted]) -> None:
    """The queue for a program that never reads is bounded, and nothing blocks."""
    hosted = start("import tty, signal; tty.setraw(0); print('UP', flush=True); signal.pause()")
    await hosted.until(b"UP")
    taken = [hosted.process.write(b"a" * 1_000_000) for _ in range(8)]
    assert taken[0]
    assert not taken[-1]
    await hosted.process.terminate()
    assert not hosted.process.write(b"late")


async def test_paste_beyond_the_bound_is_read(start: Callable[[str], Hosted]) -> None:
    """A program that reads gets all of a paste, however long it is."""
    hosted = start(
        "import os, tty; tty.setraw(0); print('UP', flush=True)\n"
        "count = 0\n"
        "while count < 10_000_000: count += len(os.read(0, 65536))\n"
        "print('ALL', count, flush=True)"
    )
    await hosted.until(b"UP")
    assert hosted.process.write(b"p" * 10_000_000)
    await hosted.until(b"ALL 10000000")


async def test_resize_is_seen(start: Callable[[str], Hosted]) -> None:
    """The program learns the new size by SIGWINCH."""
    hosted = start(
        "import os, signal, time\n"
        "size = os.get_terminal_size\n"
        "signal.signal(signal.SIGWINCH, lambda *_: os.write(1, b'%d x %d' % size(1)))\n"
        "print('UP', flush=True)\n"
        "while True: time.sleep(0.01)"
    )
    await hosted.until(b"UP")
    hosted.process.resize(33, 11)
    await hosted.until(b"33 x 11")


async def test_killed_program_is_told(start: Callable[[str], Hosted]) -> None:
    """A program killed from outside is reported with its signal."""
    hosted = start("import signal; print('UP', flush=True); signal.pause()")
    await hosted.until(b"UP")
    os.kill(hosted.process.pid, signal.SIGKILL)
    status = await hosted.ended()
    assert status == ExitStatus(signal_number=signal.SIGKILL)
    assert str(status) == "ended by SIGKILL"


async def test_stubborn_program_is_killed(start: Callable[[str], Hosted]) -> None:
    """A program that ignores every polite signal, and is stopped, is gone all the same."""
    hosted = start(
        "import os, signal, time\n"
        "for s in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):\n"
        "    signal.signal(s, signal.SIG_IGN)\n"
        "print('UP', flush=True); os.kill(os.getpid(), signal.SIGSTOP)\n"
        "while True: time.sleep(0.01)"
    )
    await hosted.until(b"UP")
    await hosted.process.terminate()
    assert await hosted.ended() == ExitStatus(signal_number=signal.SIGKILL)
    with pytest.raises(ProcessLookupError):
        os.kill(hosted.process.pid, 0)


async def test_farewell_comes_first(start: Callable[[str], Hosted]) -> None:
    """A program that quits when asked is not signalled."""
    hosted = start("print('UP', flush=True); input(); raise SystemExit(3)")
    await hosted.until(b"UP")
    await hosted.process.terminate(farewell=b"quit\r")
    assert await hosted.ended() == ExitStatus(code=3)


async def test_children_end_too(start: Callable[[str], Hosted]) -> None:
    """The process group of the program goes with it."""
    hosted = start(
        "import os, signal, time\n"
        "for s in (signal.SIGHUP, signal.SIGTERM): signal.signal(s, signal.SIG_IGN)\n"
        "child = os.fork()\n"
        "if child: print(f'CHILD {child}.', flush=True)\n"
        "while True: time.sleep(0.01)"
    )
    await hosted.until(b".")
    child = int(hosted.output.split(b"CHILD ")[1].split(b".")[0])
    await hosted.process.terminate()
    async with asyncio.timeout(30):
        while _alive(child):  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_closed_output_is_not_the_end(start: Callable[[str], Hosted]) -> None:
    """A program that closes its terminal and goes on is still running; its status comes later."""
    hosted = start(
        "import os, signal, time\n"
        "signal.signal(signal.SIGUSR1, lambda *_: os._exit(5))\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "print('UP', flush=True)\n"
        "for fd in (0, 1, 2): os.close(fd)\n"
        "while True: time.sleep(0.01)"
    )
    await hosted.until(b"UP")
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(30):
        while hosted.process._reading:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert hosted.process.status is None
    assert not hosted.status.done()
    loop.call_soon(os.kill, hosted.process.pid, signal.SIGUSR1)
    assert await hosted.ended() == ExitStatus(code=5)


async def test_child_left_behind_does_not_hold_the_end(start: Callable[[str], Hosted]) -> None:
    """A background child that keeps the terminal open does not hide that the program ended."""
    hosted = start(
        "import os, signal, time\n"
        "if os.fork(): print('LAST', flush=True); os._exit(4)\n"
        "os.setpgid(0, 0); signal.signal(signal.SIGHUP, signal.SIG_IGN); signal.alarm(60)\n"
        "signal.pause()"
    )
    assert await hosted.ended() == ExitStatus(code=4)
    assert b"LAST" in hosted.output


async def test_flood_leaves_the_loop_alive(start: Callable[[str], Hosted]) -> None:
    """Other work on the loop runs while the program writes without end."""
    hosted = start("import os\nwhile True: os.write(1, b'line of the flood\\r\\n' * 500)")
    await hosted.until(b"flood")
    turns = 0
    while len(hosted.output) < 2_000_000:
        await asyncio.sleep(0)
        turns += 1
    assert turns > 3


def test_missing_program(tmp_path: Path) -> None:
    """A program that is not there is named."""
    with pytest.raises(AgentNotFound, match="no-such-program"):
        AgentProcess.spawn(["no-such-program"], 80, 24, tmp_path)


def test_broken_program(tmp_path: Path) -> None:
    """A file that the system cannot run is an error here, not a dead child."""
    program = tmp_path / "broken"
    program.write_bytes(b"\x7fELF nonsense")
    program.chmod(0o755)
    with pytest.raises(AgentNotStarted, match="broken"):
        AgentProcess.spawn([str(program)], 80, 24, tmp_path)


def test_missing_directory(tmp_path: Path) -> None:
    """A working directory that is not there is an error here."""
    with pytest.raises(AgentNotStarted, match="not a directory"):
        AgentProcess.spawn([sys.executable], 80, 24, tmp_path / "none")


def _alive(pid: int) -> bool:
    """Return whether a process runs; a zombie that nobody reaps does not."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return listed.stdout.strip()[:1] not in ("", "Z")
