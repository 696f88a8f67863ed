"""Modes that are changed by voice.

The miniature model knows none of the words for it, so a server writes them for words it knows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest

from tests.end_to_end.conftest import CLIPS, RECORDINGS, Person, Start
from tests.support.whisper_server import WhisperServer

pytestmark = [pytest.mark.codex, pytest.mark.microphone, pytest.mark.usefixtures("room")]

PRINT = CLIPS / "10_espeak_print_the_size.wav"
EXPLAIN = CLIPS / "15_espeak_now_explain_this_function.wav"
WAKE = CLIPS / "23_flite_hey_codex__push_the_changes.wav"
GO_TO_SLEEP = CLIPS / "20_flite_previous.wav"
HANDS_FREE = RECORDINGS / "scroll_up.wav"
PUSH_TO_TALK = RECORDINGS / "scroll_down.wav"
WAKE_WORD = RECORDINGS / "go_to_bottom.wav"
WORDS = {
    "Previous.": "Go to sleep.",
    "Scroll up.": "Hands-free mode.",
    "Scroll down.": "Push to talk.",
    "Go to bottom.": "Wake word mode.",
}

Begin = Callable[[str], Awaitable[Person]]


@pytest.fixture
def begin(start: Start) -> Iterator[Begin]:
    """Return what starts codex-voice in a mode."""
    with WhisperServer(WORDS) as server:

        async def begin_in(mode: str) -> Person:
            config = f'[whisper]\nserver_url = "{server.url}"\n[voice]\nmode = "{mode}"\n'
            person = await start(config=config)
            await person.sees("Ask Codex to do anything")
            await person.sees("│ server 127.0.0.1")
            await person.sees("mic default")
            return person

        yield begin_in


async def test_the_voice_is_sent_to_sleep(begin: Begin) -> None:
    """What is said afterwards is nobody's dictation, until the wake phrase."""
    person = await begin("wake_word")
    await person.sees("asleep")
    await person.speaks(WAKE)
    await person.sees("awake")
    await person.inserts("Push the changes.")
    await person.speaks(GO_TO_SLEEP)
    await person.sees("asleep")
    await person.remarks(EXPLAIN)
    await person.speaks(WAKE)
    await person.inserts("Push the changes. Push the changes.")
    await person.sees("awake")
    await person.terminal.close()
    outcomes = [(entry.text, entry.outcome) for entry in reversed(person.journal().entries())]
    assert outcomes == [
        ("Push the changes.", "inserted"),
        ("Go to sleep.", "command"),
        ("Push the changes.", "inserted"),
    ]


async def test_each_mode_is_asked_for_in_words(begin: Begin) -> None:
    """The status bar tells at once, and the microphone is open or closed accordingly."""
    person = await begin("push_to_talk")
    await person.sees("tap to talk")
    await person.says(HANDS_FREE)
    await person.sees("hands-free")
    await person.speaks(PRINT)
    await person.inserts("Print the size.")
    await person.speaks(PUSH_TO_TALK)
    await person.sees("tap to talk")
    await person.says(EXPLAIN)
    await person.inserts("Print the size. Now explain this function.")
    await person.says(WAKE_WORD)
    await person.sees("asleep")
    await person.speaks(WAKE)
    await person.inserts("Print the size. Now explain this function. Push the changes.")
    await person.sees("awake")
