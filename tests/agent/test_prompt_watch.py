"""Which question is the one of before, in a recording of the real Codex."""

from __future__ import annotations

import pytest

from codex_voice.agent.prompt_watch import PromptWatch
from codex_voice.agent.state import StateTracker
from tests.agent.test_prompts import RECORDINGS, frames

[APPROVALS] = [path for path in RECORDINGS if path.name == "approval.raw"]


def test_each_question_has_a_number_of_its_own() -> None:
    """It keeps it in every frame in which it stands there, and the next one has another."""
    watch: PromptWatch | None = None
    numbers = []
    for emulator, tracker in frames(APPROVALS):
        watch = watch or PromptWatch(tracker)
        if (prompt := watch.look(emulator)) is not None:
            numbers.append(prompt.appearance)
    assert sorted(numbers) == numbers
    assert set(numbers) == {1, 2}
    assert len(numbers) > 2


@pytest.mark.parametrize("held", [False, True], ids=["drawn", "drawing"])
def test_a_screen_that_is_being_drawn_changes_nothing(held: bool) -> None:
    """Half a frame is no question's end; a whole one without it is."""
    for emulator, tracker in frames(APPROVALS):
        watch = PromptWatch(tracker)
        if (prompt := watch.look(emulator)) is not None:
            emulator.feed(b"\x1b[?2026h" * held + b"\x1b[2J")
            assert watch.look(emulator) == (prompt if held else None)
            return
    pytest.fail("there is no question in the recording")


def test_without_a_screen_there_is_no_question() -> None:
    """As before Codex has been started."""
    assert PromptWatch(StateTracker()).look(None) is None
