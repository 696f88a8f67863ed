"""How long after the last word the text is there, by the length of the dictation.

Real weights, in real time, without a screen; for each length and engine by turns the recogniser
alone on the last three seconds, a tap 0 to 0.5 s after the last sound, and now and then an
end-point and a hands-free utterance. A build of whisper.cpp is measured by the Python that it is
installed for.
"""

from __future__ import annotations

import csv
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path

from benchmarks.dictation import last_sound_seconds, timed_dictation
from benchmarks.recognition import milliseconds, recognize_naively
from codex_voice.audio.level import measure
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.pcm import BYTES_PER_SECOND, FRAME_SECONDS, SAMPLE_BYTES, Framer, wav_header
from codex_voice.speech.engines import whisper_library
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import Recognizer

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
LATEST_TAP_SECONDS = 0.5
PAUSE_SECONDS = 0.35
SHORT_SECONDS = 3.0
_SPEECH_DBFS = -45.0
_MEMORY = """
import json, resource, sys
from pathlib import Path
from benchmarks.voice_lengths import ENGINES
def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before = megabytes()
recognizer = ENGINES[sys.argv[1]](Path(sys.argv[2]))
recognizer.transcribe(bytes(2 * 16_000) + bytes(range(1, 251)) * 400)
print(json.dumps(megabytes() - before))
"""


def _ctranslate2(model: Path) -> Recognizer:
    from codex_voice.speech.engines.ct2 import CTranslate2Recognizer

    return CTranslate2Recognizer(model)


ENGINES: dict[str, Callable[[Path], Recognizer]] = {
    "whisper.cpp": WhisperRecognizer,
    "ctranslate2": _ctranslate2,
}


def position(seconds: float) -> int:
    """Return a position in a sound."""
    return int(seconds * BYTES_PER_SECOND) // SAMPLE_BYTES * SAMPLE_BYTES


def sentences_with_words(voice: str = "heart") -> Iterator[tuple[str, bytes]]:
    """Give words and sound of a natural voice's sentences again and again, without silence."""
    folder = SHARED / "audio" / "natural"
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file, delimiter="\t")
            if (row["kind"], row["voice"]) == ("sentence", voice)
        ]
    for row in cycle(rows):
        pcm = read_wave(folder / row["file"])
        frames = Framer().push(pcm)
        first = next(n for n, frame in enumerate(frames) if measure(frame).dbfs > _SPEECH_DBFS)
        yield (
            row["expected"],
            pcm[position(first * FRAME_SECONDS) : position(last_sound_seconds(pcm))],
        )


def dictation_of(seconds: float) -> bytes:
    """Return sentences with pauses between them, as many whole ones as are nearest to a length."""
    sound = b""
    for _, sentence in sentences_with_words():
        if sound and len(sound) + len(sentence) / 2 > seconds * BYTES_PER_SECOND:
            return sound
        sound += (bytes(position(PAUSE_SECONDS)) if sound else b"") + sentence
    raise AssertionError("there is always one more sentence")


def write_wave(path: Path, pcm: bytes) -> Path:
    """Write a sound to a file."""
    path.write_bytes(wav_header(len(pcm)) + pcm)
    return path


def memory_megabytes(engine: str, model: Path) -> float:
    """Return what an engine adds to the memory of a fresh process (peak resident set size)."""
    ended = subprocess.run(
        [sys.executable, "-c", _MEMORY, engine, str(model)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(ended.stdout.splitlines()[-1]))


def faster_whisper(directory: Path) -> Callable[[Path], object]:
    """Return what recognises a file with faster-whisper as it comes (int8, beam 5, 30 s).

    Args:
        directory: A model that faster-whisper opens.
    """
    from faster_whisper import WhisperModel  # type: ignore[import-not-found]

    model = WhisperModel(str(directory), device="cpu", compute_type="int8")
    return lambda clip: list(model.transcribe(str(clip), language="en")[0])


async def measure_lengths(
    model: Path,
    lengths: list[float],
    rounds: int,
    folder: Path,
    peer: Path | None,
    wanted: list[str],
) -> None:
    """Measure every length with every engine that is installed, and print.

    Args:
        model: A model file of whisper.cpp.
        lengths: Seconds of dictations.
        rounds: Taps for each.
        folder: Scratch space.
        peer: A model for faster-whisper, if that is to be measured too.
        wanted: The engines to be measured, as far as they are installed.
    """
    build = "LLAMAFILE build" if whisper_library.is_fast_build() else "wheel or plain build"
    print(f"{model.name}; whisper.cpp: {build}")
    engines = [
        name for name in wanted if name == "whisper.cpp" or find_spec("ctranslate2") is not None
    ]
    recognize_with_peer = faster_whisper(peer) if peer is not None else None
    for engine in engines:
        print(f"  {engine}: {memory_megabytes(engine, model):.0f} MB")
    for seconds in lengths:
        pcm = dictation_of(seconds)
        clip = write_wave(folder / f"{seconds:g}.wav", pcm)
        naive = milliseconds(partial(recognize_naively, model, clip), 1)
        line = f"  {len(pcm) / BYTES_PER_SECOND:.1f} s: fresh process {naive / 1000:.2f} s"
        if recognize_with_peer is not None:
            line += f", faster-whisper {milliseconds(partial(recognize_with_peer, clip), 1):.0f} ms"
        print(line, flush=True)
        for engine in engines:
            await _measure_engine(engine, model, clip, pcm, rounds, folder / engine)


async def _measure_engine(
    engine: str, model: Path, clip: Path, pcm: bytes, rounds: int, folder: Path
) -> None:
    alone = ENGINES[engine](model)
    end = last_sound_seconds(pcm)
    short = pcm[position(max(0.0, end - SHORT_SECONDS)) : position(end)]
    own, taps, seconds = [], [], []
    async with timed_dictation(partial(ENGINES[engine], model), clip, folder) as timed:
        for number in range(rounds):
            own.append(milliseconds(partial(alone.transcribe, short), 1))
            began = time.process_time()
            late = LATEST_TAP_SECONDS * number / max(1, rounds - 1)
            taps.append(1000 * await timed.tap(late))
            seconds.append(time.process_time() - began)
        end_point = 1000 * await timed.wait_for_end(hands_free=False)
        hands_free = 1000 * await timed.wait_for_end(hands_free=True)
    alone.close()
    middle = statistics.median(own)
    tap = statistics.median(taps)
    print(
        f"    {engine:12} last 3 s alone {middle:5.0f} ms, tap to text {tap:5.0f} ms "
        f"(x {tap / middle:.2f}), end-point {end_point:4.0f} ms, hands-free {hands_free:4.0f} ms, "
        f"processor time of all of it {statistics.median(seconds):5.1f} s",
        flush=True,
    )
