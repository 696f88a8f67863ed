"""What the capture thread tells: frozen, posted in order, consumed on the event loop."""

from __future__ import annotations

from dataclasses import dataclass

from codex_voice.audio.utterance import EndReason, Utterance
from codex_voice.errors import AudioError


@dataclass(frozen=True)
class Found:
    """There is a microphone of this name; it is not open yet."""

    name: str


@dataclass(frozen=True)
class Opened:
    """The microphone is open and listens; opening it took so many seconds."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Closed:
    """The microphone is closed."""


@dataclass(frozen=True)
class LevelChanged:
    """The level now, at most 15 times a second, while there is an utterance.

    `elapsed` is its length so far in seconds.
    """

    dbfs: float
    peak_dbfs: float
    clipping: bool
    elapsed: float


@dataclass(frozen=True)
class SpeechStarted:
    """There is speech in the utterance; in hands-free listening it begins with that."""

    utterance_id: str


@dataclass(frozen=True)
class SpeechPaused:
    """The speaker paused; this may have been all. `pcm` is the sound so far."""

    utterance_id: str
    pcm: bytes


@dataclass(frozen=True)
class SpeechResumed:
    """It was not all."""

    utterance_id: str


@dataclass(frozen=True)
class PartialAudio:
    """The sound so far, as asked for by `snapshot`."""

    utterance_id: str
    pcm: bytes


@dataclass(frozen=True)
class UtteranceEnded:
    """Something was said."""

    utterance: Utterance


@dataclass(frozen=True)
class Cancelled:
    """The utterance was cancelled.

    `pcm` is the sound of what was said (int16 mono 16 kHz), which the recorder keeps too; empty
    where nothing was.
    """

    utterance_id: str
    pcm: bytes = b""


@dataclass(frozen=True)
class NothingHeard:
    """An utterance begun by key, or the rest of a long one, ended without any sound in it.

    `reason` says whether a key or silence ended it; `continued`, that it went on where the one
    before it was cut, so that a long dictation is over with it.
    """

    utterance_id: str
    reason: EndReason = EndReason.FINISHED
    continued: bool = False


@dataclass(frozen=True)
class DeviceTrouble:
    """The microphone does not work; `UtteranceEnded` follows if something had been said."""

    error: AudioError


@dataclass(frozen=True)
class DeviceBack:
    """It works again."""

    name: str


CaptureEvent = (
    Found
    | Opened
    | Closed
    | LevelChanged
    | SpeechStarted
    | SpeechPaused
    | SpeechResumed
    | PartialAudio
    | UtteranceEnded
    | Cancelled
    | NothingHeard
    | DeviceTrouble
    | DeviceBack
)
