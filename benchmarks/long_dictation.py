"""Two minutes of speech with pauses into the real Codex, with real weights.

    python -m benchmarks.long_dictation [--seconds 120] [--rounds 3] [--weights FILE]

The whole program around the real Codex (fake model); natural sentences with pauses between them are
played into a virtual microphone, alternately one sentence and a dictation of so many seconds.
Measured: from the tap that ends it to its last words in the composer. Then Enter sends it, and what
has reached the model is compared with what was said: nothing missing, nothing doubled, in order.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.seams import errors
from benchmarks.voice_lengths import PAUSE_SECONDS, SHARED, position, sentences_with_words
from benchmarks.whole_program import (
    CODEX_READY,
    TALK_KEY,
    WholeProgram,
    codex_voice_command,
    fake_codex,
    running,
    virtual_microphone,
)
from codex_voice.pcm import BYTES_PER_SECOND
from codex_voice.recordings.outcomes import Outcome
from codex_voice.speech.models.installed import name_of
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import VirtualMic

PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.02
# Spoken forms are written as words, so that errors are the recogniser's; and it is not sent by
# silence, but by the tap.
CONFIG = """
[language]
code = false
[voice]
end_silence_ms = 3000
"""


@dataclass(frozen=True)
class Delivered:
    """A dictation that has reached the model.

    Args:
        seconds: From the tap to its last words in the composer.
        wrong: Words that are wrong, missing or too many.
        words: Words that were said.
        text: What the model got.
    """

    seconds: float
    wrong: int
    words: int
    text: str


def dictation(spoken: Iterator[tuple[str, bytes]], seconds: float) -> tuple[str, bytes]:
    """Return the words and the sound of as many further sentences as last so long."""
    words, sound = next(spoken)
    while len(sound) < seconds * BYTES_PER_SECOND:
        more, pcm = next(spoken)
        words += f" {more}"
        sound += bytes(position(PAUSE_SECONDS)) + pcm
    return words, sound


async def deliver(
    program: WholeProgram, codex: FakeCodex, microphone: VirtualMic, words: str, sound: bytes
) -> Delivered:
    """Speak, tap, wait for the text, send it, and compare."""
    known = {entry.id for entry in program.journal()}
    turns = len(codex.turns())
    program.press(TALK_KEY)
    await program.sees("LISTENING")
    await asyncio.to_thread(microphone.play(sound).wait)
    tapped = time.perf_counter()
    program.press(TALK_KEY)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            new = [entry for entry in program.journal() if entry.id not in known]
            if new and all(entry.outcome is Outcome.INSERTED for entry in new):
                break
            await asyncio.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - tapped
        program.press(b"\r")
        await asyncio.to_thread(codex.wait_for_turns, turns + 1, PATIENCE_SECONDS)
    await program.sees(CODEX_READY)
    text = codex.user_texts()[-1]
    return Delivered(seconds, *errors(words, text), text)


async def measure(seconds: float, rounds: int, weights: Path) -> None:
    """Measure one sentence and a long dictation alternately, and print."""
    spoken = sentences_with_words()
    short: list[Delivered] = []
    long: list[Delivered] = []
    with (
        virtual_microphone() as microphone,
        fake_codex() as codex,
        tempfile.TemporaryDirectory() as folder,
    ):
        command = codex_voice_command(codex, Path(folder), CONFIG, model=weights)
        async with running(codex, command) as program:
            await program.sees(CODEX_READY)
            await program.sees(f"{name_of(weights)} │")
            for _ in range(rounds):
                for length, found in ((0.0, short), (seconds, long)):
                    words, sound = dictation(spoken, length)
                    one = await deliver(program, codex, microphone, words, sound)
                    found.append(one)
                    print(
                        f"  {len(sound) / BYTES_PER_SECOND:6.1f} s: {one.seconds:5.2f} s after the "
                        f"tap, {one.wrong} of {one.words} words wrong",
                        flush=True,
                    )
    waits = [statistics.median(one.seconds for one in found) for found in (short, long)]
    print(
        f"tap to text, medians: one sentence {waits[0]:.2f} s, {seconds:g} s {waits[1]:.2f} s, "
        f"x {waits[1] / waits[0]:.2f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--weights", type=Path, default=SHARED / "models" / "ggml-base-q8_0.bin")
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.2f}")
    asyncio.run(measure(options.seconds, options.rounds, options.weights))
    print(f"load average {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
