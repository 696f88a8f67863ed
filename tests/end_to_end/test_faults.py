"""What is killed leaves the terminal sane, no process behind, and every word on disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from codex_voice.terminal.emulator import Emulator
from tests.end_to_end.conftest import (
    CLIPS,
    ENTER,
    SHELL,
    TALK_KEY,
    Person,
    Start,
)
from tests.support.process_tree import processes_of
from tests.support.start_fake_codex import FakeCodex

pytestmark = [pytest.mark.codex, pytest.mark.microphone, pytest.mark.usefixtures("room")]

PRINT = CLIPS / "10_espeak_print_the_size.wav"
READY = "Ask Codex to do anything"
# Nobody stops speaking before the fault comes.
PATIENT = "[voice]\nend_silence_ms = 5000\n"
MOUSE_MODES = (1000, 1002, 1003, 1006, 1016)
FOCUS_MODE, PASTE_MODE = 1004, 2004
UNTOUCHED = (sys.executable, "-m", "codex_voice")
# A programming error in the menu.
BROKEN = """
from codex_voice.cli import main as cli
from codex_voice.ui.dialogs.menus import Menus

async def show(menus):
    raise LookupError("this menu is broken")

Menus.show = show
raise SystemExit(cli.main())
"""


def is_sane(emulator: Emulator) -> bool:
    """Return whether a shell could go on in this terminal as before."""
    modes = (*MOUSE_MODES, FOCUS_MODE, PASTE_MODE)
    return (
        not emulator.alternate_screen
        and emulator.cursor.visible
        and emulator.kitty_flags == 0
        and not any(emulator.mode(mode) for mode in modes)
    )


async def has_ended(process: int) -> None:
    """Wait until a process, not of ours, is gone."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, ended.set)
    await asyncio.wait_for(ended.wait(), 20)
    asyncio.get_running_loop().remove_reader(descriptor)
    os.close(descriptor)


async def kill_codex(person: Person) -> None:
    """Kill Codex and all that it started; while it starts it overlooks the keys that end it."""
    for number in processes_of(person.home):
        # One may have taken another with it.
        with contextlib.suppress(OSError):
            if not is_ours(number):
                os.kill(number, signal.SIGKILL)
    await person.sees("Codex has ended (ended by SIGKILL).")


def is_ours(number: int) -> bool:
    """Return whether a process is codex-voice's own."""
    return Path(f"/proc/{number}/cmdline").read_bytes().startswith(sys.executable.encode())


async def speak_until_seen(person: Person) -> None:
    """Speak a sentence and wait for its partial text; the utterance goes on."""
    person.press(TALK_KEY)
    await person.sees("LISTENING")
    await person.speaks(PRINT)
    await person.sees("Print the size.")


async def find_the_words(person: Person) -> None:
    """Take what an earlier session left out of the history."""
    await person.sees("A recording was left by an earlier session")
    await person.sees(READY)
    await person.chooses_in_menu("History")
    await person.sees("(not recognised)")
    person.press(ENTER)
    await person.inserts("Print the size.")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_in_the_middle_of_a_sentence_loses_nothing(
    start: Start, number: signal.Signals
) -> None:
    """The terminal is given back, Codex is gone, and the next start offers the words."""
    person = await start(config=PATIENT, kitty=True, program=(*SHELL, *UNTOUCHED))
    await person.sees(READY)
    await person.sees("mini.en-q8_0 │")
    await speak_until_seen(person)
    assert not is_sane(person.terminal.emulator)
    os.kill(person.app(), number)
    await person.terminal.ended()
    assert is_sane(person.terminal.emulator)
    screen = person.terminal.text()
    assert f"exit status {128 + number}" in screen
    assert re.search(r"(?<!-)icanon\b", screen)
    assert re.search(r"(?<!-)echo\b", screen)
    assert processes_of(person.home) == []
    (entry,) = person.journal().unfinished()
    assert entry.audio_seconds > 1
    await find_the_words(await start())


async def test_a_stopped_terminal_stops_nobody(start: Start, fake_codex: FakeCodex) -> None:
    """While the terminal takes nothing (Ctrl-S) what is said is recognised, sent and answered."""
    person = await start(config="[voice]\nsend = true\n")
    await person.sees(READY)
    await person.sees("mini.en-q8_0 │")
    person.press(TALK_KEY)
    await person.sees("LISTENING")
    person.terminal.pause(True)
    # Each new size is a new screen, of which the terminal's buffer holds few.
    for rows in (29, 30) * 10:
        person.terminal.resize(100, rows)
    await person.speaks(PRINT)
    assert await asyncio.to_thread(fake_codex.wait_for_turns, 1, 60.0)
    assert fake_codex.user_texts() == ["Print the size."]
    person.terminal.pause(False)
    await person.sees("Worked for")


async def test_kill_9_in_the_middle_of_a_sentence_loses_nothing(start: Start) -> None:
    """Codex goes too; the next start tells of the recording, and the history makes text of it."""
    person = await start(config=PATIENT, kitty=True)
    await person.sees(READY)
    await person.sees("mini.en-q8_0 │")
    await speak_until_seen(person)
    everything = processes_of(person.home)
    os.kill(person.app(), signal.SIGKILL)
    await asyncio.gather(*map(has_ended, everything))
    await person.terminal.ended()
    assert is_sane(person.terminal.emulator)
    assert "what you said is kept" in person.terminal.text()
    again = await start()
    await find_the_words(again)
    await again.terminal.close()
    assert again.journal().unfinished() == []
    assert [entry.outcome for entry in again.journal().entries()] == ["inserted"]


async def test_a_killed_codex_is_started_again_and_gets_what_was_said_meanwhile(
    person: Person,
) -> None:
    """The app says what happened and what can be done; a text waits for the next Codex."""
    await kill_codex(person)
    await person.sees("restart")
    await person.sees("quit")
    await person.says(PRINT)
    await person.sees("1 held text")
    person.press(b"r")
    await person.inserts("Print the size.")
    await person.no_longer_sees("Codex has ended")
    await person.no_longer_sees("1 held text")


async def test_codex_that_ended_by_itself_can_be_resumed(person: Person) -> None:
    """Codex names its session when it leaves; "resume" opens that session again."""
    person.sends("hello")
    await person.sees("Worked for")
    person.press(b"\x03\x03")
    await person.sees("Codex has ended (exit status 0).")
    await person.sees("resume this session")
    person.press(b"u")
    await person.no_longer_sees("Codex has ended")
    await person.sees("hello")
    await person.says(PRINT)
    await person.inserts("Print the size.")


async def test_a_programming_error_gives_the_terminal_back(start: Start) -> None:
    """After an exception the shell goes on as before, Codex is gone, and a line names the log."""
    program = (*SHELL, sys.executable, "-c", BROKEN)
    person = await start(program=program, kitty=True)
    await person.sees(READY)
    person.press(b"\x1bOP")
    await person.terminal.ended()
    assert is_sane(person.terminal.emulator)
    assert "exit status 1" in person.terminal.text()
    assert "an unexpected error; see" in re.sub(r"\s+", " ", person.terminal.text())
    assert processes_of(person.home) == []
    (log,) = person.home.glob("state/**/codex-voice.log")
    assert "this menu is broken" in log.read_text(encoding="utf-8")


async def test_a_text_that_is_dropped_is_not_offered_again(person: Person) -> None:
    """Who drops a waiting text in the menu is not told of it at the next start."""
    await kill_codex(person)
    await person.says(PRINT)
    await person.sees("1 held text")
    await person.chooses_in_menu("Held texts")
    await person.chooses("Drop “Print the size.”")
    await person.no_longer_sees("1 held text")
    await person.terminal.close()
    assert person.journal().unfinished() == []
    assert [entry.outcome for entry in person.journal().entries()] == ["dropped"]


async def test_a_text_that_still_waits_at_the_end_is_offered_at_the_next_start(
    person: Person, start: Start
) -> None:
    """The queue outlives the app: the text is in the history, ready to be inserted."""
    await kill_codex(person)
    await person.says(PRINT)
    await person.sees("1 held text")
    person.press(b"q")
    await person.terminal.ended()
    again = await start()
    await again.sees("A recording was left by an earlier session")
    await again.sees(READY)
    # Codex tells of its warning when it has started; before that it overlooks keys.
    await again.sees("1 warning")
    await again.chooses_in_menu("History")
    await again.sees("Print the size.")
    again.press(ENTER)
    await again.inserts("Print the size.")
    await again.sees("“Print the size.” inserted")
    await again.terminal.close()
    assert again.journal().unfinished() == []
