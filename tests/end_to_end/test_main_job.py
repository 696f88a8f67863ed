"""The main job: the real Codex, real capture, the real recogniser."""

from __future__ import annotations

import asyncio

import pytest

from tests.end_to_end.conftest import CLIPS, RECORDINGS, TALK_KEY, Person, Start
from tests.support.process_tree import processes_of
from tests.support.start_fake_codex import FakeCodex

pytestmark = [pytest.mark.codex, pytest.mark.microphone, pytest.mark.usefixtures("room")]

QUESTION = CLIPS / "09_espeak_why_is_the_session_manager_failing.wav"
PRINT = CLIPS / "10_espeak_print_the_size.wav"
SEND = CLIPS / "30_festival_send_message.wav"


async def test_a_sentence_is_inserted_and_sent_by_voice(
    person: Person, fake_codex: FakeCodex
) -> None:
    """What is said stands in the composer, unsent; "send message" sends it, exactly once."""
    await person.says(QUESTION)
    await person.terminal.until(
        lambda: person.composer() == "Why is the session manager failing?", "the sentence"
    )
    assert fake_codex.user_texts() == []
    await person.says(SEND)
    await person.sees("Sent.")
    await person.sees("Worked for")
    assert fake_codex.user_texts() == ["Why is the session manager failing?"]


async def test_the_talk_key_ends_what_it_began(person: Person) -> None:
    """A second tap ends the utterance, without waiting for silence."""
    person.press(TALK_KEY)
    await person.sees("LISTENING")
    speech = asyncio.create_task(person.speaks(PRINT))
    await person.sees("Print the size.")
    await speech
    person.press(TALK_KEY)
    await person.terminal.until(lambda: person.composer() == "Print the size.", "the sentence")


async def test_escape_throws_away_what_is_being_said(person: Person) -> None:
    """Escape during capture inserts nothing, and Codex does not see the key."""
    person.press(TALK_KEY)
    await person.sees("LISTENING")
    await person.speaks(PRINT)
    person.press(b"\x1b")
    await person.no_longer_sees("LISTENING")
    await person.says(CLIPS / "15_espeak_now_explain_this_function.wav")
    await person.terminal.until(
        lambda: person.composer() == "Now explain this function.", "the second sentence alone"
    )


async def test_a_long_answer_is_scrolled_by_voice(person: Person) -> None:
    """Saying "scroll up" shows earlier lines of the answer."""
    person.sends("long")
    await person.sees("long answer finished.")
    await person.says(RECORDINGS / "scroll_up.wav")
    await person.no_longer_sees("long answer finished.")
    await person.says(RECORDINGS / "go_to_bottom.wav")
    await person.sees("long answer finished.")


async def test_nothing_is_approved_by_dictation(person: Person, fake_codex: FakeCodex) -> None:
    """While an approval prompt is up a text waits; when the prompt is gone it is inserted."""
    person.sends("please run ls")
    await person.sees("Would you like to run the following command?")
    await person.says(PRINT)
    await person.sees("waits until Codex can take it")
    await person.says(SEND)
    await person.sees("Not now")
    assert "Would you like to run the following command?" in person.terminal.text()
    assert fake_codex.user_texts() == ["please run ls"]
    assert not any(turn["tool_outputs"] for turn in fake_codex.turns())
    person.press(b"\x1b")
    await person.terminal.until(lambda: person.composer() == "Print the size.", "the held text")
    assert not (fake_codex.home / "rules").exists()


async def test_a_spoken_yes_approves_only_where_that_is_switched_on(person: Person) -> None:
    """By default the word "approve" answers nothing."""
    person.sends("please run ls")
    await person.sees("Would you like to run the following command?")
    await person.says(RECORDINGS / "approve.wav")
    await person.sees("Spoken approvals are off")
    assert "Would you like to run the following command?" in person.terminal.text()


async def test_a_spoken_yes_approves_once(start: Start, fake_codex: FakeCodex) -> None:
    """Switched on, "approve" answers the question that was there when one began to speak."""
    person = await start(config="[voice]\napprovals = true\n")
    await person.sees("Ask Codex to do anything")
    await person.sees("mini.en-q8_0 │")
    await person.sees("● idle")
    person.sends("please run ls")
    await person.sees("Would you like to run the following command?")
    await person.says(RECORDINGS / "approve.wav")
    await person.sees("Approved, this once.")
    await person.sees("Worked for")
    assert fake_codex.rules() == []
    assert any(turn["tool_outputs"] for turn in fake_codex.turns())


async def test_quitting_is_asked_about(person: Person) -> None:
    """The menu asks first; then Codex is ended, nothing is left, and the status is 0."""
    await person.chooses_in_menu("Quit")
    await person.sees("Quit, and end Codex")
    await person.chooses("Stay")
    await person.no_longer_sees("Quit, and end Codex")
    await person.chooses_in_menu("Quit")
    await person.chooses("Quit, and end Codex")
    assert (await person.terminal.ended()).code == 0
    assert processes_of(person.home) == []
