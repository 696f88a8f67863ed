"""The states of the utterance that is being captured, and what leads from one to the next."""

from __future__ import annotations

from enum import Enum, auto


class UtteranceState(Enum):
    """Whether there is an utterance, and what will end it."""

    NONE = auto()  # nobody speaks; what is heard is kept as pre-roll
    OPEN = auto()  # silence or a key ends it
    HELD = auto()  # only a key ends it
    FINISHING = auto()  # a key has ended it; its last frames are on their way


class UtteranceInput(Enum):
    """What happens to an utterance."""

    BEGIN = auto()  # by key or by speech
    BEGIN_HELD = auto()  # by a key that is held down
    HOLD = auto()  # the key that began it turns out to be held
    RELEASE = auto()  # the key is up, and silence is to end it
    FINISH = auto()  # by key
    END = auto()  # nothing more belongs to it


_TRANSITIONS = {
    (UtteranceState.NONE, UtteranceInput.BEGIN): UtteranceState.OPEN,
    (UtteranceState.NONE, UtteranceInput.BEGIN_HELD): UtteranceState.HELD,
    (UtteranceState.OPEN, UtteranceInput.HOLD): UtteranceState.HELD,
    (UtteranceState.OPEN, UtteranceInput.FINISH): UtteranceState.FINISHING,
    (UtteranceState.OPEN, UtteranceInput.END): UtteranceState.NONE,
    (UtteranceState.HELD, UtteranceInput.RELEASE): UtteranceState.OPEN,
    (UtteranceState.HELD, UtteranceInput.FINISH): UtteranceState.FINISHING,
    (UtteranceState.HELD, UtteranceInput.END): UtteranceState.NONE,
    (UtteranceState.FINISHING, UtteranceInput.END): UtteranceState.NONE,
}


def next_state(state: UtteranceState, happened: UtteranceInput) -> UtteranceState:
    """Return the state after something happened; what means nothing in a state changes nothing."""
    return _TRANSITIONS.get((state, happened), state)
