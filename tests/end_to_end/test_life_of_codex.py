"""Codex ended, started again, exchanged for practice mode, and left behind in the shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.conftest import DOWN, ENTER, HOME, Person, Start

pytestmark = [pytest.mark.codex, pytest.mark.microphone]

LEAVES_WITH_3 = "#!/bin/sh\nprintf 'ready\\r\\n'\nread line\necho last words\nexit 3\n"


async def chooses_row(person: Person, label: str, row: int) -> None:
    """Choose a row of the list in a dialog once it is there."""
    await person.sees(label)
    person.press(HOME + DOWN * row + ENTER)


async def has_talked(person: Person) -> None:
    """Have a first turn, so that Codex has a session to name."""
    person.sends("hello there")
    await person.sees("Worked for")


async def test_after_the_app_the_shell_shows_how_to_resume(person: Person) -> None:
    """What Codex leaves on its screen is not lost with ours."""
    await has_talked(person)
    await person.chooses_in_menu("Quit")
    await person.chooses("Quit, and end")
    assert (await person.terminal.ended()).code == 0
    assert "codex resume " in person.terminal.text()


async def test_the_exit_status_is_that_of_codex(start: Start, tmp_path: Path) -> None:
    """A script around codex-voice learns how Codex ended, and sees what it said last."""
    program = tmp_path / "leaver"
    program.write_text(LEAVES_WITH_3)
    program.chmod(0o755)
    person = await start(codex=str(program))
    await person.sees("ready")
    person.press(b"\r")
    await person.sees("Codex has ended (exit status 3).")
    await person.sees(" q  quit")
    person.press(b"q")
    assert (await person.terminal.ended()).code == 3
    assert "last words" in person.terminal.text()


async def test_what_was_typed_while_codex_died_is_no_answer(person: Person) -> None:
    """A word in full flow is not taken for the keys that restart, practise or quit."""
    await has_talked(person)
    person.press(b"\x03\x03")
    await person.terminal.until(
        lambda: "Codex has ended" in person.terminal.text(), "the end of Codex"
    )
    person.press(b"rpqrpq")
    await person.sees("resume this session")
    assert "Codex has ended" in person.terminal.text()
    person.press(b"u")
    await person.no_longer_sees("Codex has ended")
    await person.sees("hello there")


async def test_a_restart_is_asked_about_and_goes_on_with_the_session(person: Person) -> None:
    """The first row, which a stray Enter takes, changes nothing; another resumes."""
    await has_talked(person)
    await person.chooses_in_menu("Restart Codex")
    await chooses_row(person, "Not now", 0)
    await person.no_longer_sees("Not now")
    assert "Worked for" in person.terminal.text()
    await person.chooses_in_menu("Restart Codex")
    await chooses_row(person, "Restart, and go on", 1)
    await person.no_longer_sees("Worked for")
    await person.sees("hello there")


async def test_practice_mode_is_asked_about_and_has_a_way_back(person: Person) -> None:
    """One comes back to the session that one left."""
    await has_talked(person)
    await person.chooses_in_menu("Practice mode")
    await chooses_row(person, "End Codex, and practise", 1)
    await person.sees("PRACTICE")
    await person.chooses_in_menu("Leave practice mode")
    await person.no_longer_sees("PRACTICE")
    await person.sees("hello there")
