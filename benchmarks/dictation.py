"""A dictation without a screen, spoken to by a sound file in real time, and timed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from codex_voice.audio.capture import Capture, CaptureSettings
from codex_voice.audio.events import UtteranceEnded
from codex_voice.audio.level import measure
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.sources.wav_file import WaveFile, read_wave
from codex_voice.config.schema import AudioConfig, HistoryConfig, VoiceConfig
from codex_voice.dictation.dictation import Dictation
from codex_voice.dictation.state import Dictated, DictationState, VoiceEvent
from codex_voice.errors import CodexVoiceError
from codex_voice.language.registry import Command
from codex_voice.pcm import FRAME_SECONDS, Framer
from codex_voice.recordings.background_writer import BackgroundWriter
from codex_voice.recordings.journal import Journal
from codex_voice.speech.recognizer import Recognizer
from codex_voice.speech.worker import ModelFailed, ModelReady, RecognitionWorker

PATIENCE_SECONDS = 60.0
# Quieter frames of a clip are not speech.
_SPEECH_DBFS = -45.0


def last_sound_seconds(pcm: bytes) -> float:
    """Return how far into a sound (int16 mono 16 kHz) its last loud frame ends."""
    frames = Framer().push(pcm)
    loud = [place for place, frame in enumerate(frames) if measure(frame).dbfs > _SPEECH_DBFS]
    return (loud[-1] + 1) * FRAME_SECONDS


class _Spoken:
    """A clip spoken when the source is opened; tells when it began."""

    def __init__(self, clip: Path, began: Callable[[], None]) -> None:
        self._file = WaveFile(clip, then_silence=True)
        self._began = began
        self.name = self._file.name

    @property
    def active(self) -> bool:
        return self._file.active

    def open(self, deliver: Callable[[bytes], None]) -> None:
        self._began()
        self._file.open(deliver)

    def close(self) -> None:
        self._file.close()


class TimedDictation:
    """Speaks a clip and notes when what happened; times are those of `time.perf_counter`."""

    def __init__(self, load: Callable[[], Recognizer], clip: Path, recordings: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._speech_seconds = last_sound_seconds(read_wave(clip))
        self._events: asyncio.Queue[tuple[float, VoiceEvent]] = asyncio.Queue()
        self._texts: asyncio.Queue[float] = asyncio.Queue()
        self._began: asyncio.Queue[float] = asyncio.Queue()
        self._ready = asyncio.Event()
        self._ended = 0.0

        def make_source() -> FrameSource:
            return _Spoken(clip, lambda: self._later(self._began.put_nowait, time.perf_counter()))

        voice = VoiceConfig()
        journal = Journal(recordings, HistoryConfig(), self._fail)
        settings = CaptureSettings.of(AudioConfig(), voice)
        capture = Capture(make_source, settings, self._post, journal)
        worker = RecognitionWorker(load, self._post)
        self.dictation = Dictation(
            capture, worker, BackgroundWriter(journal), voice, make_source, self
        )

    async def ready(self) -> None:
        """Wait for the model."""
        await asyncio.wait_for(self._ready.wait(), PATIENCE_SECONDS)

    async def tap(self, late_seconds: float) -> float:
        """Tap, speak, and tap again so long after the last sound.

        Returns:
            Seconds from the second tap to the text.
        """
        self.dictation.listen()
        await self._speech_is_over()
        await asyncio.sleep(late_seconds)
        tapped = time.perf_counter()
        self.dictation.finish()
        return await self._text() - tapped

    async def wait_for_end(self, hands_free: bool) -> float:
        """Speak, and let silence end the utterance.

        Returns:
            Seconds from the end-point to the text.
        """
        if hands_free:
            self.dictation.use_mode("hands_free")
        else:
            self.dictation.listen()
        text_at = await self._text(self._speech_seconds)
        if hands_free:
            self.dictation.use_mode("push_to_talk")
        await self._began.get()
        return text_at - self._ended

    async def _speech_is_over(self) -> None:
        over = await asyncio.wait_for(self._began.get(), PATIENCE_SECONDS) + self._speech_seconds
        await asyncio.sleep(over - time.perf_counter())

    async def _text(self, after_seconds: float = 0.0) -> float:
        return await asyncio.wait_for(self._texts.get(), after_seconds + PATIENCE_SECONDS)

    def _post(self, event: VoiceEvent) -> None:
        self._later(self._handle, time.perf_counter(), event)

    def _later(self, call: Callable[..., None], *arguments: object) -> None:
        self._loop.call_soon_threadsafe(call, *arguments)

    def _handle(self, moment: float, event: VoiceEvent) -> None:
        match event:
            case UtteranceEnded():
                self._ended = moment
            case ModelReady():
                self._ready.set()
            case ModelFailed(error):
                raise error
        self.dictation.handle(event)

    def _fail(self, error: CodexVoiceError) -> None:
        raise error

    # What the dictation tells (DictationListener)

    def dictation_changed(self, state: DictationState) -> None:
        """Show nothing."""

    def dictation_began(self) -> None:
        """Prepare nothing."""

    def dictated(self, dictated: Dictated) -> None:
        """Note when all of the text was there; a long dictation comes in pieces."""
        if dictated.complete:
            self._texts.put_nowait(time.perf_counter())

    def commanded(self, command: Command) -> None:
        """Refuse a clip that is a command."""
        raise RuntimeError(f"a command was recognised: {command}")

    def chosen(self, number: int) -> bool:
        """Show no list."""
        return False

    def show_message(self, text: str) -> None:
        """Refuse what is not a text."""
        raise RuntimeError(text)

    def warn(self, text: str) -> None:
        """Refuse trouble."""
        raise RuntimeError(text)

    def end_warning(self, text: str) -> None:
        """There was none."""

    def dictation_cancelled(self) -> None:
        """Refuse a clip that is cancelled."""
        raise RuntimeError("the clip was cancelled")


@asynccontextmanager
async def timed_dictation(
    load: Callable[[], Recognizer], clip: Path, folder: Path
) -> AsyncIterator[TimedDictation]:
    """Start a dictation with a recogniser, and end it."""
    timed = TimedDictation(load, clip, folder / "recordings")
    try:
        await timed.ready()
        yield timed
    finally:
        await timed.dictation.close()
