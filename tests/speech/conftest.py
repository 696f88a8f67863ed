"""Real models and real clips."""

from __future__ import annotations

import csv
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.make_random_model import write_model
from codex_voice import practice
from codex_voice.speech.engines.whisper import WhisperRecognizer

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = REPOSITORY / "tests" / "data"
# Of the installed package, which need not be the one beside the tests.
MINI = Path(practice.__file__).with_name("data") / "ggml-mini.en-q8_0.bin"


PREAMBLE = f"""
import os, sys, threading, wave
from pathlib import Path
from codex_voice.errors import RecognitionFailed
from codex_voice.speech.engines.whisper import WhisperRecognizer
with wave.open("tests/data/jfk.wav") as file:
    pcm = file.readframes(file.getnframes())
recognizer = WhisperRecognizer(Path({str(MINI)!r}))
"""
"""A program for `run_python` starts with this: the miniature model, and a voice."""


@dataclass(frozen=True)
class Clip:
    """A recording, what is said in it, and whether the miniature model is known to get it."""

    name: str
    text: str
    right: bool
    pcm: bytes


def read_wav(path: Path) -> bytes:
    """Return the samples of a 16-bit mono file at 16 kHz."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        return bytes(file.readframes(file.getnframes()))


def run_python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, for what may end the process."""
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="session")
def clips() -> list[Clip]:
    """All clips of the manifest."""
    with (DATA / "clips" / "manifest.tsv").open(encoding="utf-8") as file:
        return [
            Clip(
                row["file"],
                row["expected"],
                row["right_in_all_4_modes"] == "yes",
                read_wav(DATA / "clips" / row["file"]),
            )
            for row in csv.DictReader(file, delimiter="\t")
        ]


@pytest.fixture(scope="session")
def say(clips: list[Clip]) -> Callable[[str], bytes]:
    """Return a function that finds the sound of a text."""
    return lambda text: next(clip.pcm for clip in clips if clip.text == text)


@pytest.fixture(scope="session")
def real_voice() -> bytes:
    """Eleven seconds of a real person speaking."""
    return read_wav(DATA / "jfk.wav")


@pytest.fixture(scope="session")
def mini() -> Iterator[WhisperRecognizer]:
    """Load the miniature model."""
    recognizer = WhisperRecognizer(MINI)
    yield recognizer
    recognizer.close()


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that makes a tiny model which hears one text in every sound."""
    directory = tmp_path_factory.mktemp("models")

    def make(say: str = "", *, multilingual: bool = False) -> Path:
        path = directory / f"ggml-{abs(hash((say, multilingual)))}.bin"
        if not path.exists():
            write_model(path, "nano", multilingual=multilingual, say=say)
        return path

    return make
