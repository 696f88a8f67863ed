"""The dictation that is timed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.dictation import timed_dictation
from benchmarks.recognition import CLIPS
from codex_voice.practice.recordings import model_path
from codex_voice.speech.engines.whisper import WhisperRecognizer

PRINT = CLIPS / "10_espeak_print_the_size.wav"


async def test_each_way_of_ending_a_sentence_gives_its_text(tmp_path: Path) -> None:
    """One after the other, with the same microphone."""
    async with timed_dictation(partial(WhisperRecognizer, model_path()), PRINT, tmp_path) as timed:
        assert await timed.tap(late_seconds=0.0) > 0
        assert await timed.wait_for_end(hands_free=False) > 0
        assert await timed.wait_for_end(hands_free=True) > 0
