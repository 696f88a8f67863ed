"""Forty seconds of speech, from the microphone's frames to texts, with a model that recognises."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest

from codex_voice.audio.capture import Capture, CaptureSettings
from codex_voice.audio.sources import watchdog
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.config.schema import HistoryConfig, VoiceConfig
from codex_voice.dictation.dictation import Dictation
from codex_voice.dictation.state import Dictated, DictationState, VoiceEvent
from codex_voice.language.registry import Command
from codex_voice.pcm import BYTES_PER_SECOND
from codex_voice.practice.recordings import model_path
from codex_voice.recordings.background_writer import BackgroundWriter
from codex_voice.recordings.journal import Journal
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import NO_HINTS, Hints, Transcript, never_aborted
from codex_voice.speech.worker import RecognitionWorker
from tests.audio.scripted import CLIPS, ScriptedSource, duration, noise
from tests.support.whisper_server import recognize, sentences

SPOKEN = (
    "08_espeak_clean_up_the_script",
    "10_espeak_print_the_size",
    "15_espeak_now_explain_this_function",
    "22_flite_move_the_script_to_a_new_file",
    "25_flite_now_commit_the_changes",
)
PAUSES = (0.1, 0.3, 0.2, 0.6)
SECONDS = 40


class SentenceRecognizer:
    """The miniature model, which knows single sentences, sentence by sentence."""

    def __init__(self) -> None:
        self.mini = WhisperRecognizer(model_path())
        self.name = "mini"
        self.heard: list[float] = []
        self.idle = threading.Event()
        self.idle.set()

    def describe(self) -> str:
        """Return what it is."""
        return self.mini.describe()

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise any number of sentences."""
        del aborted, thorough, hints
        self.idle.clear()
        self.heard.append(duration(pcm))
        text = recognize(self.mini, pcm)
        self.idle.set()
        return Transcript(text, 1.0, "en", duration(pcm), 0.1, self.name)

    def close(self) -> None:
        """Free the model."""
        self.mini.close()


class TextCollector:
    """Collects texts."""

    def __init__(self) -> None:
        self.dictations: list[Dictated] = []
        self.over = asyncio.Event()

    def dictation_changed(self, state: DictationState) -> None:
        """Show nothing."""

    def dictation_began(self) -> None:
        """Prepare nothing."""

    def dictated(self, dictated: Dictated) -> None:
        """Keep a text."""
        self.dictations.append(dictated)
        if dictated.complete:
            self.over.set()

    def commanded(self, command: Command) -> None:
        """Expect none."""
        pytest.fail(f"{command} was carried out")

    def chosen(self, number: int) -> bool:
        """Show no list."""
        return False

    def show_message(self, text: str) -> None:
        """Show nothing."""

    def warn(self, text: str) -> None:
        """Expect none."""
        pytest.fail(text)

    def end_warning(self, text: str) -> None:
        """There is none."""

    def dictation_cancelled(self) -> None:
        """Expect nothing cancelled."""
        pytest.fail("it was cancelled")


def spoken() -> tuple[bytes, list[bytes]]:
    """Return forty seconds of sentences with pauses between them, and the sentences alone."""
    voices = [next(sentences(read_wave(CLIPS / f"{name}.wav"))) for name in SPOKEN]
    quiet = noise(1.0, -70)
    sound, said = quiet, []
    for voice, pause in zip(cycle(voices), cycle(PAUSES), strict=False):
        sound += voice + quiet[: int(pause * BYTES_PER_SECOND) // 2 * 2]
        said.append(voice)
        if duration(sound) > SECONDS:
            break
    return sound + quiet * 2, said


async def test_a_long_dictation_is_whole_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many of its pauses were heard, and the recording holds all of the sound."""
    # The test speaks when the recogniser has followed, however slow the machine is.
    monkeypatch.setattr(watchdog, "STALLED_SECONDS", 1000.0)
    monkeypatch.setattr(watchdog, "HOPELESS_SECONDS", 1000.0)
    loop = asyncio.get_running_loop()
    recognizer = SentenceRecognizer()
    sound, said = spoken()
    expected = " ".join(recognize(recognizer.mini, voice) for voice in said)
    source, listener = ScriptedSource(), TextCollector()
    posted: list[VoiceEvent] = []

    def post(event: VoiceEvent) -> None:
        loop.call_soon_threadsafe(posted.append, event)
        loop.call_soon_threadsafe(lambda: dictation.handle(event))

    voice = VoiceConfig(partial_text=False, end_silence_ms=1500)
    journal = Journal(tmp_path, HistoryConfig(), lambda error: pytest.fail(str(error)))
    settings = CaptureSettings(end_silence_ms=voice.end_silence_ms, maximum_seconds=SECONDS + 10)
    capture = Capture(lambda: source, settings, post, journal)
    worker = RecognitionWorker(lambda: recognizer, post)
    dictation = Dictation(
        capture, worker, BackgroundWriter(journal), voice, lambda: source, listener
    )
    dictation.listen()
    step = BYTES_PER_SECOND // 2
    for start in range(0, len(sound), step):
        await asyncio.to_thread(source.speak, sound[start : start + step])
        # A pause is recognised before the next words come, as on a machine that is fast enough.
        await asyncio.sleep(0)
        await asyncio.to_thread(recognizer.idle.wait)
    async with asyncio.timeout(100):
        await listener.over.wait()
    await dictation.close()
    (dictated,) = listener.dictations
    assert dictated.text == expected
    (entry,) = journal.entries()
    assert entry.text == expected
    assert entry.audio_seconds == pytest.approx(duration(sound), abs=2.5)
