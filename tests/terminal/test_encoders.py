"""From the user's terminal to the program: every key in every mode, pastes, the mouse."""

from __future__ import annotations

import pytest

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.encoders import KeyEncoder, MouseEncoder
from codex_voice.terminal.input_tokenizer import MouseReport, Paste, Tokenizer
from codex_voice.terminal.keys import KeyPress

CONTROLS = [bytes([code]) for code in range(32)]
ALTS = [b"\x1b" + each.encode() for each in "abzAZ09[O.é"]
SAME_IN_LEGACY = [
    *CONTROLS, *ALTS, b"\x1b\r", b"\x1b\x7f", b"\x1b\x01", b"\x7f", b"\x1b[Z", b"\x1b[1;5D",
    b"\x1bOP", b"\x1bOS", b"\x1b[15~", b"\x1b[24~", b"\x1b[15;5~", b"\x1b[1;2P", b"\x1b[H",
    b"\x1b[F", b"\x1b[5~", b"\x1b[6~", b"\x1b[3~", b"\x1b[2~", b"\x1b[3;5~", b"\x1b[1;2A",
    b"\x1b[A", b"\x1b[1;3C", "漢👍é".encode(), b"plain text",
]  # fmt: skip

# A terminal with the kitty protocol, a program that knows nothing of it.
KITTY_TO_LEGACY = {
    b"\x1b[97;;97u": b"a",
    b"\x1b[97;2;65u": b"A",
    b"\x1b[97;5u": b"\x01",
    b"\x1b[32;5u": b"\0",
    b"\x1b[91;5u": b"\x1b",
    b"\x1b[105;5u": b"\t",
    b"\x1b[109;5u": b"\r",
    b"\x1b[97;3u": b"\x1ba",
    b"\x1b[97;4u": b"\x1bA",
    b"\x1b[13u": b"\r",
    b"\x1b[13;2u": b"\r",
    b"\x1b[13;3u": b"\x1b\r",
    b"\x1b[9;2u": b"\x1b[Z",
    b"\x1b[127u": b"\x7f",
    b"\x1b[127;3u": b"\x1b\x7f",
    b"\x1b[27u": b"\x1b",
    b"\x1b[32;1:1;32u": b" ",
    b"\x1b[32;1:2;32u": b" ",
    b"\x1b[32;1:3u": b"",
    b"\x1b[D": b"\x1b[D",
    b"\x1b[1;1:3D": b"",
    b"\x1b[1;5:3D": b"",
    b"\x1b[1;5:1D": b"\x1b[1;5D",
    b"\x1b[15;1:3~": b"",
    b"\x1b[0;;28450:23383u": "漢字".encode(),
    b"\x1b[57441;2u": b"",
    b"\x1b[57448;5u": b"",
    b"\x1b[97;69u": b"\x01",
    b"\x1b[97;129;97u": b"a",
    b"\x1b[233;;233u": "é".encode(),
}
# The same terminal, a program with flags 7 (Codex).
KITTY_TO_CODEX = {
    b"\x1b[97;;97u": b"a",
    b"\x1b[97;5u": b"\x1b[97;5u",
    b"\x1b[97;5:3u": b"\x1b[97;5:3u",
    b"\x1b[97;1:3u": b"\x1b[97;1:3u",
    b"\x1b[13u": b"\r",
    b"\x1b[13;2u": b"\x1b[13;2u",
    b"\x1b[27u": b"\x1b[27u",
    b"\x1b[27;1:3u": b"\x1b[27;1:3u",
    b"\x1b[1;1:3D": b"\x1b[1;1:3D",
    b"\x1b[97;3u": b"\x1b[97;3u",
    b"\x1b[0;;28450:23383u": "漢字".encode(),
}
# The same terminal, a program with flags 1.
KITTY_TO_DISAMBIGUATED = {
    b"\x1b[97;;97u": b"a",
    b"\x1b[97;2;65u": b"A",
    b"\x1b[97;5u": b"\x1b[97;5u",
    b"\x1b[97;5:2u": b"\x1b[97;5u",
    b"\x1b[97;5:3u": b"",
    b"\x1b[13u": b"\r",
    b"\x1b[13;2u": b"\x1b[13;2u",
    b"\x1b[13;3u": b"\x1b[13;3u",
    b"\x1b[9;2u": b"\x1b[9;2u",
    b"\x1b[27u": b"\x1b[27u",
    b"\x1b[27;1:3u": b"",
    b"\x1b[D": b"\x1b[D",
    b"\x1b[1;5:1D": b"\x1b[1;5D",
    b"\x1b[1;5:3D": b"",
    b"\x1b[0;;28450:23383u": "漢字".encode(),
}
# A legacy terminal, a program with flags 1.
LEGACY_TO_KITTY = {
    b"a": b"a",
    b"\x01": b"\x1b[97;5u",
    b"\r": b"\r",
    b"\x1b": b"\x1b[27u",
    b"\x1bx": b"\x1b[120;3u",
    b"\x1b[A": b"\x1b[A",
    b"\x1b[Z": b"\x1b[9;2u",
    b"\x7f": b"\x7f",
}
# A legacy terminal, a program with flags 7: the event type is told where there is room for it.
LEGACY_TO_CODEX = LEGACY_TO_KITTY | {b"\x1b[A": b"\x1b[1;1:1A"}
APPLICATION_CURSOR_KEYS = {
    b"\x1b[A": b"\x1bOA",
    b"\x1b[H": b"\x1bOH",
    b"\x1b[1;5A": b"\x1b[1;5A",
    b"x": b"x",
}
MODIFY_OTHER_KEYS = {b"\x1b[27;2;13~": b"\x1b[27;2;13~", b"\x1b[13;2u": b"\x1b[27;2;13~"}


class Program:
    """What a program that has asked for modes would read."""

    def __init__(self, modes: bytes = b"") -> None:
        self.emulator = Emulator(80, 24)
        self.emulator.feed(modes)
        self._tokenizer = Tokenizer()
        self._keys = KeyEncoder(self.emulator)
        self._mouse = MouseEncoder(self.emulator)

    def read(self, typed: bytes) -> bytes:
        """Return what the bytes of a user's terminal become."""
        parts = []
        for token in self._tokenizer.feed(typed) + self._tokenizer.flush():
            if isinstance(token, KeyPress):
                parts.append(self._keys.encode(token))
            elif isinstance(token, MouseReport):
                parts.append(self._mouse.encode(token, token.column, token.row))
            elif isinstance(token, Paste):
                parts.append(self._keys.encode_paste(token.data))
        return b"".join(parts)


@pytest.mark.parametrize("typed", SAME_IN_LEGACY, ids=repr)
def test_legacy_keys_go_through_unchanged(typed: bytes) -> None:
    """Between two legacies no key changes."""
    assert Program().read(typed) == typed


@pytest.mark.parametrize(
    ("modes", "typed", "expected"),
    [
        (modes, typed, expected)
        for modes, table in (
            (b"", KITTY_TO_LEGACY),
            (b"\x1b[>1u", KITTY_TO_DISAMBIGUATED),
            (b"\x1b[>7u", KITTY_TO_CODEX),
            (b"\x1b[>1u", LEGACY_TO_KITTY),
            (b"\x1b[>7u", LEGACY_TO_CODEX),
            (b"\x1b[?1h", APPLICATION_CURSOR_KEYS),
            (b"\x1b[>4;2m", MODIFY_OTHER_KEYS),
        )
        for typed, expected in table.items()
    ],
)
def test_keys_become_what_the_program_asked_for(
    modes: bytes, typed: bytes, expected: bytes
) -> None:
    """Keys are translated between what the terminal speaks and what the program does."""
    assert Program(modes).read(typed) == expected


# For each outer terminal what it sends for a key, on a Latin and a Cyrillic layout, and what a
# program gets that asked for nothing, and one that asked for kitty's flags 7 as Codex does.
KEYS_OF_TERMINALS = [
    # kitty protocol, Cyrillic: Ctrl-C, Ctrl-Shift-C, Alt-F, a plain letter, Ctrl-full stop's key
    ("kitty", b"\x1b[1089::99;5u", b"\x03", b"\x1b[1089::99;5u"),
    ("kitty", b"\x1b[1089:1057:99;6u", b"\x03", b"\x1b[1089:1057:99;6u"),
    ("kitty", b"\x1b[1072::102;3u", b"\x1bf", b"\x1b[1072::102;3u"),
    ("kitty", b"\x1b[1089::99;1;1089u", "с".encode(), "с".encode()),
    ("kitty", b"\x1b[1103::122;5u", b"\x1a", b"\x1b[1103::122;5u"),
    ("kitty", b"\x1b[1093::91;5u", b"\x1b", b"\x1b[1093::91;5u"),
    # kitty protocol, Latin, and Latin letters in other places (Dvorak): the letter counts
    ("kitty", b"\x1b[99;5u", b"\x03", b"\x1b[99;5u"),
    ("kitty", b"\x1b[99::105;5u", b"\x03", b"\x1b[99::105;5u"),
    ("kitty", b"\x1b[13;5u", b"\r", b"\x1b[13;5u"),
    ("kitty", b"\x1b[13;2u", b"\r", b"\x1b[13;2u"),
    ("kitty", b"\x1b[9;5u", b"\t", b"\x1b[9;5u"),
    ("kitty", b"\x1b[27;2u", b"\x1b", b"\x1b[27;2u"),
    ("kitty", b"\x1b[59;5u", b";", b"\x1b[59;5u"),
    ("kitty", b"\x1b[13;7u", b"\x1b\r", b"\x1b[13;7u"),
    ("kitty", b"\x1b[13;2~", b"\x1b[1;2R", b"\x1b[13;2~"),
    ("kitty", b"\x1b[13;5~", b"\x1b[1;5R", b"\x1b[13;5~"),
    # legacy terminals: xterm's numbers for F3 with modifiers
    ("legacy", b"\x1b[1;2R", b"\x1b[1;2R", b"\x1b[13;2~"),
    ("legacy", b"\x1b[1;5R", b"\x1b[1;5R", b"\x1b[13;5~"),
    ("legacy", b"\x1b[1;3R", b"\x1b[1;3R", b"\x1b[13;3~"),
    ("legacy", b"\x03", b"\x03", b"\x1b[99;5u"),
    ("legacy", "с".encode(), "с".encode(), "с".encode()),
    ("legacy", b"\x1b\xd1\x81", b"\x1b\xd1\x81", b"\x1b[1089;3u"),
    # Linux console
    ("console", b"\x1b[[A", b"\x1bOP", b"\x1b[1;1:1P"),
    ("console", b"\x1b[[B", b"\x1bOQ", b"\x1b[1;1:1Q"),
    ("console", b"\x1b[[C", b"\x1bOR", b"\x1b[13~"),
    ("console", b"\x1b[[D", b"\x1bOS", b"\x1b[1;1:1S"),
    ("console", b"\x1b[[E", b"\x1b[15~", b"\x1b[15~"),
    ("console", b"\x1b[1~", b"\x1b[H", b"\x1b[1;1:1H"),
    # Linux console, Cyrillic: it sends the control character itself
    ("console", b"\x03", b"\x03", b"\x1b[99;5u"),
    ("console", "с".encode(), "с".encode(), "с".encode()),
    ("console", b"\x1b" + "ф".encode(), b"\x1b" + "ф".encode(), b"\x1b[1092;3u"),
    # tmux with extended-keys on, in either of its formats, and with them off
    ("tmux on", b"\x1b[27;2;13~", b"\r", b"\x1b[13;2u"),
    ("tmux on", b"\x1b[27;5;13~", b"\r", b"\x1b[13;5u"),
    ("tmux on", b"\x1b[27;5;9~", b"\t", b"\x1b[9;5u"),
    ("tmux on", b"\x1b[13;2u", b"\r", b"\x1b[13;2u"),
    # tmux on a Cyrillic layout: the control character from the terminal around it, or the letter
    ("tmux on", b"\x03", b"\x03", b"\x1b[99;5u"),
    ("tmux on", b"\x1b[27;3;1092~", b"\x1b" + "ф".encode(), b"\x1b[1092;3u"),
    ("tmux on", "с".encode(), "с".encode(), "с".encode()),
    # the letter with Ctrl, without the key it is on: that of the Russian, or the Ukrainian, layout
    ("tmux on", b"\x1b[27;5;1089~", b"\x03", b"\x1b[1089::99;5u"),
    ("tmux on", b"\x1b[27;5;1074~", b"\x04", b"\x1b[1074::100;5u"),
    ("tmux on", b"\x1b[27;5;1103~", b"\x1a", b"\x1b[1103::122;5u"),
    ("tmux on", b"\x1b[27;5;1093~", b"\x1b", b"\x1b[1093::91;5u"),
    ("tmux on", b"\x1b[27;5;1110~", b"\x13", b"\x1b[1110::115;5u"),
    ("tmux on", b"\x1b[27;6;1057~", b"\x03", b"\x1b[1057::99;6u"),
    ("tmux on", b"\x1b[27;7;1072~", b"\x1b\x06", b"\x1b[1072::102;7u"),
    ("tmux on", b"\x1b[1089;5u", b"\x03", b"\x1b[1089::99;5u"),
    ("tmux on", b"\x1b[1089;3u", b"\x1b" + "с".encode(), b"\x1b[1089;3u"),
    # no letter of a Cyrillic layout: as it comes
    ("tmux on", b"\x1b[27;5;945~", "α".encode(), b"\x1b[945;5u"),
    ("tmux off", b"\x03", b"\x03", b"\x1b[99;5u"),
    ("tmux off", b"\x1b" + "ф".encode(), b"\x1b" + "ф".encode(), b"\x1b[1092;3u"),
    ("tmux off", b"\r", b"\r", b"\r"),
    ("tmux off", b"\x1b[Z", b"\x1b[Z", b"\x1b[9;2u"),
]


@pytest.mark.parametrize(("terminal", "typed", "legacy", "codex"), KEYS_OF_TERMINALS)
def test_keys_of_terminals(terminal: str, typed: bytes, legacy: bytes, codex: bytes) -> None:
    """A key reaches the program as it asked for it, whatever terminal and layout it came from."""
    assert Program().read(typed) == legacy, terminal
    assert Program(b"\x1b[>7u").read(typed) == codex, terminal


def test_paste() -> None:
    """A paste is bracketed where asked, exactly as it was; else its line ends are Enter."""
    paste = b"\x1b[200~a\r\nb\nc \x1b[31m\x1b[201~"
    assert Program(b"\x1b[?2004h").read(paste) == paste
    assert Program().read(paste) == b"a\rb\rc \x1b[31m"


@pytest.mark.parametrize(
    ("modes", "typed", "expected"),
    [
        (b"", b"\x1b[<0;5;5M", b""),
        (b"\x1b[?9h", b"\x1b[<0;5;5M\x1b[<0;5;5m", b"\x1b[M %%"),
        (b"\x1b[?1000h\x1b[?1006h", b"\x1b[<0;5;5M\x1b[<0;5;5m", b"\x1b[<0;5;5M\x1b[<0;5;5m"),
        (b"\x1b[?1000h\x1b[?1006h", b"\x1b[<0;5;5M\x1b[<32;6;5M", b"\x1b[<0;5;5M"),
        (b"\x1b[?1002h\x1b[?1006h", b"\x1b[<35;6;5M", b""),
        (b"\x1b[?1003h\x1b[?1006h", b"\x1b[<35;6;5M", b"\x1b[<35;6;5M"),
        (b"\x1b[?1000h\x1b[?1006h", b"\x1b[<64;6;5M\x1b[<81;6;5M", b"\x1b[<64;6;5M\x1b[<81;6;5M"),
        (b"\x1b[?1000h\x1b[?1015h", b"\x1b[<2;6;5M", b"\x1b[34;6;5M"),
    ],
)
def test_mouse(modes: bytes, typed: bytes, expected: bytes) -> None:
    """Reports come in the kind and the form that the program asked for, and no others."""
    assert Program(modes).read(typed) == expected
