"""A terminal that reports releases: the talk key is held, or tapped as anywhere else."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import CLIPS, Person, Start

pytestmark = [pytest.mark.codex, pytest.mark.microphone, pytest.mark.usefixtures("room")]

PRINT = CLIPS / "10_espeak_print_the_size.wav"
# Nothing but a key ends an utterance in the time that a test takes.
PATIENT = "[voice]\nend_silence_ms = 5000\n"
PRESS, RELEASE = b"\x1b[32;5u", b"\x1b[32;5:3u"
RIGHT_CONTROL, ITS_RELEASE = b"\x1b[57448;5u", b"\x1b[57448;5:3u"


async def holder(start: Start, config: str) -> Person:
    """Return somebody at a terminal that knows the kitty keyboard protocol."""
    person = await start(config=config, kitty=True)
    await person.sees("Ask Codex to do anything")
    await person.sees("mini.en-q8_0 │")
    await person.sees("hold or tap to talk")
    return person


async def test_what_is_said_while_the_key_is_down_is_inserted_on_release(start: Start) -> None:
    """No silence is waited for."""
    person = await holder(start, PATIENT)
    person.press(PRESS)
    await person.sees("LISTENING")
    await person.speaks(PRINT)
    person.press(RELEASE)
    await person.inserts("Print the size.")


async def test_a_pause_ends_nothing_while_the_key_is_down(start: Start) -> None:
    """Somebody who holds the key may think as long as it takes."""
    person = await holder(start, "[voice]\nend_silence_ms = 200\n")
    person.press(PRESS)
    await person.sees("LISTENING")
    await person.speaks(PRINT)
    await person.speaks(CLIPS / "36_none_silence.wav")
    await person.sees("Print the size.")
    await person.sees("LISTENING")
    assert person.composer() == "Ask Codex to do anything"
    person.press(RELEASE)
    await person.inserts("Print the size.")


async def test_a_tap_begins_and_the_next_one_ends(start: Start) -> None:
    """A press that is over at once is a tap: silence or another tap ends the utterance."""
    person = await holder(start, PATIENT)
    person.press(PRESS + RELEASE)
    await person.sees("LISTENING")
    await person.speaks(PRINT)
    await person.sees("Print the size.")
    person.press(PRESS + RELEASE)
    await person.inserts("Print the size.")


async def test_a_lone_modifier_can_be_the_talk_key(start: Start) -> None:
    """Right Ctrl is held down."""
    person = await holder(start, PATIENT + '[keys]\ntalk = "right_ctrl"\n')
    person.press(RIGHT_CONTROL)
    await person.sees("LISTENING")
    await person.speaks(PRINT)
    person.press(ITS_RELEASE)
    await person.inserts("Print the size.")
