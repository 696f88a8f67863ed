"""How fast is the pane? Measures any program that hosts a terminal program, from outside.

    python benchmarks/pane.py                 codex-voice beside tmux and nothing at all
    python benchmarks/pane.py --host "screen=screen {child}" --tests echo,repaint

Each host runs in a pseudo-terminal of this program (120 x 40 cells). `{child}` stands for the
program that it is to host, `{id}` for a name unlike any other. Keys go in as a terminal would send
them, the screen is read with our own emulator, and /proc gives processor time and memory (of all
processes that carry this run's mark in their environment, less the hosted program's). Hosts take
turns, so that the load of the machine hits all alike; medians of the rounds are printed, with the
ratio to tmux.

    start     ms from start to the program's first text on the screen
    echo      ms from key to echo; keys 30 to 80 ms apart: median, 95th percentile, host CPU a key
    busy      the same, but the program also draws a spinner at 30 Hz, as Codex does while it works
    repaint   the same, but the program repaints a colourful screen at each key, as Codex does
    plain     seconds for 20 MB of plain text           colour   seconds for 4 MB of repaints
    interrupt ms from Ctrl-C in an endless flood to the program's last word
    idle      host CPU % with a still screen            spinner  host CPU % with a line at 30 Hz
    memory    MB (PSS) at start, and with 10,000 lines of scrollback
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from codex_voice.agent.process import AgentProcess, ExitStatus
from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.encoders import KeyEncoder
from codex_voice.terminal.keys import typed

COLUMNS, ROWS = 120, 40
KEYS = 200
CPU_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
PLAIN_BYTES, COLOUR_BYTES = 20_000_000, 4_000_000
LINE = b"the quick brown fox jumps over the lazy dog %d lorem ipsum dolor sit amet\n"
WORDS = ["foo ", "error ", "barbaz ", "✓ done ", "漢字 ", "return "]
HOSTS = [
    "bare={child}",
    "tmux=tmux -L {id} -f /dev/null new-session {child}",
    "codex-voice=codex-voice --no-voice --codex {child}",
]
MARK = "PANE_BENCHMARK"

CHILD = """#!{python} -SE
import os, random, signal, sys, time
mode, folder = "{mode}", "{folder}"
def write(data):
    view = memoryview(data)
    while view:
        view = view[os.write(1, view[:65536]):]
if mode != "interrupt":
    import tty
    tty.setraw(0)
write(b"\\x1b[2J\\x1b[HCHILD-UP\\r\\n")
if mode in ("start", "idle"):
    while True: time.sleep(1000)
elif mode == "echo":
    count = 0
    while True:
        for byte in os.read(0, 1024):
            count += 1
            write(b"\\x1b[3;1H<%05d%c>" % (count, byte))
elif mode == "busy":
    import select
    count, turn, due = 0, 0, time.monotonic()
    while True:
        if select.select([0], [], [], max(0, due - time.monotonic()))[0]:
            for byte in os.read(0, 1024):
                count += 1
                write(b"\\x1b[3;1H<%05d%c>" % (count, byte))
        if time.monotonic() >= due:
            turn, due = turn + 1, due + 1 / 30
            write(b"\\x1b[5;1H\\x1b[36m%c\\x1b[0m Working %d\\x1b[K" % (b"|/-+"[turn % 4], turn))
elif mode == "repaint":
    columns, rows = os.get_terminal_size(1)
    chooser = random.Random(5)
    words = ["foo", "error", "def", "\\u2713 done", "\\u6f22\\u5b57", "return", "lorem"]
    def screen(count):
        parts = ["\\x1b[?2026h\\x1b[H"]
        for row in range(3, rows):
            parts.append(f"\\x1b[{{row}};1H")
            for _ in range((columns - 12) // 9):
                colour = ";".join(str(chooser.randrange(256)) for _ in range(3))
                parts.append(f"\\x1b[38;2;{{colour}}m{{chooser.choice(words)}} \\x1b[0m")
            parts.append("\\x1b[K")
        return ("".join(parts) + "\\x1b[1;1H<%05d>\\x1b[K\\x1b[?2026l" % count).encode()
    count = 0
    write(screen(0))
    while True:
        count += len(os.read(0, 1024))
        write(screen(count))
elif mode in ("plain", "colour"):
    os.read(0, 1)
    with open(folder + "/" + mode, "rb") as file:
        while block := file.read(65536):
            write(block.replace(b"\\n", b"\\r\\n"))
    write(b"\\x1b[0m\\r\\n\\x1b[2K#FLOOD-END#\\r\\n")
    while True: time.sleep(1000)
elif mode == "interrupt":
    def stop(*_):
        write(b"\\r\\n\\x1b[2K#INTERRUPTED#\\r\\n")
        while True: time.sleep(1000)
    signal.signal(signal.SIGINT, stop)
    sys.stdin.readline()
    block = b"".join(b"line %06d the quick brown fox jumps\\n" % n for n in range(1000))
    while True: write(block)
elif mode == "spinner":
    due, count = time.monotonic(), 0
    frames = "\\u280b\\u2819\\u2839\\u2838\\u283c\\u2834\\u2826\\u2827\\u2807\\u280f"
    while True:
        frame = frames[count % 10]
        write(f"\\x1b[5;1H\\x1b[36m{{frame}}\\x1b[0m Working {{count}}\\x1b[K".encode())
        count, due = count + 1, due + 1 / 30
        time.sleep(max(0, due - time.monotonic()))
elif mode == "memory":
    os.read(0, 1)
    for n in range(10000):
        write(b"\\x1b[3%dmscroll\\x1b[0m line %06d %s\\r\\n" % (n % 8, n, b"the brown fox " * 4))
    write(b"#LINES-END#")
    while True: time.sleep(1000)
"""


@dataclass(frozen=True)
class Host:
    """A program that hosts a terminal program: a name and a command with `{child}`."""

    name: str
    command: str


class Session:
    """A host at work, in a terminal of ours.

    Args:
        host: What is measured.
        mode: What the hosted program does, in words of its own.
        folder: For what the hosted program reads, and for itself.
        child: The hosted program's text with places for `python`, `mode` and `folder`.
    """

    def __init__(self, host: Host, mode: str, folder: Path, child: str = CHILD) -> None:
        self._name = f"pane{os.getpid()}-{random.randrange(1 << 24):06x}"
        self._child = folder / f"child-{mode}-{self._name}"
        self._child.write_text(
            child.format(python=sys.executable, mode=mode, folder=folder), encoding="utf-8"
        )
        self._child.chmod(0o755)
        command = host.command.format(child=shlex.quote(str(self._child)), id=self._name)
        environment = {
            name: value for name, value in os.environ.items() if name not in ("TMUX", "STY")
        } | {MARK: self._name, "LC_ALL": "C.UTF-8"}
        self.emulator = Emulator(COLUMNS, ROWS, 1_000)
        self.emulator.set_colours((0xDD, 0xDD, 0xDD), (0, 0, 0))
        self._keys = KeyEncoder(self.emulator)
        self.parsing = True
        self.log: list[tuple[float, bytes]] = []
        self._changed = asyncio.Event()
        self.started = time.perf_counter()
        self._process = AgentProcess.spawn(shlex.split(command), COLUMNS, ROWS, folder, environment)
        self._process.attach(asyncio.get_running_loop(), self._receive, self._end)

    def _receive(self, data: bytes) -> None:
        if self.parsing:
            self._parse(data)
        else:
            self.log.append((time.perf_counter(), data))
        self._changed.set()

    def _parse(self, data: bytes) -> None:
        self.emulator.feed(data)
        if replies := self.emulator.take_replies():
            self._process.write(replies)

    def _end(self, _status: ExitStatus) -> None:
        self._changed.set()

    def key(self, character: str) -> None:
        """Press a key."""
        self.type(self._keys.encode(typed(character)))

    def type(self, data: bytes) -> None:
        """Send what a keyboard sends."""
        self._process.write(data)

    async def until(self, marker: str, seconds: float = PATIENCE_SECONDS) -> float:
        """Wait until a text is on the screen; return when that was."""
        async with asyncio.timeout(seconds):
            while not self.shows(marker):
                if self._process.status is not None:
                    raise RuntimeError("the host ended:\n" + "\n".join(self.emulator.lines()))
                self._changed.clear()
                await self._changed.wait()
        return time.perf_counter()

    def shows(self, marker: str) -> bool:
        """Return whether a text is on the screen."""
        return any(marker in line for line in self.emulator.lines())

    async def until_gone(self, marker: str) -> None:
        """Wait until a text is no longer on the screen."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.shows(marker):
                self._changed.clear()
                await self._changed.wait()

    async def until_raw(self, marker: bytes) -> None:
        """Wait until bytes arrive that are only logged, and then until no more do."""
        tail = b""
        seen = 0
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for _, data in self.log[seen:]:
                    tail = (tail + data)[-len(data) - len(marker) :]
                    if marker in tail:
                        await asyncio.sleep(0.3)
                        return
                seen = len(self.log)
                self._changed.clear()
                await self._changed.wait()

    def replay(self, marker: str, after: float) -> float:
        """Parse the log; return when a text came onto the screen after a moment."""
        for moment, data in self.log:
            self._parse(data)
            if moment >= after and self.shows(marker):
                return moment
        raise RuntimeError(f"{marker} was never shown")

    def cpu(self) -> float:
        """Return the seconds of processor time that the host's processes have used."""
        total = 0
        for process in self._host_processes():
            with contextlib.suppress(OSError):
                fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the host's proportional set size in MB."""
        total = 0
        for process in self._host_processes():
            with contextlib.suppress(OSError):
                for line in (process / "smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
        return total / 1024

    def _host_processes(self) -> list[Path]:
        mark = f"{MARK}={self._name}".encode()
        hosts = []
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                arguments = (process / "cmdline").read_bytes().split(b"\0")
                hosted = str(self._child).encode() in arguments and b"-SE" in arguments
                if not hosted and mark in (process / "environ").read_bytes():
                    hosts.append(process)
        return hosts

    async def close(self) -> None:
        """End the host and all that it started."""
        await self._process.terminate()
        for process in self._host_processes():
            with contextlib.suppress(OSError):
                os.kill(int(process.name), 9)
        self._child.unlink()


async def measure_start(session: Session) -> dict[str, float]:
    """Measure the time to the first text."""
    return {"ms": (await session.until("CHILD-UP") - session.started) * 1e3}


async def measure_echo(session: Session) -> dict[str, float]:
    """Measure the time from a key to its echo."""
    await session.until("CHILD-UP")
    return await _press_keys(session, "<{number:05d}{key}>")


async def measure_repaint(session: Session) -> dict[str, float]:
    """Measure the time from a key to a wholly repainted screen."""
    await session.until("<00000>")
    return await _press_keys(session, "<{number:05d}>")


async def _press_keys(session: Session, marker: str) -> dict[str, float]:
    await asyncio.sleep(1.0)
    chooser = random.Random(7)
    times = []
    cpu = session.cpu()
    for number in range(1, KEYS + 1):
        await asyncio.sleep(chooser.uniform(0.03, 0.08))
        key = "abcdefghijklmnopqrstuvwxyz"[number % 26]
        pressed = time.perf_counter()
        session.key(key)
        shown = await session.until(marker.format(number=number, key=key), 5.0)
        times.append((shown - pressed) * 1e3)
    await asyncio.sleep(0.1)
    return {
        "median": statistics.median(times),
        "p95": statistics.quantiles(times, n=20)[-1],
        "cpu_ms": (session.cpu() - cpu) * 1e3 / KEYS,
    }


async def measure_flood(session: Session) -> dict[str, float]:
    """Measure how long a file takes to go through; the outer terminal is infinitely fast."""
    await session.until("CHILD-UP")
    await asyncio.sleep(0.7)
    session.parsing = False
    begun = time.perf_counter()
    session.key("g")
    await session.until_raw(b"#FLOOD-END#")
    return {"s": session.replay("#FLOOD-END#", begun) - begun}


async def measure_interrupt(session: Session) -> dict[str, float]:
    """Measure the time from Ctrl-C to its effect, in an endless flood."""
    await session.until("CHILD-UP")
    await asyncio.sleep(0.7)
    session.parsing = False
    session.key("\r")
    await asyncio.sleep(1.5)
    pressed = time.perf_counter()
    session.key("\x03")
    await session.until_raw(b"#INTERRUPTED#")
    return {"ms": (session.replay("#INTERRUPTED#", pressed) - pressed) * 1e3}


async def measure_cpu(session: Session) -> dict[str, float]:
    """Measure the processor time of a host that has little to do."""
    await session.until("CHILD-UP")
    await asyncio.sleep(2.0)
    begun, cpu = time.perf_counter(), session.cpu()
    await asyncio.sleep(CPU_SECONDS)
    return {"percent": (session.cpu() - cpu) / (time.perf_counter() - begun) * 100}


async def measure_memory(session: Session) -> dict[str, float]:
    """Measure memory at start and with a full scrollback."""
    await session.until("CHILD-UP")
    await asyncio.sleep(1.0)
    start = session.memory()
    session.key("g")
    await session.until("#LINES-END#")
    await asyncio.sleep(0.5)
    return {"start_mb": start, "lines_mb": session.memory()}


TESTS: dict[str, Callable[[Session], Awaitable[dict[str, float]]]] = {
    "start": measure_start,
    "echo": measure_echo,
    "busy": measure_echo,
    "repaint": measure_repaint,
    "plain": measure_flood,
    "colour": measure_flood,
    "interrupt": measure_interrupt,
    "idle": measure_cpu,
    "spinner": measure_cpu,
    "memory": measure_memory,
}


def write_floods(folder: Path) -> None:
    """Make the two files of the floods."""
    count = PLAIN_BYTES // (len(LINE) + 4)
    (folder / "plain").write_bytes(b"".join(LINE % number for number in range(count)))
    chooser = random.Random(3)
    screens = bytearray()
    while len(screens) < COLOUR_BYTES:
        for row in range(1, 37):
            words = "".join(
                "\x1b[38;2;{};{};{}m{}\x1b[0m".format(
                    *(chooser.randrange(256) for _ in range(3)), chooser.choice(WORDS)
                )
                for _ in range(13)
            )
            screens += f"\x1b[{row};1H{words}\x1b[K".encode()
    (folder / "colour").write_bytes(screens)


async def run(hosts: list[Host], tests: list[str], rounds: int) -> dict[str, dict[str, float]]:
    """Measure all hosts in turn; return the medians by measure and host."""
    results: dict[str, dict[str, list[float]]] = {}
    with tempfile.TemporaryDirectory(prefix="pane-benchmark-") as name:
        folder = Path(name)
        write_floods(folder)
        for test in tests:
            for _ in range(rounds):
                for host in hosts:
                    session = Session(host, test, folder)
                    try:
                        figures = await TESTS[test](session)
                    except (TimeoutError, RuntimeError) as error:
                        print(f"{test} {host.name}: failed: {error}", file=sys.stderr)
                        continue
                    finally:
                        await session.close()
                    for measure, value in figures.items():
                        values = results.setdefault(f"{test} {measure}", {})
                        values.setdefault(host.name, []).append(value)
    return {
        measure: {name: statistics.median(values) for name, values in by_host.items()}
        for measure, by_host in results.items()
    }


def main() -> None:
    """Run the benchmark and print a table in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--host", action="append", help="NAME=COMMAND with {child} and {id}")
    parser.add_argument("--tests", default=",".join(TESTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", default="tmux", help="the host that ratios are given to")
    parser.add_argument("--json", type=Path, help="also write the medians to this file")
    options = parser.parse_args()
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    hosts = [Host(*each.split("=", 1)) for each in options.host or HOSTS]
    medians = asyncio.run(run(hosts, options.tests.split(","), options.rounds))
    print("| | " + " | ".join(host.name for host in hosts) + " |")
    print("|---" * (len(hosts) + 1) + "|")
    for measure, by_host in medians.items():
        peer = by_host.get(options.peer)
        cells = []
        for host in hosts:
            value = by_host.get(host.name)
            cell = "-" if value is None else f"{value:.3g}"
            if value is not None and peer and host.name != options.peer:
                cell += f" (x{value / peer:.2f})"
            cells.append(cell)
        print(f"| {measure} | " + " | ".join(cells) + " |")
    if options.json:
        options.json.write_text(json.dumps(medians, indent=1))


if __name__ == "__main__":
    main()
