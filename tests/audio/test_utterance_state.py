"""The states of an utterance while it is captured."""

from __future__ import annotations

import pytest

from codex_voice.audio.utterance_state import UtteranceInput, UtteranceState, next_state

BEGIN, BEGIN_HELD, HOLD, RELEASE, FINISH, END = UtteranceInput
NONE, OPEN, HELD, FINISHING = UtteranceState


@pytest.mark.parametrize(
    ("inputs", "state"),
    [
        ((BEGIN,), OPEN),
        ((BEGIN_HELD,), HELD),
        ((BEGIN, HOLD), HELD),
        ((BEGIN_HELD, RELEASE), OPEN),
        ((BEGIN, FINISH), FINISHING),
        ((BEGIN_HELD, FINISH), FINISHING),
        ((BEGIN, END), NONE),
        ((BEGIN_HELD, END), NONE),
        ((BEGIN, FINISH, END), NONE),
    ],
    ids=["tap", "hold", "turns-out-held", "released", "tap-ends", "hold-ends", "1", "2", "3"],
)
def test_an_utterance_goes_from_state_to_state(
    inputs: tuple[UtteranceInput, ...], state: UtteranceState
) -> None:
    """Begun, perhaps held, finished, over."""
    reached = NONE
    for happened in inputs:
        reached = next_state(reached, happened)
    assert reached is state


@pytest.mark.parametrize("happened", [HOLD, RELEASE, FINISH, END], ids=lambda each: each.name)
def test_without_an_utterance_only_its_beginning_counts(happened: UtteranceInput) -> None:
    """A key that goes up late, after silence ended the utterance, begins none."""
    assert next_state(NONE, happened) is NONE


@pytest.mark.parametrize("happened", [HOLD, RELEASE, FINISH], ids=lambda each: each.name)
def test_a_finishing_utterance_only_ends(happened: UtteranceInput) -> None:
    """Whoever has ended it cannot hold it any more."""
    assert next_state(FINISHING, happened) is FINISHING
