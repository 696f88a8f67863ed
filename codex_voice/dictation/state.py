"""What the screen shows of the voice, and what the voice tells whoever listens to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol, TypeAlias

from codex_voice.config.schema import Mode
from codex_voice.errors import AudioError, CodexVoiceError, SpeechError
from codex_voice.language.registry import Command

if TYPE_CHECKING:
    # What the status bar shows at the start must not load the voice.
    from codex_voice.audio.events import CaptureEvent
    from codex_voice.speech.worker import SpeechEvent


class Phase(Enum):
    """What the voice is doing."""

    IDLE = auto()
    OPENING = auto()
    LISTENING = auto()
    TRANSCRIBING = auto()


@dataclass(frozen=True)
class DictationState:
    """What the screen shows of the voice.

    `level_dbfs` and `peak_dbfs` are in dB below full scale; `elapsed` and `latency` in seconds,
    the latter from the end of speech to the text.
    """

    mode: Mode
    phase: Phase = Phase.IDLE
    muted: bool = False
    playing: bool = False
    asleep: bool = False
    microphone: str = ""
    microphone_trouble: AudioError | None = None
    model: str = ""
    model_description: str = ""
    model_trouble: SpeechError | None = None
    level_dbfs: float = -90.0
    peak_dbfs: float = -90.0
    clipping: bool = False
    elapsed: float = 0.0
    partial: str = ""
    latency: float | None = None


@dataclass(frozen=True)
class FileChoice:
    """A place in a text where several files of the project may be meant.

    Attributes:
        start: Where the path of the likeliest stands in the text.
        end: Where it ends.
        heard: The words that were heard for it.
        paths: The files, the likeliest first.
    """

    start: int
    end: int
    heard: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Dictated:
    """Text that somebody said, on its way to the composer.

    Attributes:
        utterance_id: The utterance.
        text: What was said; empty where a long dictation, whose pieces are in the composer, ended
            with a silence.
        speech_ended: When the last speech was, on the monotonic clock, in seconds.
        complete: Whether its speaker ended it. What was cut short, or is only a piece, is never
            sent.
        cut_short: What ended it in the middle, for people; "" for nothing.
        send: Whether its speaker said "send it" behind it.
        heard: The words as they were recognised, where the text is another one; else "".
        changed: Places in the text that were written otherwise than they were heard, as start
            and end.
        choices: Places where it is not clear which file is meant.
    """

    utterance_id: str
    text: str
    speech_ended: float
    complete: bool = True
    cut_short: str = ""
    send: bool = False
    heard: str = ""
    changed: tuple[tuple[int, int], ...] = ()
    choices: tuple[FileChoice, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """What does not work beside the microphone and the model; posted by any thread."""

    error: CodexVoiceError


@dataclass(frozen=True)
class TroubleOver:
    """What was reported with such an error works again."""

    kind: type[CodexVoiceError]


VoiceEvent: TypeAlias = "CaptureEvent | SpeechEvent | Trouble | TroubleOver"


class DictationListener(Protocol):
    """Whoever shows the state and carries out what was said."""

    def dictation_changed(self, state: DictationState) -> None:
        """Show the new state."""

    def dictation_began(self) -> None:
        """Prepare for what is being said: the screen is as the speaker sees it."""

    def dictated(self, dictated: Dictated) -> None:
        """Type the text into the composer."""

    def commanded(self, command: Command) -> None:
        """Carry out a spoken command."""

    def chosen(self, number: int) -> bool:
        """Handle the answer to a list that is shown; return `False` where there is none.

        Args:
            number: Which of the list was picked, the first being 1.
        """

    def show_message(self, text: str) -> None:
        """Show the user one line."""

    def warn(self, text: str) -> None:
        """Show the user what does not work, and how it is mended."""

    def end_warning(self, text: str) -> None:
        """Show a warning no longer: its cause is gone."""

    def dictation_cancelled(self) -> None:
        """Show that what was being said is kept, and how it is brought back."""
