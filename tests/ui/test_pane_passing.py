"""What the user's terminal tells the program, and the program the user's terminal."""

from __future__ import annotations

from tests.support.pane_programs import Start, listen


async def test_program_learns_the_colours(start: Start) -> None:
    """On a light terminal the program is told the light background, however early it asks."""
    listener = await listen(start, "\x1b]11;?\x07", background=(255, 250, 240))
    terminal = listener.terminal
    await listener.expect(b"\x1b]11;rgb:ffff/fafa/f0f0\x07")
    assert terminal.emulator.mode(1049)


async def test_what_is_passed_on(start: Start) -> None:
    """Title, bell and notification get to the terminal without control characters."""
    terminal = await start(
        "print('\\x1b]0;my\\x02 title\\x07\\x07\\x1b]9;done\\x07\\x1b]52;c;aGk=\\x07READY',"
        " end='', flush=True); input()"
    )
    await terminal.until(lambda: b"\x1b]9;done\x1b\\" in terminal.output, "notification")
    assert b"\x1b]0;my title\x07" in terminal.output
    assert b"\x07\x1b]9;" in terminal.output
    assert b"aGk=" not in terminal.output
