"""The phases of the voice, and the utterances that were begun by key."""

from __future__ import annotations

import pytest

from codex_voice.dictation.phases import KeyUtterances, PhaseInput, next_phase
from codex_voice.dictation.state import Phase

BEGIN, OPENED, CANCEL, TEXT_AWAITED, DONE = PhaseInput


@pytest.mark.parametrize(
    ("inputs", "phase"),
    [
        ((BEGIN,), Phase.OPENING),
        ((BEGIN, OPENED), Phase.LISTENING),
        ((BEGIN, CANCEL), Phase.IDLE),
        ((BEGIN, OPENED, CANCEL), Phase.IDLE),
        ((BEGIN, OPENED, TEXT_AWAITED), Phase.TRANSCRIBING),
        ((BEGIN, OPENED, TEXT_AWAITED, DONE), Phase.IDLE),
        ((TEXT_AWAITED, BEGIN), Phase.OPENING),
    ],
    ids=["begun", "open", "too-soon", "given-up", "said", "written", "again"],
)
def test_an_utterance_leads_from_phase_to_phase(
    inputs: tuple[PhaseInput, ...], phase: Phase
) -> None:
    """Opening, listening, transcribing, and idle again; the next may begin meanwhile."""
    reached = Phase.IDLE
    for happened in inputs:
        reached = next_phase(reached, happened)
    assert reached is phase


def test_a_microphone_that_opens_late_begins_nothing() -> None:
    """It was opened for an utterance that was cancelled meanwhile."""
    assert next_phase(Phase.IDLE, OPENED) is Phase.IDLE
    assert next_phase(Phase.TRANSCRIBING, OPENED) is Phase.TRANSCRIBING
    assert next_phase(Phase.TRANSCRIBING, CANCEL) is Phase.TRANSCRIBING


def test_utterances_begun_by_key_are_counted() -> None:
    """One was cancelled and the next begun, before the capture thread reported either's end."""
    utterances = KeyUtterances()
    assert not utterances
    utterances.begin()
    utterances.begin()
    utterances.end()
    assert utterances
    utterances.end()
    assert not utterances
    utterances.end()
    utterances.begin()
    assert utterances, "the end of one that speech began was not counted"
