"""The user's own terminal: what it sends, cut into tokens before anything else sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from codex_voice.terminal import keys
from codex_voice.terminal.emulator import Colour
from codex_voice.terminal.keys import KeyPress

# How long a lone Esc, and Esc with one more byte, may be the start of a sequence.
ESCAPE_SECONDS = 0.025
# Anything else is a part for sure, of a sequence or of a character: on a slow line the rest takes
# this long at most.
SEQUENCE_SECONDS = 0.5
# Whoever presses a key so long after the last piece of a paste waits for an end that is lost.
PASTE_SECONDS = 2.0
_LONE_BYTES = 2

# Disambiguate, event types, alternate keys: what Codex asks for where it has the terminal to
# itself. Text comes as plain bytes, as input methods like it.
KITTY_FLAGS = 7
KITTY_EVENT_TYPES = 2
# All keys as escape codes, and their text: only so a terminal tells of modifiers by themselves.
KITTY_ALL_KEYS = 24

FOREGROUND = 10
BACKGROUND = 11

ASK_KITTY_FLAGS = "\x1b[?u"
PUSH_KITTY_FLAGS = f"\x1b[>{KITTY_FLAGS}u"
ADD_ALL_KEYS = f"\x1b[={KITTY_ALL_KEYS};2u"
REMOVE_ALL_KEYS = f"\x1b[={KITTY_ALL_KEYS};3u"
ASK_COLOURS = "\x1b]10;?\x1b\\\x1b]11;?\x1b\\"
# Every terminal answers this one, after the questions before it.
ASK_ATTRIBUTES = "\x1b[c"
# xterm's modifyOtherKeys: under tmux with `extended-keys on` Shift-Enter, Ctrl-Enter and Ctrl-Tab
# come only when they are asked for. Terminals that have the kitty protocol prefer that.
ASK_OTHER_KEYS = "\x1b[>4;1m"
RESET_OTHER_KEYS = "\x1b[>4m"
SAVE_TITLE = "\x1b[22;2t"
RESTORE_TITLE = "\x1b[23;2t"
DEFAULT_CURSOR = "\x1b[0 q"

_ESCAPE = 0x1B
_PASTE_START = b"\x1b[200~"
_PASTE_END = b"\x1b[201~"
_TOKEN = re.compile(
    rb"""
      \x1b\[<(?P<mouse>\d+;-?\d+;-?\d+)(?P<mouse_end>[Mm])
    | \x1b\[(?P<focus>[IO])
    | \x1b\[(?P<parameters>[0-9;:]*)(?P<final>[u~A-HPQRSZ])
    | (?P<reply>\x1b\[[?>=][0-9;:]*[\ -/]*[@-~]
        | \x1b\[[0-9;:]*[\ -/]*[tcnxy]
        | \x1b[\]P_^X][^\x07\x1b]*(?:\x1b\\|\x07))
    | \x1b\[\[(?P<console>[A-E])
    | (?P<unknown>\x1b\[M[\x20-\xff]{3} | \x1b\[[0-?]*[\ -/]*[@-~])
    | \x1bO(?P<ss3>[A-Za-z])
    | \x1b(?P<alt>[\x00-\x1a\x1c-\x7f]|[\xc2-\xf4][\x80-\xbf]{1,3})
    """,
    re.VERBOSE | re.DOTALL,
)
_UNFINISHED = re.compile(
    rb"""
    \x1b(?:
        \[[0-?]*[\ -/]*
      | \[\[
      | \[M[\x20-\xff]{0,2}
      | O
      | [\]P_^X][^\x07\x1b]*\x1b?
      | [\xc2-\xdf] | [\xe0-\xef][\x80-\xbf]? | [\xf0-\xf4][\x80-\xbf]{0,2}
    )?\Z
    """,
    re.VERBOSE | re.DOTALL,
)
# A key that types no text and is not Enter; a piece of a paste may be any other.
_LONE_KEY = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f] | \x1b(?:\[[0-9;:]*[A-Za-z~] | O[A-Za-z])?",
    re.VERBOSE,
)
_UTF8_TAIL = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
_COLOUR_REPLY = re.compile(rb"\x1b\](1[01]);rgba?:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)")
_KITTY_REPLY = re.compile(rb"\x1b\[\?(\d+)u\Z")


class MouseAction(Enum):
    """What the mouse did."""

    PRESS = auto()
    RELEASE = auto()
    MOTION = auto()


@dataclass(frozen=True)
class MouseReport:
    """A mouse report in the SGR form.

    Attributes:
        column: Zero-based, on the whole outer screen.
        row: Zero-based, on the whole outer screen.
        action: Press (also each step of the wheel), release or motion.
        button: xterm's number without the modifier and motion bits: 0 left, 1 middle, 2 right,
            3 none, 64 and 65 the wheel up and down, 66 and 67 left and right, 128 to 131 more.
        shift: Whether Shift was held.
        alt: Whether Alt was held.
        ctrl: Whether Ctrl was held.
        raw: The bytes as they came.
    """

    column: int
    row: int
    action: MouseAction
    button: int
    shift: bool
    alt: bool
    ctrl: bool
    raw: bytes

    @property
    def is_wheel(self) -> bool:
        """Whether it is a step of the wheel."""
        return 64 <= self.button < 128


@dataclass(frozen=True)
class Paste:
    """Text pasted by the user, exactly as it came, escape sequences included."""

    data: bytes


@dataclass(frozen=True)
class FocusChange:
    """The terminal's window got or lost the focus."""

    gained: bool


@dataclass(frozen=True)
class Reply:
    """The terminal's answer to a question of ours."""

    raw: bytes

    @property
    def kitty_flags(self) -> int | None:
        """The kitty keyboard flags in effect, when that is what it answers."""
        found = _KITTY_REPLY.match(self.raw)
        return int(found[1]) if found else None

    @property
    def is_attributes(self) -> bool:
        """Whether it is the answer to `ASK_ATTRIBUTES`."""
        return self.raw.startswith(b"\x1b[?") and self.raw.endswith(b"c")

    @property
    def colour(self) -> tuple[int, Colour] | None:
        """10 (foreground) or 11 (background) and the colour, when that is what it answers."""
        found = _COLOUR_REPLY.match(self.raw)
        if not found:
            return None
        red, green, blue = (_eight_bits(found[index]) for index in (2, 3, 4))
        return int(found[1]), (red, green, blue)


Token = KeyPress | MouseReport | Paste | FocusChange | Reply


class Tokenizer:
    """Cuts the bytes of a terminal into tokens; sequences may be split anywhere."""

    def __init__(self) -> None:
        self._pending = b""
        self._paste: bytearray | None = None
        """What has come of a paste whose end has not."""
        self._paste_stalls = False

    @property
    def patience(self) -> float | None:
        """Seconds to wait for the rest before `flush`; `None` when nothing is pending."""
        if self._paste is not None:
            return None if self._paste_stalls else PASTE_SECONDS
        if not self._pending:
            return None
        may_be_key = len(self._pending) <= _LONE_BYTES and self._pending.startswith(b"\x1b")
        return ESCAPE_SECONDS if may_be_key else SEQUENCE_SECONDS

    def feed(self, data: bytes) -> list[Token]:
        """Return the tokens that are complete with `data`."""
        if self._paste is not None:
            return self._continue_paste(self._paste, data)
        if not self._pending and data.isascii() and _ESCAPE not in data:
            return [keys.typed(character) for character in data.decode()]
        return self._cut(self._pending + data, final=False)

    def flush(self) -> list[Token]:
        """Return what is pending as keys; half a sequence that never ended is dropped."""
        if self._paste is not None:
            self._paste_stalls = True
            return []
        if len(self._pending) > _LONE_BYTES:
            self._pending = b""
        return self._cut(self._pending, final=True)

    def _cut(self, data: bytes, final: bool) -> list[Token]:
        tokens: list[Token] = []
        position = 0
        while position < len(data):
            if data[position] != _ESCAPE:
                text = _text_at(data, position, final)
                if not text:
                    break
                tokens += map(keys.typed, text.decode("utf-8", "surrogateescape"))
                position += len(text)
                continue
            if data.startswith(_PASTE_START, position):
                start = position + len(_PASTE_START)
                end = data.find(_PASTE_END, start)
                if end < 0:
                    self._paste = bytearray(data[start:])
                    position = len(data)
                    break
                tokens.append(Paste(data[start:end]))
                position = end + len(_PASTE_END)
                continue
            if not final and _UNFINISHED.match(data, position):
                break
            found = _TOKEN.match(data, position)
            if found is None:
                tokens.append(keys.typed("\x1b"))
                position += 1
                continue
            tokens += _read(found)
            position = found.end()
        self._pending = data[position:]
        return tokens

    def _continue_paste(self, paste: bytearray, data: bytes) -> list[Token]:
        """Handle the next piece; without an end, a key pressed much later ends the paste."""
        stalled, self._paste_stalls = self._paste_stalls, False
        old = len(paste)
        paste += data
        end = paste.find(_PASTE_END, max(0, old - len(_PASTE_END) + 1))
        if end >= 0:
            rest = end + len(_PASTE_END)
        elif stalled and _LONE_KEY.fullmatch(data):
            end = rest = old
        else:
            return []
        self._paste = None
        return [Paste(bytes(paste[:end])), *self._cut(bytes(paste[rest:]), final=False)]


def _text_at(data: bytes, position: int, final: bool) -> bytes:
    """Return what comes before the next Esc, without a character whose rest is still to come."""
    end = data.find(_ESCAPE, position)
    if end >= 0:
        return data[position:end]
    text = data[position:]
    tail = None if final else _UTF8_TAIL.search(text, len(text) - 3)
    return text[: tail.start()] if tail else text


def _read(found: re.Match[bytes]) -> list[Token]:
    kind = found.lastgroup
    token: Token | None = None
    if kind == "final":
        token = keys.from_csi(found["parameters"].decode(), found["final"].decode())
    elif kind == "mouse_end":
        token = _mouse(found["mouse"], found["mouse_end"], found.group())
    elif kind == "focus":
        token = FocusChange(found["focus"] == b"I")
    elif kind == "console":
        token = keys.press(f"f{b'ABCDE'.index(found['console']) + 1}")
    elif kind == "ss3":
        token = keys.from_ss3(found["ss3"].decode())
    elif kind == "alt":
        token = keys.typed(found["alt"].decode("utf-8", "replace")[0], alt=True)
    elif kind == "reply":
        token = Reply(found.group())
    return [token] if token is not None else []


def _mouse(numbers: bytes, end: bytes, raw: bytes) -> MouseReport:
    code, column, row = (int(number) for number in numbers.split(b";"))
    action = MouseAction.PRESS
    if code & 32 and not code & 64:
        action = MouseAction.MOTION
    elif end == b"m":
        action = MouseAction.RELEASE
    return MouseReport(
        column=column - 1,
        row=row - 1,
        action=action,
        button=code & 0b11000011,
        shift=bool(code & 4),
        alt=bool(code & 8),
        ctrl=bool(code & 16),
        raw=raw,
    )


def _eight_bits(digits: bytes) -> int:
    """Scale a colour value of one to four hexadecimal digits to 0..255."""
    return int(digits, 16) * 255 // int("f" * len(digits), 16)
