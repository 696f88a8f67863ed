"""What committing at pauses costs in accuracy, and saves in time.

    python -m benchmarks.seams [--model FILE] [--sentences N] [--limit N] [--no-peer]

Dictations of human and natural speech are recognised by the same model in one pass over the whole
sound, and as the product does it: partial texts, at every pause, and after the tap that ends
them, 0 to 0.5 s after the last sound. Time is simulated (`simulated_dictation`), so that a busy
machine changes no text and no order of passes; times are processor times of one thread.

Printed are the word errors of both; the time from the tap to the text as a multiple of what the
recogniser needs for the last three seconds; and the processor time of all passes of the first
30 s beside that of the same dictation where each pass hears everything from the beginning, as
the product did before it committed anything.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.dictation import last_sound_seconds
from benchmarks.simulated_dictation import HeardAnew, TimedRecognizer, dictate
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.pcm import BYTES_PER_SECOND, SAMPLE_BYTES
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import Recognizer

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
KENNEDY = (
    "and so my fellow americans ask not what your country can do for you "
    "ask what you can do for your country"
)
ROOM = b"\x03\x00\xfd\xff"
LATE_SECONDS = (0.0, 0.25, 0.5)
SHORT_SECONDS = 3.0
PEER_SECONDS = 30.0


def dictations(sentences: int, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """Give name, words and sound of human readers, and of natural sentences joined by pauses."""
    human = SHARED / "audio" / "human"
    with (human / "manifest.tsv").open(encoding="utf-8") as file:
        expected = {row["file"]: row["expected"] for row in csv.DictReader(file, delimiter="\t")}
    name = "moon_two_cities.wav"
    yield name, expected[name], read_wave(human / name)
    chance = random.Random(seed)
    read = [
        {"file": name, "expected": expected[name]}
        for name in expected
        if name.startswith("librivox")
    ]
    yield "librivox", *joined(read, human, chance)
    yield "jfk", KENNEDY, read_wave(SHARED / "audio" / "jfk.wav")
    natural = SHARED / "audio" / "natural"
    with (natural / "manifest.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "sentence"]
    for voice in sorted({row["voice"] for row in rows}):
        own = [row for row in rows if row["voice"] == voice]
        chance.shuffle(own)
        for part in range(0, len(own) - sentences + 1, sentences):
            yield f"{voice} {part}", *joined(own[part : part + sentences], natural, chance)


def joined(rows: list[dict[str, str]], folder: Path, chance: random.Random) -> tuple[str, bytes]:
    """Return words and sound of sentences with pauses of 0.3 to 1 s between them."""
    sound = b""
    for row in rows:
        sound += read_wave(folder / row["file"])
        sound += ROOM * int(chance.uniform(0.3, 1.0) * BYTES_PER_SECOND / len(ROOM))
    return " ".join(row["expected"] for row in rows), sound


def errors(expected: str, written: str) -> tuple[int, int]:
    """Return the word errors of a text, and the number of words there should be."""
    want, have = (re.findall(r"[a-z0-9']+", text.lower()) for text in (expected, written))
    row = list(range(len(have) + 1))
    for count, word in enumerate(want, 1):
        diagonal, row[0] = row[0], count
        for position, other in enumerate(have, 1):
            diagonal, row[position] = (
                row[position],
                min(row[position] + 1, row[position - 1] + 1, diagonal + (word != other)),
            )
    return row[-1], len(want)


@dataclass(frozen=True)
class Measured:
    """One dictation: errors of one pass and committed at pauses, and what it cost.

    Args:
        words: The words that were said.
        once: Errors of one pass over the whole sound.
        committed: Errors of the dictation.
        ratios: Tap to text as a multiple of the last three seconds alone, for each tap.
        seconds: Processor time of all passes of the first 30 s.
        anew: The same where each pass hears everything; None where that was not measured.
    """

    words: int
    once: int
    committed: int
    ratios: list[float]
    seconds: float
    anew: float | None


def measure(
    recognizer: Recognizer, expected: str, pcm: bytes, *, peer: bool, details: bool
) -> Measured:
    """Recognise a dictation in all ways."""
    timed = TimedRecognizer(recognizer)
    end = last_sound_seconds(pcm)
    spoken = pcm[: position(end + LATE_SECONDS[-1])]
    short = pcm[position(end - SHORT_SECONDS) : position(end)]
    own = statistics.median(cpu_seconds(recognizer, short) for _ in range(3))
    whole = recognizer.transcribe(spoken).text
    results = [dictate(timed, pcm, tap_seconds=end + late) for late in LATE_SECONDS]
    first = min(end + LATE_SECONDS[1], PEER_SECONDS)
    anew = dictate(timed, pcm, tap_seconds=first, running_text=HeardAnew).seconds if peer else None
    if details:
        print(f"  one pass:  {whole}\n  committed: {results[1].text}", flush=True)
    wrong, words = errors(expected, whole)
    return Measured(
        words,
        wrong,
        errors(expected, results[1].text)[0],
        [result.waited / own for result in results],
        dictate(timed, pcm, tap_seconds=first).seconds,
        anew,
    )


def position(seconds: float) -> int:
    """Return a position in a sound."""
    return int(seconds * BYTES_PER_SECOND) // SAMPLE_BYTES * SAMPLE_BYTES


def cpu_seconds(recognizer: Recognizer, pcm: bytes) -> float:
    """Return the processor time of a pass over a sound."""
    began = time.process_time()
    recognizer.transcribe(pcm)
    return time.process_time() - began


def main() -> None:
    """Print a line for each dictation, and the sums."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=SHARED / "models" / "ggml-base-q8_0.bin")
    parser.add_argument("--sentences", type=int, default=6)
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--no-peer", action="store_true", help="hear nothing from the beginning")
    parser.add_argument("--details", action="store_true")
    options = parser.parse_args()
    recognizer = WhisperRecognizer(options.model, threads=1)
    found = []
    for name, expected, pcm in list(dictations(options.sentences, seed=1))[: options.limit]:
        one = measure(recognizer, expected, pcm, peer=not options.no_peer, details=options.details)
        found.append(one)
        peer = "" if one.anew is None else f", everything anew {one.anew:.1f}"
        print(
            f"{name:20} {len(pcm) / BYTES_PER_SECOND:5.1f} s {one.words:4} words  errors: one pass "
            f"{one.once}, committed {one.committed}  tap to text x "
            f"{' '.join(f'{ratio:.2f}' for ratio in one.ratios)}  CPU s {one.seconds:.1f}{peer}",
            flush=True,
        )
    words = sum(one.words for one in found)
    for title, wrong in (
        ("one pass", sum(one.once for one in found)),
        ("committed", sum(one.committed for one in found)),
    ):
        print(f"{title}: {wrong} of {words} words wrong, {100 * wrong / words:.1f} %")
    ratios = [ratio for one in found for ratio in one.ratios]
    print(f"tap to text / last 3 s alone: median {statistics.median(ratios):.2f}")
    shares = [one.seconds / one.anew for one in found if one.anew is not None]
    if shares:
        print(f"CPU time / everything anew: median {statistics.median(shares):.2f}")


if __name__ == "__main__":
    main()
