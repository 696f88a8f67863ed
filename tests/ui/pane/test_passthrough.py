"""What the user's terminal tells the program, and the program the user's terminal."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.support.outer_terminal import OuterTerminal
from tests.support.pane_programs import PLAYER, Player, Start, listen

pytestmark = pytest.mark.end_to_end

LIGHT = (255, 250, 240)
ASK_FOREGROUND, ASK_BACKGROUND = b"\x1b]10;?", b"\x1b]11;?"


async def test_program_learns_the_colours(start: Start) -> None:
    """On a light terminal the program is told the light background, however early it asks."""
    listener = await listen(start, "\x1b]11;?\x07", background=LIGHT)
    terminal = listener.terminal
    await listener.expect(b"\x1b]11;rgb:ffff/fafa/f0f0\x07")
    assert terminal.emulator.mode(1049)


async def test_terminal_is_asked_for_its_colours_once(start: Start) -> None:
    """However often the program asks, the terminal is not asked again; the program's own count."""
    listener = await listen(start, background=LIGHT)
    answer = b"\x1b]10;rgb:dddd/dddd/dddd\x1b\\\x1b]11;rgb:ffff/fafa/f0f0\x1b\\"
    for _ in range(3):
        await listener.ask_for(b"\x1b]10;?\x1b\\\x1b]11;?\x1b\\", answer)
    await listener.ask_for(b"\x1b]11;#102030\x07\x1b]11;?\x07", b"\x1b]11;rgb:1010/2020/3030\x07")
    output = listener.terminal.output
    assert (output.count(ASK_FOREGROUND), output.count(ASK_BACKGROUND)) == (1, 1)
    assert b"#102030" not in output


async def test_silent_terminal_does_not_stop_the_program(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a terminal that answers nothing the program starts, works and is told no colours."""
    monkeypatch.setattr(OuterTerminal, "answers", False)
    listener = await listen(start, "\x1b]11;?\x07\x1b[c")
    await listener.expect(b"\x1b[?62;22c")
    await listener.type(b"\x1b[A\x01", b"\x1b[A\x01")
    listener.terminal.type(b"\0")
    await listener.terminal.until_text("ctrl+space press release=False")


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


async def test_titles_and_notifications_that_mean_harm(start: Start, tmp_path: Path) -> None:
    """Control characters become blanks and endless texts are cut, whatever the sequence."""
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    evil = "a\x01\x08\x7f\u009b31m\u0085b\x1f" + "c" * 1_500
    for start_of_one in ("\x1b]0;", "\x1b]2;", "\x1b]9;", "\x1b]777;notify;", "\x1b]777;notify;x;"):
        del terminal.output[:]
        await player.play(f"{start_of_one}{evil}\x07\x1b]9;END\x07".encode())
        await terminal.until(lambda: b"\x1b]9;END\x1b\\" in terminal.output, "the next one")
        for forbidden in (
            b"\x01",
            b"\x08",
            b"\x7f",
            b"\x1f",
            b"\xc2\x9b",
            b"\xc2\x85",
            b"c" * 1001,
        ):
            assert forbidden not in terminal.output
    assert terminal.emulator.title[:6] == "a 31m "


async def test_a_notification_is_no_progress_bar(start: Start, tmp_path: Path) -> None:
    """What only some terminals take for another command of the same number is not passed on."""
    terminal = await start(PLAYER)
    await Player(terminal, tmp_path).play(b"\x1b]9;4;1;50\x07\x1b]9;4 files changed\x07")
    await terminal.until(lambda: b"4 files changed" in terminal.output, "the notification")
    assert b"\x1b]9;4" not in terminal.output


async def test_notifications_are_for_who_looks_elsewhere(start: Start, tmp_path: Path) -> None:
    """What the user sees anyway is not also a desktop notification, once focus is told."""
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    for focus, name in ((b"\x1b[I", "seen"), (b"\x1b[O", "unseen"), (b"\x1b[I", "seen again")):
        terminal.type(focus)
        await player.play(b"\x1b]9;%b\x07" % name.encode())
    terminal.type(b"\x1b[O")
    await player.play(b"\x1b]777;notify;the;END\x07")
    await terminal.until(lambda: b"\x1b]777;notify;the;END\x1b\\" in terminal.output, "the last")
    assert b"\x1b]9;unseen\x1b\\" in terminal.output
    assert b"]9;seen" not in terminal.output


@pytest.mark.parametrize("allowed", [True, False])
async def test_clipboard(start: Start, tmp_path: Path, allowed: bool) -> None:
    """A write is passed on where the user allowed it, in any form; a read is never answered."""
    terminal = await start(PLAYER, options=("--clipboard",) if allowed else ())
    player = Player(terminal, tmp_path)
    text = base64.b64encode("漢字 and text\n".encode() * 50)
    del terminal.output[:]
    player.begin(
        b"\x1b]52;c;%b\x1b\\\x1b]52;;%b\x07\x1b]52;c;?\x07\x1b]52;p;?\x1b\\\x1b]9;END\x07"
        % (text, text)
    )
    await terminal.until(lambda: b"\x1b]9;END\x1b\\" in terminal.output, "the next one")
    assert terminal.output.count(b"\x1b]52;c;%b\x07" % text) == (2 if allowed else 0)
    assert terminal.output.count(b"\x1b]52;") == (2 if allowed else 0)


async def test_clipboard_is_never_read(start: Start) -> None:
    """The program gets no answer to its question what is on the clipboard."""
    listener = await listen(start, options=("--clipboard",))
    await listener.ask_for(b"\x1b]52;c;?\x07\x1b]52;c;?\x1b\\\x1b[5n", b"\x1b[0n")
    assert b"]52;" not in listener.terminal.output


async def test_nothing_else_gets_out(start: Start, tmp_path: Path) -> None:
    """Sequences that act on the user's terminal beyond the screen are not passed on."""
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    del terminal.output[:]
    await player.play(
        b"\x1b]4;1;#112233\x07\x1b]10;#112233\x07\x1b]12;#112233\x07\x1b]104\x07\x1b]7;file:///x\x07"
        b"\x1b]1337;File=inline=1:AAAA\x07\x1b]133;A\x07\x1bP+q544e\x1b\\\x1b_Ga=T,f=24;AAAA\x1b\\"
        b"\x1b[8;10;10t\x1b[22t\x1b[?1000h\x1b[?1003h\x1b[?1016h\x1b[>4;2m\x1b[>31u\x1b[5i\x1b[?69h\x1b#8\x1bc"
        b"\x1b]9;END\x07"
    )
    await terminal.until(lambda: b"\x1b]9;END\x1b\\" in terminal.output, "the next one")
    for forbidden in (
        b"112233", b"]4;", b"]104", b"]7;", b"1337", b"]133", b"\x1bP", b"\x1b_", b"10t", b"?1016h",
        b"\x1b[>", b"\x1b[5i", b"?69", b"\x1b#", b"\x1bc",
    ):  # fmt: skip
        assert forbidden not in terminal.output
