"""What becomes of texts, by what they say and how they were said."""

from __future__ import annotations

import sys
from functools import partial
from operator import contains
from pathlib import Path

import pytest

from codex_voice.config.schema import VoiceConfig
from codex_voice.dictation.text_hook import TextHook
from codex_voice.language.registry import Command
from codex_voice.recordings.journal import Journal
from tests.dictation.desk import Desk
from tests.speech.test_worker import Obedient


def _recorded(desk: Desk, name: str) -> Journal:
    """Have a recording of an utterance in the journal."""
    journal = desk.dictation.recordings.journal
    journal.keep = True
    journal.begin(name)
    journal.append(name, bytes(640))
    journal.finish(name)
    return journal


async def test_what_is_no_louder_than_the_room_is_kept_and_not_inserted(desk: Desk) -> None:
    """It is in the history with its text, in case it was meant; commands are not carried out."""
    journal = _recorded(desk, "a")
    desk.ear.may_finish.set()
    desk.dictation.use_mode("hands_free")
    for text in ("Send message.", "Print the size."):
        desk.starts("a")
        desk.ends("a", text, prominence_db=1.0)
        await desk.until(partial(contains, desk.answers, text))
    assert (desk.texts, desk.commands) == ([], [])
    assert desk.messages == ["Not louder than the room: kept in the history."] * 2
    desk.starts("b")
    desk.ends("b", "Open the readme.", prominence_db=10.0)
    await desk.until(lambda: desk.texts == ["Open the readme."])
    await desk.dictation.close()
    assert [(entry.text, entry.outcome) for entry in journal.entries()] == [
        ("Print the size.", "overheard")
    ]


async def test_words_that_nobody_said_are_not_told_to_be_too_soft(desk: Desk) -> None:
    """A sound without words is forgotten, however loud."""
    journal = _recorded(desk, "a")
    desk.ear.may_finish.set()
    desk.dictation.use_mode("hands_free")
    desk.starts("a")
    desk.ends("a", "", prominence_db=1.0)
    await desk.until(lambda: desk.answers == [""])
    await desk.dictation.close()
    assert desk.messages == []
    assert journal.entries() == []


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        ("Hey Codex, print the size.", "Print the size."),
        ("hey codex, print the size", "print the size"),
        ("Hey Codex, Alice waits.", "Alice waits."),
        ("Hey Codex, x86 is slow.", "x86 is slow."),
    ],
    ids=["sentence", "small", "name", "code"],
)
async def test_the_wake_phrase_is_heard_in_any_room(desk: Desk, heard: str, text: str) -> None:
    """Whoever says it is talking to us; the rest of the same breath is a sentence of its own."""
    desk.ear.may_finish.set()
    desk.dictation.use_mode("wake_word")
    desk.starts("a")
    desk.ends("a", heard, prominence_db=1.0)
    await desk.until(lambda: bool(desk.texts))
    assert desk.texts == [text]


async def test_the_escape_word_alone_makes_text_of_what_is_said_next(desk: Desk) -> None:
    """Once: the utterance after that is a command again."""
    desk.ear.may_finish.set()
    desk.dictation.use_mode("hands_free")
    for name, text in (("a", "Literally."), ("b", "Send."), ("c", "Send.")):
        desk.starts(name)
        desk.ends(name, text, prominence_db=10.0)
        await desk.until(lambda name=name: len(desk.answers) == "abc".index(name) + 1)  # type: ignore[misc]
    await desk.until(lambda: bool(desk.commands))
    assert desk.texts == ["Send."]
    assert desk.commands == [Command.SEND]
    await desk.dictation.close()


async def test_somebody_elses_voice_is_kept_and_not_inserted(desk: Desk) -> None:
    """Hands-free only: whoever presses a key means it."""
    journal = _recorded(desk, "a")
    desk.ear.may_finish.set()
    desk.ear.someone_else = True
    desk.dictation.use_mode("hands_free")
    for text in ("Send message.", "Print the size."):
        desk.starts("a")
        desk.ends("a", text, prominence_db=20.0)
        await desk.until(partial(contains, desk.answers, text))
    assert (desk.texts, desk.commands) == ([], [])
    assert desk.messages == ["Not your voice: kept in the history."] * 2
    desk.dictation.use_mode("push_to_talk")
    desk.starts("b")
    desk.ends("b", "Open the readme.")
    await desk.until(lambda: desk.texts == ["Open the readme."])
    await desk.dictation.close()
    assert [(entry.text, entry.outcome) for entry in journal.entries()] == [
        ("Print the size.", "overheard")
    ]


async def test_nobody_else_wakes_the_voice(desk: Desk) -> None:
    """Nor is what others say in a room kept while it sleeps."""
    journal = _recorded(desk, "a")
    desk.ear.may_finish.set()
    desk.ear.someone_else = True
    desk.dictation.use_mode("wake_word")
    desk.starts("a")
    desk.ends("a", "Hey Codex, print the size.", prominence_db=20.0)
    await desk.until(lambda: len(desk.answers) == 1)
    assert desk.dictation.state.asleep
    await desk.dictation.close()
    assert (desk.texts, desk.messages, journal.entries()) == ([], [], [])


async def test_the_users_program_has_the_last_word_and_order_is_kept(tmp_path: Path) -> None:
    """Its output is the text, and a command said after it is carried out after it."""
    code = "import json, sys; print(json.load(sys.stdin)['text'].upper())"
    ear = Obedient()
    hook = TextHook([sys.executable, "-I", "-c", code], tmp_path, print, seconds=60)
    desk = Desk(ear, tmp_path, VoiceConfig(command_silence_ms=200), hook)
    await desk.until(lambda: desk.dictation.state.model_description == "test")
    ear.may_finish.set()
    desk.dictation.use_mode("hands_free")
    heard = ("Print the size.", "And the name.", "Send message.")
    for name, text in zip("abc", heard, strict=True):
        desk.starts(name)
        desk.ends(name, text)
        await desk.until(partial(contains, desk.answers, text))
    await desk.until(lambda: bool(desk.commands))
    assert desk.texts == ["PRINT THE SIZE.", "AND THE NAME."]
    assert desk.dictations[0].heard == "Print the size."
    assert desk.commands == [Command.SEND]
    await desk.dictation.close()


async def test_a_number_answers_a_list_while_one_is_shown(desk: Desk) -> None:
    """At any other time it is text, as in "Two."."""
    desk.ear.may_finish.set()
    desk.list_length = 2
    for name, text in (("a", "Two."), ("b", "Three."), ("c", "Two tests.")):
        desk.starts(name)
        desk.ends(name, text)
        await desk.until(partial(contains, desk.answers, text))
    await desk.until(lambda: desk.texts == ["Three.", "Two tests."])
    assert desk.chosen_numbers == [2]
    await desk.dictation.close()
