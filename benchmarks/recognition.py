"""What the text costs after the end of speech: fitted context, full context, and the naive way.

The naive way is a fresh process for each utterance with pywhispercpp's defaults (full context,
flash attention). The miniature model recognises; the others have true dimensions and made-up
weights, so that their times, and only those, are a real model's.

    python benchmarks/recognition.py [--models mini tiny.en base.en small.en] [--clips 8]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.make_random_model import TEMPLATE, write_model
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.speech.engines.encoder_context import FULL_CONTEXT
from codex_voice.speech.engines.local_recognizer import default_threads
from codex_voice.speech.engines.whisper import WhisperRecognizer

CLIPS = Path(__file__).resolve().parent.parent / "tests" / "data" / "clips"
TOKENS = 12
"""What a made-up model says for every clip: a short sentence."""

_NAIVE = """
import sys
from pywhispercpp.model import Model
model = Model(sys.argv[1], print_progress=False, print_realtime=False, n_threads=int(sys.argv[3]))
print(" ".join(segment.text for segment in model.transcribe(sys.argv[2])))
"""


def spoken_clips(count: int) -> list[Path]:
    """Return clips with speech, evenly chosen from the shortest to the longest."""
    clips = sorted(
        (path for path in CLIPS.glob("*.wav") if "_none_" not in path.name),
        key=lambda path: path.stat().st_size,
    )
    return clips[:: max(1, len(clips) // count)][:count]


def find_model(name: str, directory: Path) -> Path:
    """Return the miniature model, or make one of true size."""
    if name == "mini":
        return TEMPLATE
    path = directory / f"ggml-random-{name}.bin"
    write_model(path, name.removesuffix(".en"), quantisation="q8_0", tokens=TOKENS)
    return path


def recognize_naively(model: Path, clip: Path) -> None:
    """Recognise a clip in a fresh process."""
    command = [sys.executable, "-c", _NAIVE, str(model), str(clip), str(default_threads())]
    subprocess.run(command, check=True, capture_output=True)


def milliseconds(work: Callable[[], object], repetitions: int) -> float:
    """Return the median time of some work."""
    times = []
    for _ in range(repetitions):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def measure(model: Path, clips: list[Path], repetitions: int) -> list[tuple[float, float, float]]:
    """Time each clip three ways.

    Returns:
        Milliseconds at fitted context, at full context, and in a fresh process, for each clip.
    """
    fitted = WhisperRecognizer(model)
    full = WhisperRecognizer(model, context=lambda _seconds: FULL_CONTEXT)
    rows = []
    for clip in clips:
        pcm = read_wave(clip)
        rows.append(
            (
                milliseconds(partial(fitted.transcribe, pcm, thorough=False), repetitions),
                milliseconds(partial(full.transcribe, pcm, thorough=False), repetitions),
                milliseconds(partial(recognize_naively, model, clip), 1),
            )
        )
    fitted.close()
    full.close()
    return rows


def percentile_95(values: list[float]) -> float:
    """Return the value that 95 of 100 stay under."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    """Measure, and print a table for people."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", nargs="+", default=["mini", "tiny.en", "base.en"])
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--repetitions", type=int, default=3)
    given = parser.parse_args()
    clips = spoken_clips(given.clips)
    print(f"{len(clips)} clips, {default_threads()} thread(s); milliseconds, median / p95")
    print(f"{'model':10} {'fitted':>15} {'full context':>15} {'naive':>15}  naive : fitted")
    with tempfile.TemporaryDirectory() as directory:
        for name in given.models:
            rows = measure(find_model(name, Path(directory)), clips, given.repetitions)
            columns = [list(column) for column in zip(*rows, strict=True)]
            cells = [f"{statistics.median(c):7.0f} /{percentile_95(c):6.0f}" for c in columns]
            ratio = statistics.median(naive / fitted for fitted, _, naive in rows)
            print(f"{name:10} {' '.join(cells)}  {ratio:6.1f}")
            for clip, row in zip(clips, rows, strict=True):
                seconds = len(read_wave(clip)) / 32_000
                print(f"  {seconds:5.1f} s {' '.join(f'{value:15.0f}' for value in row)}")


if __name__ == "__main__":
    main()
