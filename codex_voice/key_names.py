"""The names of keys, as people write them and as the program compares them.

A name is a key, with its modifiers before it in alphabetical order: `f1`, `ctrl+space`,
`alt+ctrl+a`, `right_ctrl`. What people write may have other words, another order and hyphens:
`Ctrl-Space`, `control+space`.
"""

from __future__ import annotations

import re

MODIFIERS = frozenset({"alt", "ctrl", "hyper", "meta", "shift", "super"})

MODIFIER_SYNONYMS = {
    "control": "ctrl",
    "option": "alt",
    "opt": "alt",
    "cmd": "super",
    "command": "super",
    "win": "super",
}
NAME_SYNONYMS = {
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

MODIFIER_KEYS = frozenset(
    f"{side}_{name}" for side in ("left", "right") for name in ("shift", "ctrl", "alt", "super")
)
KEYPAD_KEYS = (
    *("decimal", "divide", "multiply", "subtract", "add", "enter", "equal", "separator", "left"),
    *("right", "up", "down", "page_up", "page_down", "home", "end", "insert", "delete", "begin"),
)
FUNCTION_KEYS = tuple(f"f{number}" for number in range(1, 26))
NAMED_KEYS = frozenset(
    {
        *("enter", "tab", "backspace", "escape", "space", "up", "down", "left", "right", "home"),
        *("end", "insert", "delete", "pageup", "pagedown", "caps_lock", "scroll_lock", "num_lock"),
        *("print_screen", "pause", "menu"),
        *FUNCTION_KEYS,
        *MODIFIER_KEYS,
        *(f"keypad_{number}" for number in range(10)),
        *(f"keypad_{name}" for name in KEYPAD_KEYS),
    }
)
"""Keys that are no characters."""

# The last of several separators is the key itself, as in "ctrl++".
_PARTS = re.compile(r"((?:\w+[+-])*)(.+)", re.DOTALL)


def canonical_name(name: str) -> str:
    """Return the name of a key as the program compares it, for one that a person wrote.

    `Ctrl-Space`, `control+space` and `ctrl+space` are the same key.
    """
    modifiers, base = _split(name)
    return "+".join([*sorted(set(modifiers)), base])


def find_fault(name: str) -> str:
    """Return why a name is not that of a key; nothing when it is one."""
    modifiers, base = _split(name)
    for modifier in modifiers:
        if modifier not in MODIFIERS:
            return f'there is no modifier "{modifier}"'
    if not (len(base) == 1 and base.isprintable()) and base not in NAMED_KEYS:
        return f'there is no key "{base}"'
    if modifiers and base in MODIFIER_KEYS:
        return f"{base} is a modifier by itself"
    return ""


def can_be_reserved(name: str) -> bool:
    """Return whether a key of a canonical name can be taken from Codex: it types and edits nothing.

    Those are function keys, modifiers by themselves, and characters and other keys together with
    Ctrl, Alt or Super.
    """
    modifiers, base = _split(name)
    return (
        base in FUNCTION_KEYS
        or base in MODIFIER_KEYS
        or bool({"alt", "ctrl", "super", "hyper", "meta"} & set(modifiers))
    )


def _split(name: str) -> tuple[list[str], str]:
    """Return the modifiers and the key, in the program's words."""
    match = _PARTS.fullmatch(name.strip() or name)
    prefix, base = match.groups() if match else ("", name)
    if len(base) > 1 or prefix:
        base = base.lower()
    modifiers = [each.lower() for each in re.findall(r"\w+", prefix)]
    return [MODIFIER_SYNONYMS.get(each, each) for each in modifiers], NAME_SYNONYMS.get(base, base)
