"""What codex-voice adds to the start of the real Codex, and to its memory.

    python -m benchmarks.start [--rounds 10]

Both run in a terminal of this program, in alternating runs. Measured from the start: to the first
text that Codex shows; to its composer; until the whole app stands, which is Codex's composer with
a key typed into it, and with codex-voice its status bar before that; with codex-voice also until
microphone and speech model (the miniature one) are ready. What codex-voice adds is the median of
the differences of each round. Memory is the proportional set size at rest, a while later.

Python runs from bytecode, as it does where pip has installed it: a round before the first one
writes that of a checkout to a folder of its own, also where PYTHONDONTWRITEBYTECODE is set.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.recognition import percentile_95
from benchmarks.whole_program import (
    CODEX_READY,
    MODEL_READY,
    codex_voice_command,
    compiled_once,
    fake_codex,
    running,
    virtual_microphone,
)
from tests.support.start_fake_codex import FakeCodex

ALONE, OURS = "Codex alone", "codex-voice"
FIRST_TEXT = "OpenAI Codex"
STATUS_BAR = "F1 menu"
KEY = "x"
SETTLING_SECONDS = 3.0


@dataclass(frozen=True)
class ProgramToStart:
    """A program that shows Codex: Codex itself, or codex-voice.

    Attributes:
        command: The program with its arguments.
        complete: Texts on the screen when the whole app stands.
        ready: The last text that it shows by itself.
    """

    command: Sequence[str]
    complete: Sequence[str]
    ready: str


async def measure(codex: FakeCodex, host: ProgramToStart) -> dict[str, float]:
    """Start a program once; return milliseconds to each state, and MB."""
    began = time.perf_counter()
    figures = {}

    def note(what: str) -> None:
        figures[what] = 1000 * (time.perf_counter() - began)

    async with running(codex, host.command) as program:
        await program.sees(FIRST_TEXT)
        note("first text")
        await program.sees(CODEX_READY)
        note("composer")
        for text in host.complete:
            await program.sees(text)
        program.press(KEY.encode())
        await program.terminal.until(lambda: program.composer() == KEY, "the key in the composer")
        note("whole app")
        await program.clears_composer()
        await program.sees(host.ready)
        note("all")
        await asyncio.sleep(SETTLING_SECONDS)
        figures["our MB"], figures["Codex's MB"] = program.memory()
    return figures


async def compare(rounds: int) -> None:
    """Measure both in alternating runs and print."""
    with (
        compiled_once(),
        virtual_microphone(),
        fake_codex() as codex,
        tempfile.TemporaryDirectory() as folder,
    ):
        command = codex_voice_command(codex, Path(folder))
        hosts = {
            ALONE: ProgramToStart(codex.argv, (), CODEX_READY),
            OURS: ProgramToStart(command, (STATUS_BAR,), MODEL_READY),
        }
        figures: dict[str, list[dict[str, float]]] = {name: [] for name in hosts}
        for round_number in range(rounds + 1):
            for name, host in hosts.items():
                measured = await measure(codex, host)
                # The first round writes the bytecode.
                if round_number:
                    figures[name].append(measured)
    for what in figures[ALONE][0]:
        for name, rows in figures.items():
            values = [each[what] for each in rows]
            print(
                f"{what:12} {name:12} median {statistics.median(values):7.1f}"
                f"   p95 {percentile_95(values):7.1f}"
            )
        added = [
            ours[what] - alone[what]
            for ours, alone in zip(figures[OURS], figures[ALONE], strict=True)
        ]
        print(f"{what:12} {'added':12} median {statistics.median(added):+7.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.2f}")
    asyncio.run(compare(options.rounds))
    print(f"load average {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
