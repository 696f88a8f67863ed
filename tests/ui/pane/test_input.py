"""What the user types, pastes and points at reaches the program as it asked for it."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.pane_programs import PaneListener, Start, listen
from tests.terminal.test_encoders import (
    APPLICATION_CURSOR_KEYS,
    KITTY_TO_CODEX,
    KITTY_TO_DISAMBIGUATED,
    KITTY_TO_LEGACY,
    LEGACY_TO_CODEX,
    LEGACY_TO_KITTY,
    MODIFY_OTHER_KEYS,
    SAME_IN_LEGACY,
)

pytestmark = pytest.mark.end_to_end

# Ctrl-Space, F1, F4: keys of the application around the pane.
TAKEN_BY_THE_APPLICATION = (b"\0", b"\x1b[32;5u", b"\x1bOP", b"\x1bOS", b"\x1b[15~")


async def test_keys_reach_the_program_as_typed(start: Start) -> None:
    """In a legacy terminal bytes go through unchanged; Esc alone does too."""
    listener = await listen(start)
    for keys in (
        b"a",
        b"\x03",
        b"\x1b[Z",
        b"\x1bx",
        b"\x1b[1;5D",
        "漢é👍".encode(),
        b"\x7f",
        b"\x08",
    ):
        await listener.type(keys, keys)
    await listener.type(b"\x1b", b"\x1b")
    await listener.type(b"\x1b[200~a\nb \x1b[31m\x1b[201~", b"a\rb \x1b[31m")


async def test_modes_of_the_program_are_kept(start: Start) -> None:
    """Application cursor keys, bracketed paste, focus and mouse reports come as asked for."""
    listener = await listen(start, "\x1b[?1h\x1b[?2004h\x1b[?1004h\x1b[?1002h\x1b[?1006h")
    for keys, expected in (
        (b"\x1b[A", b"\x1bOA"),
        (b"\x1b[200~a\nb \x1b[31m\x1b[201~", b"\x1b[200~a\nb \x1b[31m\x1b[201~"),
        (b"\x1b[O", b"\x1b[O"),
        (b"\x1b[I", b"\x1b[I"),
        (b"\x1b[<0;5;5M\x1b[<32;6;5M\x1b[<0;6;5m", b"\x1b[<0;5;5M\x1b[<32;6;5M\x1b[<0;6;5m"),
        (b"\x1b[<35;6;5M\x1b[<64;6;5M", b"\x1b[<64;6;5M"),
    ):
        await listener.type(keys, expected)


@pytest.mark.parametrize(
    ("kitty", "modes", "table"),
    [
        (False, "", {keys: keys for keys in SAME_IN_LEGACY}),
        (False, "\x1b[?1h", APPLICATION_CURSOR_KEYS),
        (False, "\x1b[>1u", LEGACY_TO_KITTY),
        (False, "\x1b[>7u", LEGACY_TO_CODEX),
        (False, "\x1b[>4;2m", MODIFY_OTHER_KEYS),
        (True, "", KITTY_TO_LEGACY),
        (True, "\x1b[>1u", KITTY_TO_DISAMBIGUATED),
        (True, "\x1b[>7u", KITTY_TO_CODEX),
    ],
    ids=[
        "legacy", "application cursor keys", "legacy to flags 1", "legacy to flags 7",
        "modifyOtherKeys", "kitty to legacy", "kitty to flags 1", "kitty to flags 7",
    ],
)  # fmt: skip
async def test_tables_of_keys_through_the_pane(
    start: Start, kitty: bool, modes: str, table: dict[bytes, bytes]
) -> None:
    """Every key gets to the program as it asked for it, whatever the user's terminal speaks."""
    listener = await listen(start, modes, kitty=kitty)
    for keys, expected in table.items():
        if keys in TAKEN_BY_THE_APPLICATION:
            continue
        if expected:
            await listener.type(keys, expected)
        else:
            await listener.type(keys + b"z", b"z")


async def test_kitty_protocol_end_to_end(start: Start) -> None:
    """Of the terminal releases are asked; it is given back with the flags that it had."""
    listener = await listen(start, "\x1b[>7u", kitty=True)
    terminal = listener.terminal
    await terminal.until(lambda: terminal.emulator.kitty_flags == 7, "flags 7")
    await listener.type(b"\x1b[97;5u\x1b[97;5:3u", b"\x1b[97;5u\x1b[97;5:3u")
    await listener.ask_for(b"\x1b[=31;1u")
    await listener.type(b"b", b"\x1b[98;;98u")
    await terminal.until(lambda: terminal.emulator.kitty_flags == 31, "flags 31")
    await listener.type(b"\x1b[99;;99u\x1b[99;1:3u", b"\x1b[99;;99u\x1b[99;1:3u")
    terminal.type(b"\x1b[32;5u")
    await terminal.until_text("ctrl+space press release=True")
    terminal.type(b"\x1b[32;5:3u")
    await terminal.until_text("ctrl+space release release=True")


@pytest.mark.parametrize("name", ["right_ctrl", "right_alt"])
async def test_modifier_by_itself_is_a_talk_key(start: Start, name: str) -> None:
    """Where the talk key is a modifier the terminal is asked for all keys; text stays text."""
    listener = await listen(start, kitty=True, options=("--all-keys",))
    terminal = listener.terminal
    await terminal.until(lambda: terminal.emulator.kitty_flags == 31, "flags 31")
    code, modifier = {"right_ctrl": (57448, 5), "right_alt": (57449, 3)}[name]
    terminal.type(b"\x1b[%d;%du" % (code, modifier))
    await terminal.until_text(f"{name} press release=True")
    terminal.type(b"\x1b[%d;%d:3u" % (code, modifier))
    await terminal.until_text(f"{name} release release=True")
    await listener.type(b"\x1b[97;;97u\x1b[97;1:3u\x1b[65;2;65u", b"aA")


async def test_program_has_its_own_stack_of_keyboard_flags(start: Start) -> None:
    """Push, pop and set work, each screen has its own flags, and a reset ends them all."""
    listener = await listen(start)
    for written, answer, ctrl_a in (
        (b"", b"", b"\x01"),
        (b"\x1b[>1u", b"", b"\x1b[97;5u"),
        (b"\x1b[>7u\x1b[?u", b"\x1b[?7u", b"\x1b[97;5u"),
        (b"\x1b[?1049h\x1b[?u", b"\x1b[?0u", b"\x01"),
        (b"\x1b[=5u\x1b[?u", b"\x1b[?5u", b"\x1b[97;5u"),
        (b"\x1b[?1049l\x1b[?u", b"\x1b[?7u", b"\x1b[97;5u"),
        (b"\x1b[<u\x1b[?u", b"\x1b[?1u", b"\x1b[97;5u"),
        (b"\x1b[<9u\x1b[?u", b"\x1b[?0u", b"\x01"),
        (b"\x1b[>1u" * 100 + b"\x1b[<99u\x1b[?u", b"\x1b[?0u", b"\x01"),
        (b"\x1b[?1049h\x1b[>7u\x1bc\x1b[?u", b"\x1b[?0u", b"\x01"),
        (b"\x1b[?1049h\x1b[?u", b"\x1b[?0u", b"\x01"),
    ):
        await listener.ask_for(written, answer)
        await listener.type(b"\x01", ctrl_a)


async def test_next_program_begins_with_nothing_asked_for(start: Start) -> None:
    """A program that ended leaves no keyboard flags, no modes and no screen to the next one."""
    modes = b"\x1b[?1049h\x1b[>7u\x1b[?1h\x1b[?1003h\x1b[?2004h\x1b[?1004h\x1b[2;2Hgone\x1b[?2026h"
    listener = await listen(start)
    await listener.ask_for(modes)
    terminal = listener.terminal
    del terminal.output[:]
    terminal.type(b"\x1bOQ")
    await terminal.until_text("restarted=1")
    await terminal.until(lambda: "READY" in terminal.text() and "gone" not in terminal.text())
    listener = PaneListener(terminal)
    await listener.type(b"\x01\x1b[A\x1b[<35;3;3M\x1b[I\x1b[200~a\nb\x1b[201~", b"\x01\x1b[Aa\rb")


async def test_releases_never_reach_textual(start: Start) -> None:
    """With a dialog open, releases and odd keys are harmless, and Escape still closes it."""
    listener = await listen(start, kitty=True)
    terminal = listener.terminal
    terminal.type(b"\x1b[57364u\x1bOP")
    await terminal.until_text("DIALOG")
    terminal.type(b"\x1b[97;1:3u\x1b[32;5:3u\x1b[97:65;2:2u\x1b[1;1:3A\x1b[57441;2:1u")
    await terminal.until_text("ctrl+space release")
    terminal.type(b"\x1b[27;1:1u\x1b[27;1:3u")
    await terminal.until(lambda: "DIALOG" not in terminal.text(), "closed dialog")
    await listener.type(b"\x1b[120;;120u", b"x")


async def test_talk_key_is_ours(start: Start) -> None:
    """Ctrl-Space goes to the application and not to the program."""
    listener = await listen(start)
    terminal = listener.terminal
    terminal.type(b"\0")
    await terminal.until_text("ctrl+space press release=False")
    await listener.type(b"z", b"z")


async def test_program_that_scrolls_itself_gets_the_wheel(start: Start) -> None:
    """In the alternate screen the wheel and PageUp are the program's, as it understands them."""
    listener = await listen(start, "\x1b[?1049h\x1b[?1000h\x1b[?1006h\x1b[H")
    await listener.type(b"\x1b[<64;6;5M", b"\x1b[<64;6;5M")
    await listener.type(b"\x1b[5~", b"\x1b[5~")
    listener = await listen(start, "\x1b[?1049h\x1b[H")
    await listener.type(b"\x1b[<65;6;5M", b"\x1b[B\x1b[B\x1b[B")


async def test_mouse_through_the_pane(start: Start) -> None:
    """Press, drag, wheel and hover come in the kind and form asked for; Shift is the user's."""
    listener = await listen(start)
    press, drag, release = b"\x1b[<0;5;6M", b"\x1b[<32;6;6M", b"\x1b[<0;6;6m"
    hover, wheel, ctrl_press = b"\x1b[<35;9;9M", b"\x1b[<65;6;5M", b"\x1b[<16;5;6M\x1b[<16;5;6m"
    everything = hover + press + drag + release + wheel + ctrl_press
    for modes, expected in (
        (b"\x1b[?9h", b"\x1b[M %&\x1b[M %&"),
        (b"\x1b[?9l\x1b[?1000h", b"\x1b[M %&\x1b[M#&&\x1b[Ma&%\x1b[M0%&\x1b[M3%&"),
        (b"\x1b[?1006h", press + release + wheel + ctrl_press),
        (b"\x1b[?1002h", press + drag + release + wheel + ctrl_press),
        (b"\x1b[?1003h", everything),
        (
            b"\x1b[?1006l\x1b[?1000h\x1b[?1015h",
            b"\x1b[32;5;6M\x1b[35;6;6M\x1b[97;6;5M\x1b[48;5;6M\x1b[51;5;6M",
        ),
        (b"\x1b[?1003h\x1b[?1015l\x1b[?1006h", everything),
    ):
        await listener.ask_for(modes)
        await listener.type(everything, expected)
    with_shift = b"\x1b[<4;5;6M\x1b[<36;9;6M\x1b[<4;9;6m"
    below = b"\x1b[<0;5;41M\x1b[<0;5;41m"
    await listener.type(with_shift + below + b"z", b"z")


async def test_drag_out_of_the_pane_stays_the_programs(start: Start) -> None:
    """A button pressed in the pane belongs to the program until it goes up, wherever that is."""
    listener = await listen(start, "\x1b[?1002h\x1b[?1006h")
    await listener.type(
        b"\x1b[<0;5;40M\x1b[<32;5;41M\x1b[<0;5;41m", b"\x1b[<0;5;40M\x1b[<32;5;40M\x1b[<0;5;40m"
    )


async def test_alternate_scroll(start: Start) -> None:
    """The wheel is arrow keys in the alternate screen, unless the program wants none (1007)."""
    listener = await listen(start, "\x1b[?1049h\x1b[H")
    await listener.type(b"\x1b[<64;6;5M", b"\x1b[A" * 3)
    await listener.ask_for(b"\x1b[?1h")
    await listener.type(b"\x1b[<65;6;5M", b"\x1bOB" * 3)
    await listener.ask_for(b"\x1b[?1007l")
    await listener.type(b"\x1b[<65;6;5Mz", b"z")
    await listener.ask_for(b"\x1b[?1007h")
    await listener.type(b"\x1b[<65;6;5M", b"\x1bOB" * 3)


async def test_focus_is_told_to_who_asked(start: Start) -> None:
    """Focus in and out reach a program that asked for them, and no other."""
    listener = await listen(start)
    await listener.type(b"\x1b[O\x1b[Iz", b"z")
    await listener.ask_for(b"\x1b[?1004h")
    await listener.type(b"\x1b[O\x1b[I", b"\x1b[O\x1b[I")
    await listener.ask_for(b"\x1b[?1004l")
    await listener.type(b"\x1b[O\x1b[Iz", b"z")


async def test_pastes(start: Start) -> None:
    """A paste is what it was, however large, whatever is in it, with and without brackets."""
    listener = await listen(start)
    text = (
        b"\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[200~ nested \x00\x01\x03 \xe6\xbc\xa2 \xff\xfe"
    )
    many = b"".join(b"line %06d \xe6\xbc\xa2\xe5\xad\x97\r\n" % number for number in range(50_000))
    for bracketed in (False, True):
        if bracketed:
            await listener.ask_for(b"\x1b[?2004h")
        for pasted in (text, b"", many):
            whole = b"\x1b[200~" + pasted + b"\x1b[201~"
            plain = pasted.replace(b"\r\n", b"\r")
            await listener.type(whole + b"z", (whole if bracketed else plain) + b"z")
        # A terminal that does not take the end out of what is pasted ends the paste there.
        rest = b"\x1b[200~a\x1b[201~b\x1b[201~c"
        await listener.type(rest, b"\x1b[200~a\x1b[201~bc" if bracketed else b"abc")


async def test_text_of_input_methods(start: Start) -> None:
    """A burst of text arrives whole, also where a read ends in the middle of a character."""
    listener = await listen(start)
    burst = "こんにちは漢字變換👩\u200d💻한국어e\u0301ñ".encode() * 50
    await listener.type(burst, burst)
    for start_of_rest in range(1, 8):
        listener.terminal.type(burst[:start_of_rest])
        await asyncio.sleep(0)
        await listener.type(burst[start_of_rest:], burst)


async def test_bytes_that_are_no_text(start: Start) -> None:
    """Bytes that are not UTF-8 reach the program as they are, and do a dialog no harm."""
    listener = await listen(start)
    mess = b"a\xff\xc3(\xe6\xbcz"
    await listener.type(mess, mess)
    await listener.type(b"\x1b[0;;55357u\x1b[97:57000;2uz", b"Az")
    listener.terminal.type(b"\x1bOP")
    await listener.terminal.until_text("DIALOG")
    listener.terminal.type(mess + b"\x1b")
    await listener.terminal.until_text("closed=1")
    await listener.type(mess, mess)
