"""What is cancelled can be had back, and what was cut short does nothing by itself."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from codex_voice.audio.sources.wav_file import read_wave
from tests.end_to_end.conftest import CLIPS, ESCAPE, TALK_KEY, Person, Start
from tests.support.job_shell import JOB_SHELL
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import VirtualMic

pytestmark = [pytest.mark.codex, pytest.mark.microphone]

PRINT = CLIPS / "10_espeak_print_the_size.wav"
CLEAR = CLIPS / "01_espeak_clear_input.wav"
SEND = CLIPS / "06_espeak_send.wav"
BRING_BACK_KEY = b"\x1bOS"
# Nobody stops speaking before the fault comes, and what is heard is seen.
PATIENT = "[voice]\nend_silence_ms = 5000\nsend = true\n"
REPEATS_PER_SECOND = 30


async def is_ready(person: Person) -> None:
    """Wait for Codex, the model and the microphone."""
    await person.sees("Ask Codex to do anything")
    await person.sees("● idle")
    await person.sees("mini.en-q8_0 │")


@pytest.mark.usefixtures("room")
async def test_what_was_cancelled_is_kept_and_one_key_brings_it_back(start: Start) -> None:
    """Esc in the middle of a sentence, and a change of mind: it is inserted, and not sent."""
    person = await start(config=PATIENT)
    await is_ready(person)
    person.press(TALK_KEY)
    await person.sees("LISTENING")
    await person.speaks(PRINT)
    await person.sees("Print the size.")
    person.press(ESCAPE)
    await person.sees("Cancelled: kept in the history. F4 inserts it after all.")
    (entry,) = person.journal().entries()
    assert entry.outcome == "cancelled"
    person.press(BRING_BACK_KEY)
    await person.inserts("Print the size.")
    await person.terminal.close()
    (entry,) = person.journal().entries()
    assert entry.outcome == "inserted"


@pytest.mark.parametrize("sentence", [PRINT, CLEAR, SEND])
async def test_a_microphone_that_goes_away_sends_nothing_and_clears_nothing(
    start: Start, fake_codex: FakeCodex, virtual_mic: VirtualMic, sentence: Path
) -> None:
    """What was said up to there is inserted after what stands there, and that is said."""
    room = virtual_mic.play(b"\x04\x00\xfc\xff" * 16_000 * 30)
    person = await start(config=PATIENT, columns=150)
    await is_ready(person)
    person.press(b"typed before ")
    await person.inserts("typed before")
    person.press(TALK_KEY)
    await person.sees("LISTENING")
    await person.speaks(sentence)
    virtual_mic.vanish()
    await person.sees("cut short: the microphone went away")
    await person.terminal.until(
        lambda: len(person.composer()) > len("typed before "), "the words in the composer"
    )
    assert person.composer().startswith("typed before ")
    assert fake_codex.turns() == []
    room.stop()
    virtual_mic.mend()


@pytest.mark.usefixtures("room")
async def test_a_suspended_program_sends_nothing_of_a_sentence(start: Start) -> None:
    """What was said up to Ctrl-Z is inserted when it goes on; nobody knows how it ended."""
    program = (*JOB_SHELL, sys.executable, "-m", "codex_voice")
    person = await start("--practice", config=PATIENT, program=program, columns=150)
    await person.sees("● idle")
    await person.sees("mini.en-q8_0 │")
    person.press(TALK_KEY)
    await person.sees("LISTENING")
    # Somebody who goes on speaking, also where this test is held up.
    speaking = person.microphone.play(read_wave(PRINT) * 15)
    await person.sees("Print the size")
    person.press(b"\x1a")
    await person.sees("STOPPED 1 SANE")
    speaking.stop()
    person.press(b"\n")
    await person.sees("cut short: codex-voice was suspended")
    await person.terminal.until(lambda: person.composer().startswith("Print"), "the words")
    assert "You said" not in person.terminal.text()


@pytest.mark.usefixtures("room")
async def test_a_key_held_on_a_terminal_that_reports_no_release_is_one_utterance(
    start: Start,
) -> None:
    """Its repeats toggle nothing; the utterance ends soon after they do."""
    person = await start(config="[voice]\nend_silence_ms = 5000\n")
    await is_ready(person)
    person.press(TALK_KEY)
    await person.sees("LISTENING")
    speaking = asyncio.create_task(person.speaks(PRINT))
    while not speaking.done():
        person.press(TALK_KEY)
        await asyncio.sleep(1 / REPEATS_PER_SECOND)
    await person.inserts("Print the size.")
    await person.no_longer_sees("LISTENING")
    await person.terminal.close()
    (entry,) = person.journal().entries()
    assert (entry.text, entry.outcome) == ("Print the size.", "inserted")
