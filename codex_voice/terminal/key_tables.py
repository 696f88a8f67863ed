"""What keys are called, what they type, and how terminals number them."""

from __future__ import annotations

from codex_voice.key_names import FUNCTION_KEYS, KEYPAD_KEYS

# Characters of keys that the engine knows by name, on the layout that programs assume.
PUNCTUATION = {
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
SHIFTED = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./", strict=True))
UNSHIFTED = {plain: shifted for shifted, plain in SHIFTED.items()}

# Name of a key to the engine's name of it.
ENGINE_NAMES = {
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
    **{name: name.upper() for name in FUNCTION_KEYS},
    **{f"keypad_{number}": f"NUMPAD_{number}" for number in range(10)},
    **{f"keypad_{name}": f"NUMPAD_{name.upper()}" for name in KEYPAD_KEYS},
}

# Final letters of CSI and SS3 sequences.
LETTERS = {
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
KEYPAD_LETTERS = {
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
TILDE = {
    1: "home", 2: "insert", 3: "delete", 4: "end", 5: "pageup", 6: "pagedown", 7: "home", 8: "end",
    11: "f1", 12: "f2", 13: "f3", 14: "f4", 15: "f5", 17: "f6", 18: "f7", 19: "f8", 20: "f9",
    21: "f10", 23: "f11", 24: "f12", 25: "f13", 26: "f14", 28: "f15", 29: "f16", 31: "f17",
    32: "f18", 33: "f19", 34: "f20",
}  # fmt: skip
# Code points of `CSI number u`: the four ASCII ones, and the kitty protocol's private ones.
CODE_POINTS = {
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
    **{57409 + index: f"keypad_{name}" for index, name in enumerate(KEYPAD_KEYS)},
    57441: "left_shift",
    57442: "left_ctrl",
    57443: "left_alt",
    57444: "left_super",
    57447: "right_shift",
    57448: "right_ctrl",
    57449: "right_alt",
    57450: "right_super",
}
# Cyrillic letters to the characters of their keys on the layout of PCs, by the Russian layout
# (JCUKEN, GOST 6431) and what the Ukrainian one has in its place. Only for terminals that do not
# say which key it was.
JCUKEN = {
    **dict(zip("ёйцукенгшщзхъ", "`qwertyuiop[]", strict=True)),
    **dict(zip("фывапролджэ", "asdfghjkl;'", strict=True)),
    **dict(zip("ячсмитьбю", "zxcvbnm,.", strict=True)),
    **dict(zip("іїєґ", "s]'\\", strict=True)),
}
CHARACTERS = {"enter": "\r", "tab": "\t", "backspace": "\x7f", "escape": "\x1b", "space": " "}
