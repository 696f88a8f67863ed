"""Hands-free for an hour: memory stays flat, and every sentence arrives.

    python -m benchmarks.soak [--minutes 60]

The whole program around the real Codex (fake model) with the miniature speech model. Clips are
spoken into a virtual microphone with typing or a fan between them; each text is sent, and
answered. Prints once a minute the memory of our processes and what became of the sentences; the
miniature model may take one for a command.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.noise import OFFICE_DBFS, fan, make_noise, typing
from benchmarks.voice import dictations
from benchmarks.whole_program import (
    codex_voice_command,
    fake_codex,
    running,
    virtual_microphone,
)

CONFIG = """
[voice]
mode = "hands_free"
send = true
[history]
maximum_count = 10000
"""
NOISE_SECONDS = 4.0


async def soak(minutes: float) -> None:
    """Speak for so many minutes, and print."""
    clips = itertools.cycle(dictations(100))
    noises = itertools.cycle(
        [make_noise(kind, NOISE_SECONDS, OFFICE_DBFS) for kind in (typing, fan)]
    )
    with (
        virtual_microphone() as microphone,
        fake_codex() as codex,
        tempfile.TemporaryDirectory() as folder,
    ):
        async with running(codex, codex_voice_command(codex, Path(folder), CONFIG)) as program:
            await program.ready()
            began = time.monotonic()
            spoken = 0
            for minute in itertools.count(1):
                while time.monotonic() < began + 60 * min(minute, minutes):
                    await asyncio.to_thread(microphone.play(next(clips)).wait)
                    spoken += 1
                    await asyncio.to_thread(microphone.play(next(noises)).wait)
                outcomes = Counter(str(entry.outcome) for entry in program.journal())
                print(
                    f"{(time.monotonic() - began) / 60:5.1f} min  {program.resident():6.1f} MB"
                    f"  {spoken} spoken  {dict(outcomes)}"
                    f"  {len(codex.user_texts())} reached Codex  load {os.getloadavg()[0]:.2f}",
                    flush=True,
                )
                if minute >= minutes:
                    return


def main() -> None:
    """Read the command line and soak."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    asyncio.run(soak(parser.parse_args().minutes))


if __name__ == "__main__":
    main()
