"""Keys: what the user's terminal sends, as key presses with a name.

Names are Textual's: a printable character as itself, otherwise `escape`, `enter`, `f1`, `pageup`,
`right_ctrl` ..., with the modifiers before it in alphabetical order: `alt+ctrl+a`, `ctrl+space`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Literal

from codex_voice.terminal.engine import lib

Action = Literal["press", "repeat", "release"]

# Modifier bits of the kitty protocol (https://sw.kovidgoyal.net/kitty/keyboard-protocol/).
SHIFT, ALT, CTRL, SUPER, HYPER, META, CAPS_LOCK, NUM_LOCK = (1 << bit for bit in range(8))
_NAMED_MODIFIERS = (
    ("alt", ALT),
    ("ctrl", CTRL),
    ("hyper", HYPER),
    ("meta", META),
    ("shift", SHIFT),
    ("super", SUPER),
)
_MODIFIER_SYNONYMS = {
    "control": "ctrl",
    "option": "alt",
    "opt": "alt",
    "cmd": "super",
    "command": "super",
    "win": "super",
}
_NAME_SYNONYMS = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "page_up": "pageup",
    "page_down": "pagedown",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "right_control": "right_ctrl",
    "left_control": "left_ctrl",
    " ": "space",
}

_ACTIONS: dict[int, Action] = {1: "press", 2: "repeat", 3: "release"}

# Characters of keys that the engine knows by name, on the layout that programs assume.
_PUNCTUATION = {
    "`": "BACKQUOTE",
    "\\": "BACKSLASH",
    "[": "BRACKET_LEFT",
    "]": "BRACKET_RIGHT",
    ",": "COMMA",
    "=": "EQUAL",
    "-": "MINUS",
    ".": "PERIOD",
    "'": "QUOTE",
    ";": "SEMICOLON",
    "/": "SLASH",
    " ": "SPACE",
}
_SHIFTED = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./", strict=True))
_UNSHIFTED = {plain: shifted for shifted, plain in _SHIFTED.items()}

_KEYPAD_NAMES = (
    "decimal", "divide", "multiply", "subtract", "add", "enter", "equal", "separator", "left",
    "right", "up", "down", "page_up", "page_down", "home", "end", "insert", "delete", "begin",
)  # fmt: skip
# Name of a key to the engine's name of it.
_ENGINE_NAMES = {
    "enter": "ENTER",
    "tab": "TAB",
    "backspace": "BACKSPACE",
    "escape": "ESCAPE",
    "space": "SPACE",
    "up": "ARROW_UP",
    "down": "ARROW_DOWN",
    "left": "ARROW_LEFT",
    "right": "ARROW_RIGHT",
    "home": "HOME",
    "end": "END",
    "insert": "INSERT",
    "delete": "DELETE",
    "pageup": "PAGE_UP",
    "pagedown": "PAGE_DOWN",
    "caps_lock": "CAPS_LOCK",
    "scroll_lock": "SCROLL_LOCK",
    "num_lock": "NUM_LOCK",
    "print_screen": "PRINT_SCREEN",
    "pause": "PAUSE",
    "menu": "CONTEXT_MENU",
    "left_shift": "SHIFT_LEFT",
    "left_ctrl": "CONTROL_LEFT",
    "left_alt": "ALT_LEFT",
    "left_super": "META_LEFT",
    "right_shift": "SHIFT_RIGHT",
    "right_ctrl": "CONTROL_RIGHT",
    "right_alt": "ALT_RIGHT",
    "right_super": "META_RIGHT",
    **{f"f{number}": f"F{number}" for number in range(1, 26)},
    **{f"keypad_{number}": f"NUMPAD_{number}" for number in range(10)},
    **{f"keypad_{name}": f"NUMPAD_{name.upper()}" for name in _KEYPAD_NAMES},
}
_MODIFIER_KEYS = frozenset(
    f"{side}_{name}" for side in ("left", "right") for name in ("shift", "ctrl", "alt", "super")
)

# Final letters of CSI and SS3 sequences.
_LETTERS = {
    "A": "up",
    "B": "down",
    "C": "right",
    "D": "left",
    "E": "keypad_begin",
    "F": "end",
    "H": "home",
    "P": "f1",
    "Q": "f2",
    "R": "f3",
    "S": "f4",
    "Z": "tab",
}
_KEYPAD_LETTERS = {
    "M": "keypad_enter",
    "X": "keypad_equal",
    "j": "keypad_multiply",
    "k": "keypad_add",
    "l": "keypad_separator",
    "m": "keypad_subtract",
    "n": "keypad_decimal",
    "o": "keypad_divide",
    **{chr(ord("p") + number): f"keypad_{number}" for number in range(10)},
}
# Numbers of `CSI number ~`, as xterm has them.
_TILDE = {
    1: "home", 2: "insert", 3: "delete", 4: "end", 5: "pageup", 6: "pagedown", 7: "home", 8: "end",
    11: "f1", 12: "f2", 13: "f3", 14: "f4", 15: "f5", 17: "f6", 18: "f7", 19: "f8", 20: "f9",
    21: "f10", 23: "f11", 24: "f12", 25: "f13", 26: "f14", 28: "f15", 29: "f16", 31: "f17",
    32: "f18", 33: "f19", 34: "f20",
}  # fmt: skip
_MODIFY_OTHER_KEYS = 27
# Code points of `CSI number u`: the four ASCII ones, and the kitty protocol's private ones.
_CODE_POINTS = {
    13: "enter",
    9: "tab",
    127: "backspace",
    27: "escape",
    57358: "caps_lock",
    57359: "scroll_lock",
    57360: "num_lock",
    57361: "print_screen",
    57362: "pause",
    57363: "menu",
    **{57376 + number: f"f{13 + number}" for number in range(13)},
    **{57399 + number: f"keypad_{number}" for number in range(10)},
    **{57409 + index: f"keypad_{name}" for index, name in enumerate(_KEYPAD_NAMES)},
    57441: "left_shift",
    57442: "left_ctrl",
    57443: "left_alt",
    57444: "left_super",
    57447: "right_shift",
    57448: "right_ctrl",
    57449: "right_alt",
    57450: "right_super",
}
_CHARACTERS = {"enter": "\r", "tab": "\t", "backspace": "\x7f", "escape": "\x1b", "space": " "}


@dataclass(frozen=True)
class KeyPress:
    """A key going down, repeating or going up.

    Attributes:
        name: The key with its modifiers, see the module's docstring.
        action: `release` and `repeat` come only from terminals that report them.
        text: What the key types; empty for keys that type nothing.
        modifiers: Modifier bits of the kitty protocol.
        base: The name without modifiers; for characters the one without Shift.
    """

    name: str
    action: Action = "press"
    text: str = field(default="", compare=False)
    modifiers: int = field(default=0, compare=False)
    base: str = field(default="", compare=False)

    @property
    def engine_key(self) -> int:
        """The engine's number of the key; 0 where it has none."""
        name = _ENGINE_NAMES.get(self.base) or _PUNCTUATION.get(self.base)
        if name is None and len(self.base) == 1 and self.base.isascii():
            name = f"DIGIT_{self.base}" if self.base.isdigit() else self.base.upper()
        return int(getattr(lib, f"GHOSTTY_KEY_{name}", 0)) if name else 0

    @property
    def is_modifier(self) -> bool:
        """Whether it is a modifier by itself, such as the right Ctrl key."""
        return self.base in _MODIFIER_KEYS

    @property
    def code_point(self) -> int:
        """The code point of the key without Shift; 0 for keys that are not characters."""
        character = _CHARACTERS.get(self.base, self.base)
        return ord(character) if len(character) == 1 else 0


def canonical_name(name: str) -> str:
    """Return the name of a key as `KeyPress` has it, for one that a person wrote.

    `Ctrl-Space`, `control+space` and `ctrl+space` are the same key.
    """
    separator = "+" if "+" in name.strip("+") else "-"
    *modifiers, base = name.strip().split(separator) if len(name) > 1 else [name]
    names = sorted({_MODIFIER_SYNONYMS.get(each.lower(), each.lower()) for each in modifiers})
    if len(base) > 1 or modifiers:
        base = base.lower()
    return "+".join([*names, _NAME_SYNONYMS.get(base, base)])


def press(base: str, modifiers: int = 0, action: Action = "press", text: str = "") -> KeyPress:
    """Make the key press of a key that is not a typed character."""
    if not text:
        text = _CHARACTERS.get(base, "")
    named = 0 if base in _MODIFIER_KEYS else modifiers
    return KeyPress(_name(base, named), action, text, modifiers, base)


@functools.lru_cache(maxsize=256)
def typed(character: str, alt: bool = False) -> KeyPress:
    """Make the key press of one legacy character, as a terminal without a protocol sends it."""
    modifiers = ALT if alt else 0
    code = ord(character)
    if character in "\r\t\x7f\x1b":
        return press(_CODE_POINTS[code], modifiers)
    if code < 32:
        base, text, shift = _control(code)
        return KeyPress(
            _name(text if shift else base, modifiers | CTRL),
            "press",
            text,
            modifiers | CTRL | shift,
            base,
        )
    if character == " ":
        return press("space", modifiers)
    lowered = character.lower()
    base = _SHIFTED.get(character, lowered if len(lowered) == 1 else character)
    shift = SHIFT if base != character else 0
    return KeyPress(_name(character, modifiers), "press", character, modifiers | shift, base)


def _control(code: int) -> tuple[str, str, int]:
    """Return the key, the text and the Shift bit behind a C0 control character."""
    if code == 0:
        return "space", " ", 0
    if code <= 26:
        return chr(code + 96), chr(code + 96), 0
    return {28: ("\\", "\\", 0), 29: ("]", "]", 0), 30: ("6", "^", SHIFT), 31: ("-", "_", SHIFT)}[
        code
    ]


def from_ss3(letter: str) -> KeyPress | None:
    """Read the last byte of `ESC O letter`."""
    base = _LETTERS.get(letter) or _KEYPAD_LETTERS.get(letter)
    return press(base) if base else None


def from_csi(parameters: str, final: str) -> KeyPress | None:
    """Read a key sequence `CSI parameters final`, in the legacy or the kitty form.

    Returns:
        The key press, or `None` when the sequence is not a key that is known.
    """
    fields = parameters.split(";")
    code = _number(fields[0].split(":")[0], 1)
    modifiers, action = _modifiers(fields[1] if len(fields) > 1 else "")
    if final == "u":
        text = _text(fields[2]) if len(fields) > 2 else ""
        shifted = fields[0].split(":")[1:2]
        return _from_code_point(code, _number("".join(shifted), 0), modifiers, action, text)
    if final == "~":
        if code == _MODIFY_OTHER_KEYS:
            typed_code = _number(fields[2], 0) if len(fields) > 2 else 0
            return _from_code_point(typed_code, 0, modifiers, action, "") if typed_code else None
        base = _TILDE.get(code)
    else:
        base = _LETTERS.get(final)
    if base is None:
        return None
    return press(base, modifiers | SHIFT if final == "Z" else modifiers, action)


def _from_code_point(
    code: int, shifted: int, modifiers: int, action: Action, text: str
) -> KeyPress | None:
    if code == 0:
        return KeyPress("text", action, text, 0, "text") if text else None
    base = _CODE_POINTS.get(code)
    if base is not None:
        return press(base, modifiers, action, text if text.isprintable() else "")
    if code > 0x10FFFF or 0xD800 <= code < 0xE000 or 57344 <= code <= 63743:
        return None
    character = chr(code)
    if not text:
        text = chr(shifted) if shifted else _with_shift(character, modifiers)
    if character == " ":
        return press("space", modifiers, action)
    command = modifiers & (CTRL | ALT | SUPER | HYPER | META)
    name = _name(character, modifiers) if command else text
    return KeyPress(name, action, text, modifiers, character)


def _with_shift(character: str, modifiers: int) -> str:
    if not modifiers & SHIFT:
        return character
    return _UNSHIFTED.get(character, character.upper())


def _name(base: str, modifiers: int) -> str:
    names = [name for name, bit in _NAMED_MODIFIERS if modifiers & bit]
    return "+".join([*names, base])


def _modifiers(text: str) -> tuple[int, Action]:
    bits, _, action = text.partition(":")
    return max(0, _number(bits, 1) - 1), _ACTIONS.get(_number(action, 1), "press")


def _text(codes: str) -> str:
    numbers = [_number(code, 0) for code in codes.split(":")]
    return "".join(chr(number) for number in numbers if 0 < number < 0x110000)


def _number(text: str, default: int) -> int:
    return int(text[:9]) if text.isdigit() else default
