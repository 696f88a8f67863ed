"""Questions on the screen, in recordings of the real Codex."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_voice.agent.draft import read_draft
from codex_voice.agent.prompts import Prompt, visible_prompt
from codex_voice.agent.state import CodexState, StateTracker, resume_id
from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.events import ProgramStatus, TitleChanged

RECORDINGS = sorted((Path(__file__).parents[1] / "data" / "recordings").glob("*.raw"))
COMMAND = (
    "Would you like to run the following command?",
    "Environment: local",
    "Reason: Allow the fake model to run this command?",
    "$ ls -la",
)
QUESTIONS = {"approval": 2, "session": 1, "patch_approval": 1}


def frames(recording: Path) -> Iterator[tuple[Emulator, StateTracker]]:
    """Play a recording; yield the screen and the state after each synchronized update."""
    emulator, tracker = Emulator(120, 40), StateTracker()
    for piece in re.split(rb"(?<=\x1b\[\?2026l)", recording.read_bytes()):
        emulator.feed(piece)
        for event in emulator.take_events():
            if isinstance(event, ProgramStatus):
                tracker.feed_status(event.payload)
            elif isinstance(event, TitleChanged):
                tracker.feed_title(event.title)
        if not emulator.held:
            yield emulator, tracker


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.name)
def test_every_question_is_found_and_no_other(recording: Path) -> None:
    """Each question is seen as one, for as long as Codex says that it stands there."""
    questions: list[Prompt] = []
    last = None
    for emulator, tracker in frames(recording):
        prompt = visible_prompt(emulator)
        if prompt is not None:
            assert tracker.state is CodexState.BLOCKED
            assert read_draft(emulator) is None
            if last is None:
                questions.append(prompt)
        elif "Action Required" in emulator.title and tracker.state is CodexState.BLOCKED:
            pytest.fail("an armed prompt is not seen")
        last = prompt
    assert len(questions) == QUESTIONS.get(recording.name.split(".")[0], 0)
    for prompt in questions:
        assert prompt.approval
        assert prompt.deniable
        assert len(prompt.options) == 3


def test_a_question_tells_what_is_asked() -> None:
    """The command and the edits are part of the question, so that two can be told apart."""
    by_name = {path.name: path for path in RECORDINGS}
    *_, (emulator, _tracker) = frames(by_name["approval.raw"])
    prompt = visible_prompt(emulator)
    assert prompt is not None
    assert prompt.question == COMMAND
    *_, (emulator, _tracker) = frames(by_name["patch_approval.raw"])
    prompt = visible_prompt(emulator)
    assert prompt is not None
    assert prompt.question[:2] == (
        "Would you like to make the following edits?",
        "Description: Apply proposed file edits",
    )


def test_the_farewell_names_the_session() -> None:
    """After the exit the screen holds the command that resumes."""
    recording = next(path for path in RECORDINGS if path.name == "session.raw")
    *_, (emulator, tracker) = frames(recording)
    assert tracker.state is CodexState.EXITED
    assert resume_id(emulator.lines()) == "01a1f988-5c10-7ec1-8280-a63c7dde3415"


def screen(rows: int, text: str, cursor: bool = False) -> Emulator:
    """Return a screen of 60 columns with some text at its bottom."""
    emulator = Emulator(60, rows)
    lines = text.strip("\n").splitlines()
    emulator.feed(b"\n" * rows + "\r\n".join(["", *lines]).encode())
    emulator.feed(b"\x1b[?25h" if cursor else b"\x1b[?25l")
    return emulator


PERMISSIONS = """
  Would you like to grant these permissions?

  Permission rule: network

  1. Yes, grant these permissions for this turn (y)
› 2. Yes, grant with strict auto review (r)
  3. No, continue without permissions (n)

  Press enter to confirm or esc to cancel
"""
MODELS = """
  Select Model and Effort

› 1. GPT-6.1-Sol    Latest workhorse model
  2. GPT-6-Astra    Frontier intelligence

  enter select · esc back
"""
TRUST = """
  Do you trust the contents of this directory?

› 1. Yes, continue
  2. No, quit

  Press enter to continue
"""


def test_other_approvals_are_found_by_their_keys() -> None:
    """A question that was never recorded is one if it offers yes, once, by the key y."""
    prompt = visible_prompt(screen(24, PERMISSIONS))
    assert prompt is not None
    assert prompt.approval
    assert prompt.deniable
    assert prompt.question[0] == "Would you like to grant these permissions?"


@pytest.mark.parametrize("text", [MODELS, TRUST])
def test_other_lists_are_no_approvals(text: str) -> None:
    """A list to choose from is seen, and no spoken yes may answer it."""
    prompt = visible_prompt(screen(24, text))
    assert prompt is not None
    assert not prompt.approval
    assert not prompt.deniable


def test_text_that_looks_like_a_question_is_none() -> None:
    """With the cursor in the composer, or more conversation below, it is only text."""
    assert visible_prompt(screen(24, PERMISSIONS, cursor=True)) is None
    below = "\n".join(f"• line {number}" for number in range(6))
    assert visible_prompt(screen(30, PERMISSIONS + below)) is None
