"""What the voice is doing, as the screen shows it, and what leads from one phase to the next."""

from __future__ import annotations

from enum import Enum, auto

from codex_voice.dictation.state import Phase


class PhaseInput(Enum):
    """What changes the phase."""

    BEGIN = auto()  # an utterance was begun by key
    OPENED = auto()  # the microphone is open
    CANCEL = auto()  # the user gave the utterance up
    TEXT_AWAITED = auto()  # nothing begun by key is being spoken, and a text is to come
    DONE = auto()  # nothing begun by key is being spoken, and no text is to come


_TRANSITIONS = {
    **{(phase, PhaseInput.BEGIN): Phase.OPENING for phase in Phase},
    (Phase.OPENING, PhaseInput.OPENED): Phase.LISTENING,
    (Phase.OPENING, PhaseInput.CANCEL): Phase.IDLE,
    (Phase.LISTENING, PhaseInput.CANCEL): Phase.IDLE,
    **{(phase, PhaseInput.TEXT_AWAITED): Phase.TRANSCRIBING for phase in Phase},
    **{(phase, PhaseInput.DONE): Phase.IDLE for phase in Phase},
}


def next_phase(phase: Phase, happened: PhaseInput) -> Phase:
    """Return the phase after something happened; what means nothing in it changes nothing."""
    return _TRANSITIONS.get((phase, happened), phase)


class KeyUtterances:
    """Counts the utterances that were begun by key and are not over.

    There can be two: one that was cancelled, of which the capture thread has not reported the end
    yet, and the next.
    """

    def __init__(self) -> None:
        self._open = 0

    def __bool__(self) -> bool:
        """Return whether there is one."""
        return self._open > 0

    def begin(self) -> None:
        """Count one more."""
        self._open += 1

    def end(self) -> None:
        """Count one less; one that speech began is not counted."""
        self._open = max(0, self._open - 1)
