"""Two models: a small one that hears the wake phrase, a large one for what follows it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from benchmarks.make_random_model import write_model
from codex_voice.audio.events import UtteranceEnded
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.audio.utterance import EndReason, Utterance
from codex_voice.config.schema import VoiceConfig
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.wake_word import ListeningRecognizer
from tests.dictation.desk import Desk
from tests.speech.test_worker import Obedient

VOICE = Path(__file__).parents[1] / "data" / "jfk.wav"


async def test_the_large_model_hears_what_the_small_one_woke_for(tmp_path: Path) -> None:
    """After the small model heard the wake phrase, the text is the large one's."""
    small_file, large_file = tmp_path / "ggml-small.bin", tmp_path / "ggml-large.bin"
    write_model(small_file, "nano", say=" Hey Codex, run the chests.")
    write_model(large_file, "nano", say=" Hey Codex, run the tests.")
    recognizer = ListeningRecognizer(WhisperRecognizer(large_file), WhisperRecognizer(small_file))
    desk = Desk(cast("Obedient", recognizer), tmp_path, VoiceConfig(mode="wake_word"))
    desk.dictation.start()
    await desk.until(lambda: desk.state().model == "large" and desk.state().asleep)
    utterance = Utterance("first", read_wave(VOICE), EndReason.ENDPOINT, 0.0, 10.0)
    desk.dictation.handle(UtteranceEnded(utterance))
    await desk.until(lambda: bool(desk.texts))
    assert desk.texts == ["Run the tests."]
    assert not desk.state().asleep
    await desk.dictation.close()
