"""Measures how soon the menu opens while the hosted program does its worst.

    python -m benchmarks.menu [--rounds 30]

codex-voice hosts a program that writes without end: random bytes, mutated control sequences, plain
lines; and one that writes nothing, for comparison. Printed are milliseconds from the menu key to
the menu on the screen, of which the target is 100, in a pseudo-terminal of this program, which has
to read and parse whatever is drawn. The kinds take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.pane import HOSTS, Host, Session

MENU_KEY, ESCAPE = b"\x1bOP", b"\x1b"
MENU_LINE = "Restart Codex"
BLOCK_BYTES = 4_000_000
CHILD = """#!{python} -SE
import os, time, tty
tty.setraw(0)
data = open("{folder}/{mode}", "rb").read()
while not data:
    time.sleep(1000)
while True:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(1, rest[:65536]):]
"""
SEQUENCES = [
    b"\x1b[31;1m",
    b"\x1b[10;20H",
    b"\x1b[2J",
    b"\x1b[?1049h",
    b"\x1b[?1049l",
    b"\x1b[?2026h",
    b"\x1b[5;10r",
    b"\x1b[3L",
    b"\x1b[4b",
    b"\x1b]0;title\x07",
    b"\x1b]8;;http://example.org\x1b\\link",
    b"\x1bP1$r0m\x1b\\",
    b"\x1b[>7u",
    b"\x1b[6n",
    "漢字 👩‍💻 é".encode(),
]


def make_outputs() -> dict[str, bytes]:
    """Make what the programs write over and over."""
    chooser = random.Random(11)
    mutated = bytearray()
    while len(mutated) < BLOCK_BYTES:
        sequence = bytearray(chooser.choice(SEQUENCES))
        if chooser.random() < 0.3:
            sequence[chooser.randrange(len(sequence))] = chooser.randrange(256)
        mutated += sequence + b"text " * chooser.randrange(4)
    return {
        "nothing": b"",
        "plain": b"the quick brown fox jumps over the lazy dog\r\n" * (BLOCK_BYTES // 45),
        "random": chooser.randbytes(BLOCK_BYTES),
        "mutated": bytes(mutated),
    }


async def measure(session: Session, rounds: int) -> list[float]:
    """Open the menu and close it again, so many times; return milliseconds."""
    await session.until("voice off")
    await asyncio.sleep(1.5)
    times = []
    chooser = random.Random(3)
    for _ in range(rounds):
        pressed = time.perf_counter()
        session.type(MENU_KEY)
        times.append((await session.until(MENU_LINE) - pressed) * 1e3)
        session.type(ESCAPE)
        await session.until_gone(MENU_LINE)
        await asyncio.sleep(chooser.uniform(0.1, 0.3))
    return times


async def run(rounds: int) -> dict[str, list[float]]:
    """Measure all kinds, in three turns."""
    times: dict[str, list[float]] = {}
    host = Host("codex-voice", HOSTS[-1].split("=", 1)[1])
    with tempfile.TemporaryDirectory(prefix="menu-benchmark-") as name:
        outputs = make_outputs()
        for kind, output in outputs.items():
            (Path(name) / kind).write_bytes(output)
        for _ in range(3):
            for kind in outputs:
                session = Session(host, kind, Path(name), CHILD)
                try:
                    times.setdefault(kind, []).extend(await measure(session, rounds // 3))
                finally:
                    await session.close()
    return times


def main() -> None:
    """Run the benchmark and print a table in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    print("| the program writes | median ms | 95 % within | worst |\n|---|---|---|---|")
    for kind, times in asyncio.run(run(options.rounds)).items():
        tail = statistics.quantiles(times, n=20)[-1]
        print(f"| {kind} | {statistics.median(times):.0f} | {tail:.0f} | {max(times):.0f} |")


if __name__ == "__main__":
    main()
