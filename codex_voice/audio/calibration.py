"""How a room and a voice sound in a microphone, and the threshold between the two."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from codex_voice.audio.level import SILENCE_DBFS, Level, measure
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.config.schema import AudioConfig
from codex_voice.errors import MicrophoneUnavailable
from codex_voice.pcm import frames_in

QUIET_SECONDS = 2.0
SPEECH_SECONDS = 3.0
# What a device delivers while it settles.
_SETTLING_SECONDS = 0.3
_PATIENCE_SECONDS = 2.0
_POOR_SNR_DB = 10.0
_GOOD_SNR_DB = 20.0
_FAINT_DBFS = -45.0
# Between the voice's loud frames and the threshold, for its soft ones.
_LEAST_MARGIN_DB = 10.0
_REMEDY = "come closer to the microphone, or quieten the room"
# Of the frames louder than the threshold.
_CLIPPED_SHARE = 0.01


class CalibrationStep(Enum):
    """What is measured next, for the one who speaks."""

    QUIET = auto()
    SPEECH = auto()


@dataclass(frozen=True)
class Calibration:
    """What was measured, all levels in dBFS.

    Args:
        floor_dbfs: The room: 20th percentile of its frames.
        noise_dbfs: The room at its loudest: 95th percentile.
        speech_dbfs: The voice: 80th percentile of its frames.
        threshold_dbfs: A good value for `[audio] threshold_dbfs`; its default where no threshold
            parts the voice from the room.
        warnings: What should be better, one line each.
    """

    floor_dbfs: float
    noise_dbfs: float
    speech_dbfs: float
    threshold_dbfs: float
    warnings: tuple[str, ...]

    @property
    def snr_db(self) -> float:
        """How far the voice stands above the room at its loudest."""
        return self.speech_dbfs - self.noise_dbfs

    @property
    def separable(self) -> bool:
        """Whether a threshold can part the voice from the room."""
        return self.snr_db >= _POOR_SNR_DB

    @property
    def good(self) -> bool:
        """Whether the voice stands out well and nothing is to be warned of."""
        return self.snr_db >= _GOOD_SNR_DB and not self.warnings


def calibrate(source: FrameSource, announce: Callable[[CalibrationStep], None]) -> Calibration:
    """Measure 2 s of silence and 3 s of speech; `announce` is called before each.

    Raises:
        AudioError: The microphone cannot be opened, or gives no frames.
    """
    with _frames(source) as next_frame:
        for _ in range(frames_in(1000 * _SETTLING_SECONDS)):
            next_frame()
        announce(CalibrationStep.QUIET)
        quiet = [measure(next_frame()) for _ in range(frames_in(1000 * QUIET_SECONDS))]
        announce(CalibrationStep.SPEECH)
        speech = [measure(next_frame()) for _ in range(frames_in(1000 * SPEECH_SECONDS))]
    return evaluate(quiet, speech)


def record(source: FrameSource, seconds: float) -> bytes:
    """Record so many seconds (int16 mono, 16 kHz).

    Raises:
        AudioError: The microphone cannot be opened, or gives no frames.
    """
    with _frames(source) as next_frame:
        for _ in range(frames_in(1000 * _SETTLING_SECONDS)):
            next_frame()
        return b"".join(next_frame() for _ in range(frames_in(1000 * seconds)))


def evaluate(quiet: list[Level], speech: list[Level]) -> Calibration:
    """Return what the levels of the frames of a quiet room and of speech say."""
    quiet_dbfs = [level.dbfs for level in quiet]
    floor, noise = (float(value) for value in np.percentile(quiet_dbfs, (20, 95)))
    voice = float(np.percentile([level.dbfs for level in speech], 80))
    if voice - noise >= _POOR_SNR_DB:
        # Well above the noise, but never so high that the voice would not pass.
        threshold = min(max(noise + 6, floor + 0.4 * (voice - noise)), voice - _LEAST_MARGIN_DB)
        threshold = round(min(0.0, max(-90.0, threshold)), 1)
    else:
        # Any that keeps the room out would keep the voice out too.
        threshold = AudioConfig().threshold_dbfs
    loud = [level for level in speech if level.dbfs >= threshold]
    clipped = sum(level.clipped for level in loud)
    return Calibration(
        floor_dbfs=floor,
        noise_dbfs=noise,
        speech_dbfs=voice,
        threshold_dbfs=threshold,
        warnings=tuple(_warnings(noise, voice, clipped > _CLIPPED_SHARE * len(loud))),
    )


def _warnings(noise: float, voice: float, clipping: bool) -> Iterator[str]:
    if voice <= SILENCE_DBFS:
        yield "exact silence: the microphone is muted or disconnected"
        return
    if voice <= noise:
        yield f"the room is louder than the voice: {_REMEDY}"
    elif voice - noise < _POOR_SNR_DB:
        yield f"the voice hardly stands out: {_REMEDY}"
    if voice < _FAINT_DBFS:
        yield "the voice is faint: raise the input level of the microphone"
    if clipping:
        yield "the voice is clipped: lower the input level of the microphone"


@contextmanager
def _frames(source: FrameSource) -> Iterator[Callable[[], bytes]]:
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def next_frame() -> bytes:
        try:
            return frames.get(timeout=_PATIENCE_SECONDS)
        except queue.Empty:
            raise MicrophoneUnavailable(
                f"{source.name} gives no sound", "is it still connected?"
            ) from None

    source.open(frames.put)
    try:
        yield next_frame
    finally:
        source.close()
