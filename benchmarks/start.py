"""What codex-voice adds to the start of the real Codex, and to its memory.

    python -m benchmarks.start [--rounds 10]

Both run in a terminal of this program, by turns. Measured: from the start to the first text that
Codex shows, and to its composer; with codex-voice also to the microphone's and the speech model's
being ready (the miniature one). Memory is the proportional set size at rest, a while later.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.recognition import percentile_95
from benchmarks.whole_program import (
    CODEX_READY,
    MODEL_READY,
    codex_voice_command,
    fake_codex,
    running,
    virtual_microphone,
)
from tests.support.start_fake_codex import FakeCodex

FIRST_TEXT = "OpenAI Codex"
SETTLING_SECONDS = 3.0


async def measure(codex: FakeCodex, command: Sequence[str], last: str) -> dict[str, float]:
    """Start a program once; return milliseconds to each text, and MB."""
    began = time.perf_counter()
    figures = {}
    async with running(codex, command) as program:
        for what, text in ((FIRST_TEXT, FIRST_TEXT), ("composer", CODEX_READY), ("all", last)):
            await program.sees(text)
            figures[what] = 1000 * (time.perf_counter() - began)
        await asyncio.sleep(SETTLING_SECONDS)
        figures["our MB"], figures["Codex's MB"] = program.memory()
    return figures


async def compare(rounds: int) -> None:
    """Measure both by turns and print."""
    with (
        virtual_microphone(),
        fake_codex() as codex,
        tempfile.TemporaryDirectory() as folder,
    ):
        hosts = {
            "Codex alone": (codex.argv, CODEX_READY),
            "codex-voice": (codex_voice_command(codex, Path(folder)), MODEL_READY),
        }
        figures: dict[str, list[dict[str, float]]] = {name: [] for name in hosts}
        for _ in range(rounds):
            for name, (command, last) in hosts.items():
                figures[name].append(await measure(codex, command, last))
    for what in figures["Codex alone"][0]:
        for name, measured in figures.items():
            values = [each[what] for each in measured]
            print(
                f"{what:14} {name:12} median {statistics.median(values):7.1f}"
                f"   p95 {percentile_95(values):7.1f}"
            )


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
