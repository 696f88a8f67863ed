"""Practice mode: no Codex, no model and no microphone are needed to see the main job."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import CLIPS, Person, Start
from tests.support.virtual_mic import VirtualMic

pytestmark = pytest.mark.microphone

PRINT = CLIPS / "10_espeak_print_the_size.wav"
NEXT_RECORDING = b"\x1bOQ"


@pytest.fixture
async def beginner(start: Start) -> Person:
    """Return somebody on a bare machine, in practice mode."""
    person = await start("--practice", environment=VirtualMic.no_device_environment())
    await person.sees("mini.en-q8_0 │")
    return person


async def test_a_recording_becomes_text_and_is_sent(beginner: Person) -> None:
    """F2 speaks a sentence, F2 again sends it, and the stand-in answers."""
    await beginner.sees("F2 says “Write a unit test for the main loop.”")
    beginner.press(NEXT_RECORDING)
    await beginner.inserts("Write a unit test for the main loop.")
    await beginner.sees("F2 says “Send message.”")
    beginner.press(NEXT_RECORDING)
    await beginner.sees("Sent.")
    await beginner.inserts("Ask Codex to do anything")
    await beginner.sees("You said: “Write a unit test for the main loop.”")


async def test_it_says_that_it_is_practice_and_what_is_missing(beginner: Person) -> None:
    """The bar names the stand-in, the 128 words, and the commands for the real thing."""
    await beginner.sees("PRACTICE")
    await beginner.sees("128 words")
    await beginner.sees("Missing:")
    await beginner.sees("codex-voice models get base-q8_0")


async def test_the_approval_prompt_is_not_answered_by_dictation(beginner: Person) -> None:
    """The tour ends at a question, and a sentence meanwhile waits."""
    beginner.press(b"run the tests\r")
    await beginner.sees("Would you like to run the following command?")
    beginner.press(NEXT_RECORDING)
    await beginner.sees("1 held text")
    await beginner.sees("Would you like to run the following command?")
    beginner.press(b"\x1b")
    await beginner.inserts("Write a unit test for the main loop.")


async def test_every_recording_can_be_chosen(beginner: Person) -> None:
    """The menu lists them all."""
    await beginner.chooses_in_menu("Speak a recording")
    await beginner.chooses("Fix the bug in the session manager.")
    await beginner.inserts("Fix the bug in the session manager.")


@pytest.mark.usefixtures("room")
async def test_a_recording_cuts_in_on_what_is_being_said(start: Start) -> None:
    """Hands-free, a recording is played whole, and what somebody was saying is given up."""
    person = await start("--practice", config='[voice]\nmode = "hands_free"\n')
    await person.sees("mini.en-q8_0 │")
    await person.sees("mic default")
    speaking = person.microphone.play(CLIPS / "14_espeak_please_add_a_docstring_to_this_funct.wav")
    await person.sees(" dB")
    person.press(NEXT_RECORDING)
    await person.inserts("Write a unit test for the main loop.")
    speaking.stop()


@pytest.mark.codex
async def test_codex_that_is_not_there_leads_to_practice(start: Start) -> None:
    """A program that cannot be found is said, and one key begins practice."""
    person = await start(codex="/nonexistent/codex")
    await person.sees("/nonexistent/codex")
    await person.sees("practice mode")
    person.press(b"p")
    await person.sees("PRACTICE")
    await person.sees("mini.en-q8_0 │")
    person.press(NEXT_RECORDING)
    await person.inserts("Write a unit test for the main loop.")
    await person.chooses_in_menu("Quit")
    await person.chooses("Quit, and end")
    assert (await person.terminal.ended()).code == 0
