"""The three ways to talk, and sending at once."""

from __future__ import annotations

import asyncio

import pytest

from codex_voice.audio.sources.wav_file import read_wave
from tests.end_to_end.conftest import CLIPS, RECORDINGS, TALK_KEY, Person, Start
from tests.support.start_fake_codex import FakeCodex

pytestmark = [pytest.mark.codex, pytest.mark.microphone, pytest.mark.usefixtures("room")]

PRINT = CLIPS / "10_espeak_print_the_size.wav"
EXPLAIN = CLIPS / "15_espeak_now_explain_this_function.wav"
COMMIT = CLIPS / "25_flite_now_commit_the_changes.wav"
WAKE = CLIPS / "23_flite_hey_codex__push_the_changes.wav"
SEND = CLIPS / "30_festival_send_message.wav"
MUTE = CLIPS / "16_flite_mute.wav"
READY = "Ask Codex to do anything"


def mode(name: str) -> str:
    """Return the configuration of a mode."""
    return f'[voice]\nmode = "{name}"\n'


async def is_heard(person: Person) -> None:
    """Wait until the microphone is open and the model loaded."""
    await person.sees(READY)
    await person.sees("mini.en-q8_0 │")
    await person.sees("default")


def composed(person: Person) -> str:
    """Return all lines of the screen as one."""
    return " ".join(person.terminal.text().split())


def outcomes(person: Person) -> list[tuple[str, str]]:
    """Return what was said and what became of it, the oldest first."""
    entries = reversed(person.journal().entries())
    return [(entry.text, entry.outcome) for entry in entries]


async def test_hands_free_inserts_one_sentence_after_the_other(
    start: Start, fake_codex: FakeCodex
) -> None:
    """Each sentence is inserted, "send message" sends them, and the journal knows it all."""
    person = await start(config=mode("hands_free"))
    await is_heard(person)
    await person.sees("hands-free")
    await person.speaks(PRINT)
    await person.inserts("Print the size.")
    await person.speaks(EXPLAIN)
    await person.inserts("Print the size. Now explain this function.")
    await person.speaks(SEND)
    await person.sees("Worked for")
    assert fake_codex.user_texts() == ["Print the size. Now explain this function."]
    await person.terminal.close()
    assert outcomes(person) == [
        ("Print the size.", "inserted"),
        ("Now explain this function.", "inserted"),
        ("Send message.", "command"),
    ]


async def test_hands_free_is_muted_by_the_talk_key(start: Start) -> None:
    """What is said while the bar says MUTED is not heard; the same key takes it back."""
    person = await start(config=mode("hands_free"))
    await is_heard(person)
    person.press(TALK_KEY)
    await person.sees("MUTED")
    await person.speaks(PRINT)
    person.press(TALK_KEY)
    await person.no_longer_sees("MUTED")
    await person.speaks(EXPLAIN)
    await person.inserts("Now explain this function.")
    assert len(person.journal().entries()) == 1


async def test_hands_free_is_muted_by_the_word(start: Start) -> None:
    """The command "mute" closes the microphone."""
    person = await start(config=mode("hands_free"))
    await is_heard(person)
    await person.speaks(MUTE)
    await person.sees("MUTED")


async def test_asleep_it_takes_only_what_follows_the_wake_phrase(start: Start) -> None:
    """Nobody's dictation is neither inserted nor kept; the rest of the same breath is taken."""
    person = await start(config=mode("wake_word"))
    await is_heard(person)
    await person.sees("asleep")
    await person.remarks(PRINT)
    await person.speaks(WAKE)
    await person.sees("awake")
    await person.inserts("Push the changes.")
    await person.speaks(EXPLAIN)
    await person.inserts("Push the changes. Now explain this function.")
    await person.terminal.close()
    assert [outcome for _, outcome in outcomes(person)] == ["inserted", "inserted"]


async def test_the_talk_key_wakes(start: Start) -> None:
    """A tap wakes without the phrase."""
    person = await start(config=mode("wake_word"))
    await is_heard(person)
    await person.sees("asleep")
    person.press(TALK_KEY)
    await person.sees("awake")
    await person.speaks(PRINT)
    await person.inserts("Print the size.")


async def test_modes_change_in_the_menu(person: Person) -> None:
    """Hands-free from the menu listens at once; push to talk closes the microphone again."""
    await person.chooses_in_menu("Voice mode")
    await person.chooses("Hands-free")
    await person.sees("hands-free")
    await person.speaks(PRINT)
    await person.inserts("Print the size.")
    await person.chooses_in_menu("Voice mode")
    await person.chooses("Push to talk")
    await person.sees("tap to talk")
    await person.says(EXPLAIN)
    await person.inserts("Print the size. Now explain this function.")


async def test_a_sentence_is_sent_at_once_where_that_is_configured(
    start: Start, fake_codex: FakeCodex
) -> None:
    """With `[voice] send = true` nobody needs to say "send"."""
    person = await start(config="[voice]\nsend = true\n")
    await is_heard(person)
    await person.says(PRINT)
    await person.sees("Worked for")
    assert fake_codex.user_texts() == ["Print the size."]
    await person.terminal.close()
    assert outcomes(person) == [("Print the size.", "sent")]


async def test_a_microphone_kept_open_hears_the_first_syllable(start: Start) -> None:
    """Who begins to speak as the key goes down is heard from the first sound on."""
    person = await start(config="[audio]\nkeep_open = true\n")
    await is_heard(person)
    speaking = asyncio.create_task(person.speaks(COMMIT))
    person.press(TALK_KEY)
    await speaking
    await person.inserts("Now commit the changes.")


async def test_dictation_longer_than_one_utterance_loses_no_word(start: Start) -> None:
    """It is cut in its pauses while it goes on: all sentences arrive, in order."""
    # No two of them fit into one utterance, which would be too much for the miniature model.
    sentences = (
        ("write_a_unit_test", "Write a unit test for the main loop."),
        ("fix_the_bug", "Fix the bug in the session manager."),
        ("hey_codex_push_the_changes", "Hey Codex, push the changes."),
    )
    breath = b"".join(read_wave(RECORDINGS / f"{name}.wav") for name, _ in sentences)
    config = "[voice]\nmaximum_seconds = 5.0\nend_silence_ms = 1500\n"
    person = await start(config=config, columns=200)
    await is_heard(person)
    person.press(TALK_KEY)
    await person.sees("LISTENING")
    await person.speaks(2 * breath)
    expected = " ".join([text for _, text in sentences] * 2)
    await person.terminal.until(lambda: expected in composed(person), expected)
    assert len(person.journal().entries()) > 2
