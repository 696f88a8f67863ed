"""Loads a speech model and recognises two seconds: `python -m ... FILE [ENGINE]` prints JSON.

A process of its own, because a damaged model can end the process that loads it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.config.schema import WhisperConfig
from codex_voice.native_environment import configure_native_libraries
from codex_voice.pcm import SAMPLE_BYTES, SAMPLE_RATE
from codex_voice.practice.recordings import recordings
from codex_voice.speech.engines import whisper_library
from codex_voice.speech.factory import load_model

_SECONDS = 2


def main() -> None:
    """Print how many seconds it took, and what did the work."""
    configure_native_libraries()
    ctranslate2 = sys.argv[2:] == ["ctranslate2"]
    whisper = WhisperConfig(engine="ctranslate2" if ctranslate2 else "whisper.cpp")
    recognizer = load_model(whisper, Path(sys.argv[1]))
    pcm = read_wave(recordings()[0].path)[: _SECONDS * SAMPLE_RATE * SAMPLE_BYTES]
    began = time.monotonic()
    transcript = recognizer.transcribe(pcm)
    seconds = time.monotonic() - began
    engine = recognizer.describe()
    recognizer.close()
    answer = {
        "seconds": round(seconds, 3),
        "audio_seconds": transcript.audio_seconds,
        "engine": engine,
        "fast_build": whisper_library.is_fast_build(),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
