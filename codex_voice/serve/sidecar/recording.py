"""One recording at a time: from the host's start to its stop or cancel."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from codex_voice.audio.endpointing import Mark
from codex_voice.audio.frame_analysis import CaptureSettings, FrameAnalysis
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.utterance import Recorder
from codex_voice.config.schema import Config
from codex_voice.pcm import BYTES_PER_SECOND
from codex_voice.serve.sidecar.levels import LevelEvents
from codex_voice.serve.sidecar.protocol import RpcError
from codex_voice.serve.sidecar.stream import MicrophoneStream

_LOG = logging.getLogger(__name__)

_LEVEL_MS = 60
MAXIMUM_SECONDS = 1800.0
"""A recording that nobody stops ends here: 58 MB."""


@dataclass(frozen=True)
class Endpointing:
    """When a recording ends by itself, if at all.

    Args:
        enabled: Whether silence ends it.
        silence_ms: How much of it.
        min_speech_ms: How much speech must have come before.
    """

    enabled: bool = False
    silence_ms: int = 1200
    min_speech_ms: int = 250


@dataclass(frozen=True)
class Recorded:
    """A recording that is over.

    Args:
        session_id: The host's name for it.
        recording_id: Ours, in the history.
        pcm: int16 mono 16 kHz.
    """

    session_id: str
    recording_id: str
    pcm: bytes

    @property
    def milliseconds(self) -> int:
        """Its length."""
        return round(1000 * len(self.pcm) / BYTES_PER_SECOND)


class Recording:
    """A recording in progress.

    Args:
        session_id: The host's name for it.
        make_source: Finds the microphone.
        recorder: Keeps the sound on disk while it comes.
        endpointing: When it ends by itself.
        config: How speech is told from silence.
        on_level: Takes rms and peak.
        on_ended: Called when silence, its greatest length or a lost microphone ended it; on a
            thread of its own, never while `stop` runs.

    Raises:
        RpcError: The microphone cannot be opened.
    """

    def __init__(
        self,
        session_id: str,
        make_source: Callable[[], FrameSource],
        recorder: Recorder,
        endpointing: Endpointing,
        config: Config,
        on_level: Callable[[float, float], None],
        on_ended: Callable[[], None],
    ) -> None:
        self.session_id = session_id
        # The host's name may be anything, also a path; this one names a file.
        self._id = uuid.uuid4().hex
        self._recorder = recorder
        self._endpointing = endpointing
        self._levels = LevelEvents(_LEVEL_MS, on_level)
        self._on_ended = on_ended
        self._pcm = bytearray()
        self._over = False
        self._hearing = _hearing(config, endpointing) if endpointing.enabled else None
        if self._hearing is not None:
            self._hearing.endpointer.begin()
        recorder.begin(self._id)
        try:
            self._stream = MicrophoneStream(make_source, self._add_frame, self._lost)
        except RpcError:
            recorder.discard(self._id)
            self._close_hearing()
            raise

    @property
    def milliseconds(self) -> int:
        """Its length so far."""
        return round(1000 * len(self._pcm) / BYTES_PER_SECOND)

    def stop(self) -> Recorded:
        """End it and return what was recorded; the device is closed meanwhile."""
        self._over = True
        self._stream.close()
        self._recorder.finish(self._id)
        self._close_hearing()
        return Recorded(self.session_id, self._id, bytes(self._pcm))

    def cancel(self) -> None:
        """End it and throw it away."""
        self._over = True
        self._stream.close()
        self._recorder.discard(self._id)
        self._close_hearing()

    def _add_frame(self, frame: bytes) -> None:
        self._pcm += frame
        self._recorder.append(self._id, frame)
        self._levels.push(frame)
        if len(self._pcm) >= MAXIMUM_SECONDS * BYTES_PER_SECOND or self._silence_ends(frame):
            self._end_by_itself()

    def _silence_ends(self, frame: bytes) -> bool:
        if self._hearing is None:
            return False
        mark = self._hearing.hear(frame)
        speech_ms = 1000 * self._hearing.endpointer.speech_seconds
        return mark is Mark.ENDED and speech_ms >= self._endpointing.min_speech_ms

    def _lost(self) -> None:
        _LOG.warning("the microphone went away during a recording")
        self._end_by_itself()

    def _end_by_itself(self) -> None:
        if not self._over:
            self._over = True
            # `stop` waits for this thread.
            threading.Thread(target=self._on_ended, name="sidecar-ended", daemon=True).start()

    def _close_hearing(self) -> None:
        if self._hearing is not None:
            self._hearing.close()


def _hearing(config: Config, endpointing: Endpointing) -> FrameAnalysis:
    settings = replace(
        CaptureSettings.of(config.audio, config.voice),
        end_silence_ms=endpointing.silence_ms,
        # The recording has a greatest length of its own.
        maximum_seconds=2 * MAXIMUM_SECONDS,
    )
    return FrameAnalysis(settings.key_vad(), settings)
