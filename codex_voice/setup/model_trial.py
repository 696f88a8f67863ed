"""Loads a speech model and recognises a sentence with it: `python -m ... FILE` prints JSON.

A process of its own, because a damaged model can end the process that loads it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.config.schema import WhisperConfig
from codex_voice.native_environment import tell_libraries
from codex_voice.practice.recordings import recordings
from codex_voice.speech.factory import load_model


def main() -> None:
    """Print how many seconds the sentence took."""
    tell_libraries()
    recognizer = load_model(WhisperConfig(), Path(sys.argv[1]))
    pcm = read_wave(recordings()[0].path)
    began = time.monotonic()
    recognizer.transcribe(pcm)
    seconds = time.monotonic() - began
    recognizer.close()
    print(json.dumps({"seconds": round(seconds, 3)}))


if __name__ == "__main__":
    main()
