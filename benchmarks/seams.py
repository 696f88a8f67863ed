"""What committing at pauses costs in accuracy, and saves in processor time.

    python -m benchmarks.seams [--model FILE] [--sentences N] [--no-context]

Dictations of natural speech are recognised twice with the same model: in one pass over the whole
sound, and as the product does it, up to every pause and then to the end. Both word error rates
are printed, with the processor time of the last pass (what a person waits for), beside that of
one pass over the last three seconds. The recogniser is idle whenever it is asked, as it is on a
machine that is fast enough; the events come from the product's own segmenter.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from codex_voice.audio.events import CaptureEvent, PartialAudio, SpeechPaused, UtteranceEnded
from codex_voice.audio.frame_analysis import CaptureSettings
from codex_voice.audio.segmenter import Segmenter
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.audio.utterance import EndReason
from codex_voice.dictation.running_text import RunningText
from codex_voice.pcm import BYTES_PER_SECOND, FRAME_SECONDS, Framer
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import NO_HINTS, Hints, Transcript

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
PARTIAL_SECONDS = 1.5
ROOM = b"\x03\x00\xfd\xff"


@dataclass
class Cost:
    """Processor seconds of one dictation."""

    passes: list[float] = field(default_factory=list)

    def run(
        self, recognizer: WhisperRecognizer, pcm: bytes, thorough: bool, hints: Hints
    ) -> Transcript:
        """Recognise, and note what it cost."""
        began = time.process_time()
        transcript = recognizer.transcribe(pcm, thorough=thorough, hints=hints)
        self.passes.append(time.process_time() - began)
        return transcript


def dictations(sentences: int, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """Return name, words and sound of a human reader, and of natural sentences joined."""
    human = SHARED / "audio" / "human"
    with (human / "manifest.tsv").open(encoding="utf-8") as file:
        told = {row["file"]: row["expected"] for row in csv.DictReader(file, delimiter="\t")}
    name = "moon_two_cities.wav"
    yield name, told[name], read_wave(human / name)
    natural = SHARED / "audio" / "natural"
    with (natural / "manifest.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "sentence"]
    chance = random.Random(seed)
    for voice in sorted({row["voice"] for row in rows}):
        own = [row for row in rows if row["voice"] == voice]
        chance.shuffle(own)
        for part in range(0, len(own) - sentences + 1, sentences):
            chosen = own[part : part + sentences]
            sound = b""
            for row in chosen:
                pause = chance.uniform(0.3, 1.0)
                sound += read_wave(natural / row["file"])
                sound += ROOM * int(pause * BYTES_PER_SECOND / len(ROOM))
            yield f"{voice} {part}", " ".join(row["expected"] for row in chosen), sound


def events(pcm: bytes, maximum_seconds: float) -> list[CaptureEvent]:
    """Return what the capture would post while somebody holds the key."""
    posted: list[CaptureEvent] = []
    settings = CaptureSettings(maximum_seconds=maximum_seconds)
    segmenter = Segmenter(settings, posted.append, None, on_over=lambda: None)
    segmenter.begin(ends_by_itself=False)
    for number, frame in enumerate(Framer().push(pcm)):
        segmenter.hear(frame, deaf=False)
        if number % int(PARTIAL_SECONDS / FRAME_SECONDS) == 0:
            segmenter.snapshot()
    segmenter.end(EndReason.FINISHED)
    segmenter.close()
    return posted


def dictate(
    recognizer: WhisperRecognizer, pcm: bytes, cost: Cost, context: bool, maximum_seconds: float
) -> str:
    """Return the text of a dictation that is committed at its pauses."""
    texts: list[str] = []
    running = RunningText()
    last: tuple[int, Transcript] | None = None
    for event in events(pcm, maximum_seconds):
        match event:
            case SpeechPaused(_, sound) | PartialAudio(_, sound):
                pass
            case UtteranceEnded(utterance):
                sound = utterance.pcm
            case _:
                continue
        stretch = running.stretch(len(sound))
        hints = Hints(before=running.committed) if context else NO_HINTS
        partial = isinstance(event, PartialAudio)
        if isinstance(event, UtteranceEnded) and last and last[0] == stretch.stop:
            texts.append(last[1].text)
        else:
            transcript = cost.run(recognizer, sound[stretch.start :], not partial, hints)
            whole = running.whole(stretch, transcript)
            if isinstance(event, UtteranceEnded):
                texts.append(whole.text)
            else:
                running.note(stretch, transcript, pause=not partial)
                last = None if partial else (stretch.stop, whole)
        if isinstance(event, UtteranceEnded):
            running, last = RunningText(), None
    return " ".join(texts)


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


def main() -> None:
    """Print a line for each dictation, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=SHARED / "models" / "ggml-base-q8_0.bin")
    parser.add_argument("--sentences", type=int, default=6)
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--maximum-seconds", type=float, default=30.0)
    parser.add_argument("--no-context", action="store_true")
    parser.add_argument("--details", action="store_true")
    arguments = parser.parse_args()
    recognizer = WhisperRecognizer(arguments.model, threads=1)
    sums = [0, 0, 0]
    ratios = []
    chosen = list(dictations(arguments.sentences, seed=1))[: arguments.limit]
    for name, expected, pcm in chosen:
        once, pieces, short = Cost(), Cost(), Cost()
        whole = once.run(recognizer, pcm, True, NO_HINTS).text
        context = not arguments.no_context
        committed = dictate(recognizer, pcm, pieces, context, arguments.maximum_seconds)
        short.run(recognizer, pcm[-3 * BYTES_PER_SECOND :], True, NO_HINTS)
        one, words = errors(expected, whole)
        many, _ = errors(expected, committed)
        sums = [sums[0] + words, sums[1] + one, sums[2] + many]
        ratios.append(pieces.passes[-1] / short.passes[0])
        print(
            f"{name:24} {len(pcm) / BYTES_PER_SECOND:5.1f} s  {words:4} words  errors: "
            f"one pass {one}, committed {many}  CPU s: one pass {once.passes[0]:.2f}, "
            f"{len(pieces.passes)} passes {sum(pieces.passes):.2f}, last {pieces.passes[-1]:.2f} "
            f"= {ratios[-1]:.2f} x 3 s",
            flush=True,
        )
        if arguments.details:
            print(f"  one pass:  {whole}\n  committed: {committed}", flush=True)
    print(
        f"{sums[0]} words: one pass {100 * sums[1] / sums[0]:.1f} %, committed "
        f"{100 * sums[2] / sums[0]:.1f} %; last pass / 3 s, median {statistics.median(ratios):.2f}"
    )


if __name__ == "__main__":
    main()
