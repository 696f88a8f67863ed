"""What is heard in the frames: level, speech, and where utterances begin and end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from codex_voice.audio.endpointing import Endpointer, Mark
from codex_voice.audio.level import LevelMeter, SpeechGate, Syllables, measure
from codex_voice.audio.noise_suppression import NoiseSuppressor
from codex_voice.audio.vad.detector import Vad, vad_for_hands_free, vad_for_key
from codex_voice.config.schema import AudioConfig, VoiceConfig
from codex_voice.errors import AudioError

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class CaptureSettings:
    """How to listen.

    Args:
        end_silence_ms: Silence that ends an utterance.
        maximum_seconds: A longer one is cut at its last pause.
        keep_open: Keep the microphone open between utterances.
        gain_db: Digital gain.
        threshold_dbfs: Quieter sound is never speech.
        noise_suppression: Suppress steady noise for the voice activity detector.
        patience_seconds: An utterance begun by key is given up after so long without speech.
        key_vad: Makes the detector for utterances begun by key.
        hands_free_vad: Makes the detector for a microphone that is always open.
    """

    end_silence_ms: int = 1000
    maximum_seconds: float = 30.0
    keep_open: bool = False
    gain_db: float = 0.0
    threshold_dbfs: float = -60.0
    noise_suppression: bool = False
    patience_seconds: float = 8.0
    key_vad: Callable[[], Vad] = vad_for_key
    hands_free_vad: Callable[[], Vad] = vad_for_hands_free

    @classmethod
    def of(cls, audio: AudioConfig, voice: VoiceConfig) -> CaptureSettings:
        """Return what the configuration says."""
        return cls(
            end_silence_ms=voice.end_silence_ms,
            maximum_seconds=voice.maximum_seconds,
            keep_open=audio.keep_open,
            gain_db=audio.gain_db,
            threshold_dbfs=audio.threshold_dbfs,
            noise_suppression=audio.noise_suppression,
        )


class FrameAnalysis:
    """Listens to one stream of frames with one voice activity detector."""

    def __init__(self, vad: Vad, settings: CaptureSettings) -> None:
        self._vad = vad
        self._gate = SpeechGate(settings.threshold_dbfs)
        self._suppressor = _suppressor() if settings.noise_suppression else None
        self.meter = LevelMeter()
        self.endpointer = Endpointer(vad.onset, settings.end_silence_ms, settings.maximum_seconds)
        self.loud = False
        self.syllable_begins = False
        self._syllables = Syllables()

    def hear(self, frame: bytes, deaf: bool = False) -> Mark | None:
        """Analyse the next frame; `deaf`, as silence, whatever is in it."""
        level = measure(frame)
        self.meter.push(level)
        self.syllable_begins = self._syllables.begins(level)
        self.loud = self._gate.passes(level) and not deaf
        # The detector hears every frame: it has a memory.
        cleaned = self._suppressor.clean(frame) if self._suppressor is not None else frame
        probability = self._vad.probability(cleaned)
        return self.endpointer.push(probability if self.loud else 0.0)

    @property
    def speech(self) -> bool:
        """Whether the last frame belongs to speech that has begun, and is not its dying away."""
        return self.loud and self.endpointer.started and not self.endpointer.silence_seconds

    def restart(self, silent_frames: int = 0) -> None:
        """Forget the speech so far, but not the noise of the room, nor what was silence."""
        self._vad.reset()
        self.endpointer.reset(silent_frames)

    def close(self) -> None:
        """Free what the detector holds."""
        self._vad.close()


class FrameAnalyses:
    """One analysis for utterances begun by key and one for hands-free listening.

    Each is made when it is first needed, for it loads a detector.
    """

    def __init__(self, settings: CaptureSettings) -> None:
        self._settings = settings
        self._made: dict[bool, FrameAnalysis] = {}

    def get(self, by_key: bool) -> FrameAnalysis:
        """Return the one for utterances begun by key, or that for hands-free listening."""
        if by_key not in self._made:
            settings = self._settings
            vad = settings.key_vad() if by_key else settings.hands_free_vad()
            self._made[by_key] = FrameAnalysis(vad, settings)
        return self._made[by_key]

    def restart(self) -> None:
        """Forget the speech so far in both."""
        for analysis in self._made.values():
            analysis.restart()

    def close(self) -> None:
        """Free what the detectors hold."""
        for analysis in self._made.values():
            analysis.close()


def _suppressor() -> NoiseSuppressor | None:
    try:
        return NoiseSuppressor()
    except AudioError as error:
        _LOG.warning("%s", error)
        return None
