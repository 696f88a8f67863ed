"""The user's terminal: bytes to tokens, however they are cut and however slow they come."""

from __future__ import annotations

import pytest

from codex_voice.key_names import canonical_name
from codex_voice.terminal.input_tokenizer import (
    ESCAPE_SECONDS,
    PASTE_SECONDS,
    SEQUENCE_SECONDS,
    FocusChange,
    MouseAction,
    MouseReport,
    Paste,
    Reply,
    Tokenizer,
)
from codex_voice.terminal.keys import KeyPress

NAMES = {
    b"a": "a",
    b"A": "A",
    b"\0": "ctrl+space",
    b"\x01": "ctrl+a",
    b"\r": "enter",
    b"\x1bx": "alt+x",
    b"\x1b[1;5P": "ctrl+f1",
    b"\x1bOP": "f1",
    b"\x1b[Z": "shift+tab",
    b"\x1b[32;5u": "ctrl+space",
    b"\x1b[97;7u": "alt+ctrl+a",
    b"\x1b[97;6u": "ctrl+shift+a",
    b"\x1b[57448;5u": "right_ctrl",
    b"\x1b[57449;3u": "right_alt",
    b"\x1b[57376u": "f13",
    b"\x1b[27u": "escape",
    b"\x1b[5~": "pageup",
}
MIXED = (
    b"a\x1b[<0;3;4M\x1b[I\x1b[1;5D\x1b]11;rgb:ffff/0/8080\x1b\\\x1b[?27u"
    + "漢\x1bé".encode()
    + b"\x1b[200~p\x1b[31m\x1b[201~\x1bOQ\x1b[?62;22c"
)


@pytest.mark.parametrize(("raw", "name"), NAMES.items())
def test_names(raw: bytes, name: str) -> None:
    """A key has the same name whichever way the terminal reports it."""
    assert Tokenizer().feed(raw) == [KeyPress(name)]


def test_actions() -> None:
    """Repeat and release are told apart."""
    tokens = Tokenizer().feed(b"\x1b[32;5:1u\x1b[32;5:2u\x1b[32;5:3u")
    assert tokens == [
        KeyPress("ctrl+space", "press"),
        KeyPress("ctrl+space", "repeat"),
        KeyPress("ctrl+space", "release"),
    ]


def test_mixed_input_in_every_cut() -> None:
    """Where the bytes are cut makes no difference."""
    whole = Tokenizer().feed(MIXED)
    assert len(whole) == 11
    for size in (1, 2, 3, 5, 7):
        tokenizer = Tokenizer()
        pieces = [MIXED[start : start + size] for start in range(0, len(MIXED), size)]
        assert [token for piece in pieces for token in tokenizer.feed(piece)] == whole


def test_kinds() -> None:
    """Mouse, focus, paste and answers are what they are."""
    mouse, focus, paste, kitty, colour, attributes = Tokenizer().feed(
        b"\x1b[<20;3;4M\x1b[O\x1b[200~a\n\x1b[201~\x1b[?27u\x1b]10;rgb:ff/00/8080\x07\x1b[?62c"
    )
    assert isinstance(mouse, MouseReport)
    assert (mouse.column, mouse.row, mouse.action) == (2, 3, MouseAction.PRESS)
    assert (mouse.button, mouse.shift, mouse.alt, mouse.ctrl) == (0, True, False, True)
    assert focus == FocusChange(gained=False)
    assert paste == Paste(b"a\n")
    assert isinstance(kitty, Reply)
    assert kitty.kitty_flags == 27
    assert isinstance(colour, Reply)
    assert colour.colour == (10, (255, 0, 128))
    assert isinstance(attributes, Reply)
    assert attributes.is_attributes


def test_lone_escape_waits_a_little() -> None:
    """Esc alone is a key only when nothing follows for 25 ms."""
    tokenizer = Tokenizer()
    assert tokenizer.feed(b"\x1b") == []
    assert tokenizer.patience == ESCAPE_SECONDS <= 0.025
    assert tokenizer.flush() == [KeyPress("escape")]
    assert tokenizer.patience is None


def test_two_escapes() -> None:
    """Esc twice is two keys."""
    tokenizer = Tokenizer()
    assert tokenizer.feed(b"\x1b\x1b") + tokenizer.flush() == [
        KeyPress("escape"),
        KeyPress("escape"),
    ]


def test_slow_sequence_is_waited_for_and_never_typed() -> None:
    """Half an answer waits longer, and is dropped rather than typed into the program."""
    tokenizer = Tokenizer()
    assert tokenizer.feed(b"\x1b]11;rgb:ff") == []
    assert tokenizer.patience == SEQUENCE_SECONDS
    assert tokenizer.flush() == []
    assert tokenizer.feed(b"a") == [KeyPress("a")]


def test_slow_character_is_waited_for() -> None:
    """The first byte of a character is no key by itself, so the rest has all the time it needs."""
    for character in ("é", "漢", "👍"):
        for cut in range(1, len(character.encode())):
            tokenizer = Tokenizer()
            assert tokenizer.feed(character.encode()[:cut]) == []
            assert tokenizer.patience == SEQUENCE_SECONDS
            assert tokenizer.feed(character.encode()[cut:]) == [KeyPress(character)]


def test_slow_paste_has_no_limit() -> None:
    """A paste that comes in pieces is one paste, however long it takes."""
    tokenizer = Tokenizer()
    assert tokenizer.feed(b"\x1b[200~one\x1b") == []
    waits = [tokenizer.patience, tokenizer.flush(), tokenizer.patience]
    assert waits == [PASTE_SECONDS, [], None]
    for piece in (b"\r", b"\n", b" and ", b"\x1b[31m two \x1b[20"):
        assert tokenizer.feed(piece) == []
        assert tokenizer.flush() == []
    assert tokenizer.feed(b"1~x\x1b[A") == [
        Paste(b"one\x1b\r\n and \x1b[31m two "),
        KeyPress("x"),
        KeyPress("up"),
    ]


def test_end_of_a_paste_by_itself() -> None:
    """The end that comes much later is the end, and no key."""
    tokenizer = Tokenizer()
    assert tokenizer.feed(b"\x1b[200~one") + tokenizer.flush() == []
    assert tokenizer.feed(b"\x1b[201~") == [Paste(b"one")]


@pytest.mark.parametrize(
    ("pressed", "name"),
    [
        (b"\x03", "ctrl+c"),
        (b"\x1bOP", "f1"),
        (b"\x1b[13;5u", "ctrl+enter"),
        (b"\x00", "ctrl+space"),
    ],
)
def test_paste_without_an_end_does_not_hold_the_keys(pressed: bytes, name: str) -> None:
    """Whoever presses a key much later gets the key, after what had come of the paste."""
    tokenizer = Tokenizer()
    assert tokenizer.feed(b"\x1b[200~half of it") == []
    assert tokenizer.feed(pressed) == []
    assert tokenizer.flush() == []
    assert tokenizer.feed(pressed) == [Paste(b"half of it" + pressed), KeyPress(name)]
    assert tokenizer.feed(b"x") == [KeyPress("x")]


def test_many_pastes_at_once() -> None:
    """Each is one."""
    tokenizer = Tokenizer()
    assert tokenizer.feed(b"\x1b[200~a\x1b[201~" * 5_000) == [Paste(b"a")] * 5_000


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ctrl-Space", "ctrl+space"),
        ("control+SPACE", "ctrl+space"),
        ("F1", "f1"),
        ("Right_Control", "right_ctrl"),
        ("shift+alt+v", "alt+shift+v"),
        ("Esc", "escape"),
        ("A", "A"),
        ("ctrl+-", "ctrl+-"),
        ("-", "-"),
    ],
)
def test_canonical_names(written: str, name: str) -> None:
    """Key names may be written as people do."""
    assert canonical_name(written) == name
