"""How long after the last word the text is there.

    python -m benchmarks.voice [--parts program,models,lengths] [--clips 12] [--rounds 5]
                               [--lengths 3 12 30 60 120] [--weights FILE] [--faster-whisper DIR]
                               [--engines whisper.cpp ctranslate2]

program: the whole program around the real Codex (fake model), the miniature speech model, clips
    played into a virtual microphone. From the tap that ends the utterance to the text in the
    composer; and from the last sound, as this program hears it through the same microphone, to the
    text, less the silence that ends an utterance.
models: dictation without a screen, with models of true size and made-up weights, for sentences of
    about three seconds in real time. From the tap, and from the end-point, to the text; beside what
    the recogniser alone needs for the same sound, and beside a fresh process for each utterance.
    Several sentences, for partial texts begin with the syllables of each at other moments.
lengths: the same with real weights, by the length of the dictation, the engine and the build, with
    the processor time of the whole dictation and the memory (`voice_lengths`).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.dictation import timed_dictation
from benchmarks.recognition import (
    CLIPS,
    find_model,
    milliseconds,
    percentile_95,
    recognize_naively,
)
from benchmarks.voice_lengths import ENGINES, SHARED, measure_lengths
from benchmarks.whole_program import (
    TALK_KEY,
    WholeProgram,
    codex_voice_command,
    fake_codex,
    running,
    virtual_microphone,
)
from codex_voice.audio.level import measure
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.config.schema import VoiceConfig
from codex_voice.language.grammar import grammar_for
from codex_voice.speech.engines.whisper import WhisperRecognizer
from tests.support.virtual_mic import VirtualMic

SENTENCES = tuple(
    CLIPS / f"{name}.wav"
    for name in (
        "33_festival_write_a_unit_test_for_the_main_loop",
        "13_espeak_add_a_comment_to_this_function",
        "14_espeak_please_add_a_docstring_to_this_funct",
        "22_flite_move_the_script_to_a_new_file",
        "24_flite_create_a_file_called_parser_py",
        "32_festival_now_clean_up_the_error_handler",
        "35_festival_add_a_comment_to_the_session_manager",
        "12_espeak_create_a_file_called_main_py",
    )
)
END_SILENCE_MS = VoiceConfig().end_silence_ms
# People tap so long after their last sound, at most; it matters, for the recogniser may be busy.
LATEST_TAP_SECONDS = 0.5
_SPEECH_DBFS = -45.0


class Ear:
    """Listens to the microphone as the program does, and knows when the last sound came."""

    def __init__(self) -> None:
        self._microphone = Microphone()
        self._lock = threading.Lock()
        self._last = 0.0

    def __enter__(self) -> Ear:
        self._microphone.open(self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        self._microphone.close()

    def _hear(self, frame: bytes) -> None:
        if measure(frame).dbfs > _SPEECH_DBFS:
            with self._lock:
                self._last = time.perf_counter()

    @property
    def last_sound(self) -> float:
        """When the last sound came, on the clock of `time.perf_counter`."""
        with self._lock:
            return self._last


def dictations(count: int) -> list[Path]:
    """Return clips that the miniature model understands and that are no commands."""
    found = [
        CLIPS / row["file"]
        for row in _manifest()
        if row["right_in_all_4_modes"] == "yes"
        and row["expected"]
        and not grammar_for("en").command(row["expected"])
    ]
    return found[:: max(1, len(found) // count)][:count]


def expected_texts() -> dict[Path, str]:
    """Return what is said in each clip."""
    return {CLIPS / row["file"]: row["expected"] for row in _manifest()}


def _manifest() -> list[dict[str, str]]:
    with (CLIPS / "manifest.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


async def measure_program(clips: list[Path]) -> None:
    """Measure the whole program, and print."""
    taps, ends = [], []
    with (
        virtual_microphone() as microphone,
        fake_codex() as codex,
        tempfile.TemporaryDirectory() as folder,
        Ear() as ear,
    ):
        async with running(codex, codex_voice_command(codex, Path(folder))) as program:
            await program.ready()
            for clip in clips:
                taps.append(await _tap(program, microphone, clip))
                ends.append(await _fall_silent(program, microphone, clip, ear))
    print(f"whole program, {len(clips)} clips")
    print(f"  tap to text in the composer               {_describe(taps)}")
    print(f"  text after the last sound + {END_SILENCE_MS} ms       {_describe(ends)}")


async def _tap(program: WholeProgram, microphone: VirtualMic, clip: Path) -> float:
    await _begin(program)
    await _speak(microphone, clip)
    tapped = time.perf_counter()
    program.press(TALK_KEY)
    await program.gets_text()
    waited = time.perf_counter() - tapped
    await program.clears_composer()
    return 1000 * waited


async def _fall_silent(
    program: WholeProgram, microphone: VirtualMic, clip: Path, ear: Ear
) -> float:
    await _begin(program)
    await _speak(microphone, clip)
    await program.gets_text()
    waited = time.perf_counter() - ear.last_sound
    await program.clears_composer()
    return 1000 * waited - END_SILENCE_MS


async def _begin(program: WholeProgram) -> None:
    program.press(TALK_KEY)
    await program.sees("LISTENING")


async def _speak(microphone: VirtualMic, clip: Path) -> None:
    await asyncio.to_thread(microphone.play(clip).wait)


@dataclass
class Timings:
    """What was measured with one model, all in ms; a tap also as a multiple of `own`.

    `own` is what the recogniser alone needs, for each sentence the middle of all rounds.
    """

    own: list[float] = field(default_factory=list)
    taps: list[float] = field(default_factory=list)
    tap_ratios: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    hands_free_ends: list[float] = field(default_factory=list)


async def measure_model(name: str, rounds: int, folder: Path) -> None:
    """Measure dictation with one model, and print."""
    model = find_model(name, folder)
    naive = milliseconds(partial(recognize_naively, model, SENTENCES[0]), 2)
    timings = Timings()
    for place, sentence in enumerate(SENTENCES):
        lates = [
            LATEST_TAP_SECONDS * (number + place / len(SENTENCES)) / rounds
            for number in range(rounds)
        ]
        await measure_sentence(model, sentence, lates, folder / name, timings)
    ratios = sorted(timings.tap_ratios)
    print(f"{name}, {len(SENTENCES)} sentences, {len(ratios)} taps")
    print(f"  recogniser alone, fitted context          {_describe(timings.own)}")
    print(f"  tap to text                               {_describe(timings.taps)}")
    print(
        f"    as a multiple of the recogniser alone   median {statistics.median(ratios):6.2f}",
        end="",
    )
    print(f"      p95 {percentile_95(ratios):6.2f}")
    print(f"  end-point to text, begun by key           {_describe(timings.ends)}")
    print(f"  end-point to text, hands-free             {_describe(timings.hands_free_ends)}")
    print(f"  a fresh process at full context           median {naive:6.0f} ms")


async def measure_sentence(
    model: Path, sentence: Path, lates: list[float], folder: Path, timings: Timings
) -> None:
    """Measure one sentence, with taps so many seconds after its last sound."""
    alone = WhisperRecognizer(model)
    pcm = read_wave(sentence)
    own, taps = [], []
    async with timed_dictation(partial(WhisperRecognizer, model), sentence, folder) as timed:
        for late in lates:
            own.append(milliseconds(partial(alone.transcribe, pcm), 1))
            taps.append(1000 * await timed.tap(late))
        timings.ends.append(1000 * await timed.wait_for_end(hands_free=False))
        timings.hands_free_ends.append(1000 * await timed.wait_for_end(hands_free=True))
    alone.close()
    middle = statistics.median(own)
    timings.own.append(middle)
    timings.taps += taps
    timings.tap_ratios += [tap / middle for tap in taps]


def _describe(values: Iterable[float]) -> str:
    ordered = sorted(values)
    median, p95 = statistics.median(ordered), percentile_95(ordered)
    return f"median {median:6.0f} ms   p95 {p95:6.0f} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", default="program,models")
    parser.add_argument("--clips", type=int, default=12)
    parser.add_argument("--models", nargs="+", default=["mini", "tiny.en", "base.en"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lengths", type=float, nargs="+", default=[3, 12, 30, 60, 120])
    parser.add_argument("--weights", type=Path, default=SHARED / "models" / "ggml-base-q8_0.bin")
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--faster-whisper", type=Path, help="a model that faster-whisper opens")
    options = parser.parse_args()
    parts = options.parts.split(",")
    print(f"load average {os.getloadavg()[0]:.2f}")
    if "program" in parts:
        asyncio.run(measure_program(dictations(options.clips)))
    if "models" in parts:
        with tempfile.TemporaryDirectory() as folder:
            for name in options.models:
                asyncio.run(measure_model(name, options.rounds, Path(folder)))
    if "lengths" in parts:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(
                measure_lengths(
                    options.weights,
                    options.lengths,
                    options.rounds,
                    Path(folder),
                    options.faster_whisper,
                    options.engines,
                )
            )
    print(f"load average {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
