"""Keys: what the user's terminal sends, as key presses with a name.

Names are Textual's: a printable character as itself, otherwise `escape`, `enter`, `f1`, `pageup`,
`right_ctrl` ..., with the modifiers before it in alphabetical order: `alt+ctrl+a`, `ctrl+space`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import Literal

from codex_voice.key_names import MODIFIER_KEYS
from codex_voice.terminal.engine import lib
from codex_voice.terminal.key_tables import (
    CHARACTERS,
    CODE_POINTS,
    ENGINE_NAMES,
    JCUKEN,
    KEYPAD_LETTERS,
    LETTERS,
    PUNCTUATION,
    SHIFTED,
    TILDE,
    UNSHIFTED,
)

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
_ACTIONS: dict[int, Action] = {1: "press", 2: "repeat", 3: "release"}
_MODIFY_OTHER_KEYS = 27


@dataclass(frozen=True)
class KeyPress:
    """A key going down, repeating or going up.

    Attributes:
        name: The key with its modifiers, see the module's docstring.
        action: `release` and `repeat` come only from terminals that report them.
        text: What the key types; empty for keys that type nothing.
        modifiers: Modifier bits of the kitty protocol.
        base: The name without modifiers; for characters the one without Shift.
        layout_base: The character of the same key on the layout of PCs, where the terminal has
            told it: "c" for the Cyrillic "с".
    """

    name: str
    action: Action = "press"
    text: str = field(default="", compare=False)
    modifiers: int = field(default=0, compare=False)
    base: str = field(default="", compare=False)
    layout_base: str = field(default="", compare=False)

    def on_pc_layout(self) -> KeyPress:
        """Return what the same key is on the layout of PCs, as legacy programs expect it.

        Terminals without a keyboard protocol send Ctrl-C for the key that is C there, whatever
        it types; only where the layout has another Latin letter in its place, that letter counts.
        """
        if not self.layout_base or self.base.isascii():
            return self
        text = _with_shift(self.layout_base, self.modifiers)
        return replace(self, text=text, base=self.layout_base)

    @property
    def engine_key(self) -> int:
        """The engine's number of the key; 0 where it has none."""
        base = self.layout_base or self.base
        name = ENGINE_NAMES.get(base) or PUNCTUATION.get(base)
        if name is None and len(base) == 1 and base.isascii():
            name = f"DIGIT_{base}" if base.isdigit() else base.upper()
        return int(getattr(lib, f"GHOSTTY_KEY_{name}", 0)) if name else 0

    @property
    def is_modifier(self) -> bool:
        """Whether it is a modifier by itself, such as the right Ctrl key."""
        return self.base in MODIFIER_KEYS

    @property
    def code_point(self) -> int:
        """The code point of the key without Shift; 0 for keys that are not characters."""
        character = CHARACTERS.get(self.base, self.base)
        return ord(character) if len(character) == 1 else 0


def needs_all_keys(name: str) -> bool:
    """Return whether terminals tell a key, and its release, only when they are asked for all keys.

    Those are modifiers by themselves, Enter, Tab and Backspace, and Shift with Space.
    """
    *modifiers, base = name.split("+")
    return (
        base in MODIFIER_KEYS
        or base in ("enter", "tab", "backspace")
        or (modifiers == ["shift"] and base == "space")
    )


def press(base: str, modifiers: int = 0, action: Action = "press", text: str = "") -> KeyPress:
    """Make the key press of a key that is not a typed character."""
    if not text:
        text = CHARACTERS.get(base, "")
    named = 0 if base in MODIFIER_KEYS else modifiers
    return KeyPress(_name(base, named), action, text, modifiers, base)


@functools.lru_cache(maxsize=256)
def typed(character: str, alt: bool = False) -> KeyPress:
    """Make the key press of one legacy character, as a terminal without a protocol sends it."""
    modifiers = ALT if alt else 0
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        # A byte that is not UTF-8, as `surrogateescape` has it; the program may know better.
        return KeyPress("text", "press", character, 0, "text")
    if character in "\r\t\x7f\x1b":
        return press(CODE_POINTS[code], modifiers)
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
    base = SHIFTED.get(character, lowered if len(lowered) == 1 else character)
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
    base = LETTERS.get(letter) or KEYPAD_LETTERS.get(letter)
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
        _, shifted, layout, *_ = [*fields[0].split(":"), "", ""]
        key = _from_code_point(code, _number(shifted, 0), modifiers, action, text)
        if key is None:
            return None
        return _with_layout(key, _character(_number(layout, 0)) or _usual_layout_base(key))
    if final == "~":
        if code == _MODIFY_OTHER_KEYS:
            typed_code = _number(fields[2], 0) if len(fields) > 2 else 0
            key = _from_code_point(typed_code, 0, modifiers, action, "") if typed_code else None
            return _with_layout(key, _usual_layout_base(key)) if key is not None else None
        base = TILDE.get(code)
    else:
        base = LETTERS.get(final)
    if base is None:
        return None
    return press(base, modifiers | SHIFT if final == "Z" else modifiers, action)


def _from_code_point(
    code: int, shifted: int, modifiers: int, action: Action, text: str
) -> KeyPress | None:
    if code == 0:
        return KeyPress("text", action, text, 0, "text") if text else None
    base = CODE_POINTS.get(code)
    if base is not None:
        return press(base, modifiers, action, text if text.isprintable() else "")
    if code > 0x10FFFF or 0xD800 <= code < 0xE000 or 57344 <= code <= 63743:
        return None
    character = chr(code)
    if not text:
        text = _character(shifted) or _with_shift(character, modifiers)
    if character == " ":
        return press("space", modifiers, action)
    command = modifiers & (CTRL | ALT | SUPER | HYPER | META)
    name = _name(character, modifiers) if command else text
    return KeyPress(name, action, text, modifiers, character)


def _with_layout(key: KeyPress, layout_base: str) -> KeyPress:
    """Add the character on the layout of PCs; where it has a meaning it names the key too."""
    if len(key.base) != 1 or not layout_base.isascii() or not layout_base.isprintable():
        return key
    commands = key.modifiers & (CTRL | ALT | SUPER | HYPER | META)
    named = commands and not key.base.isascii()
    name = _name(layout_base, key.modifiers) if named else key.name
    return replace(key, name=name, layout_base=layout_base)


def _usual_layout_base(key: KeyPress) -> str:
    """Return the character of a Ctrl key on the layout of PCs where the terminal does not tell it.

    tmux is such a terminal; without this Ctrl-C on a Cyrillic layout would interrupt nothing.
    """
    return JCUKEN.get(key.base.lower(), "") if key.modifiers & CTRL else ""


def _with_shift(character: str, modifiers: int) -> str:
    if not modifiers & SHIFT:
        return character
    return UNSHIFTED.get(character, character.upper())


def _name(base: str, modifiers: int) -> str:
    names = [name for name, bit in _NAMED_MODIFIERS if modifiers & bit]
    return "+".join([*names, base])


def _modifiers(text: str) -> tuple[int, Action]:
    bits, _, action = text.partition(":")
    return max(0, _number(bits, 1) - 1), _ACTIONS.get(_number(action, 1), "press")


def _text(codes: str) -> str:
    return "".join(_character(_number(code, 0)) for code in codes.split(":"))


def _character(code: int) -> str:
    """Return the character, or nothing for what is none."""
    return chr(code) if 0 < code < 0xD800 or 0xE000 <= code <= 0x10FFFF else ""


def _number(text: str, default: int) -> int:
    return int(text[:9]) if text.isdigit() else default
