"""Keys, pastes and the mouse as the hosted program asked for them."""

from __future__ import annotations

import re
from typing import Any

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.engine import NULL, ffi, lib, new_sized
from codex_voice.terminal.engine_callbacks import CELL_HEIGHT, CELL_WIDTH
from codex_voice.terminal.input_tokenizer import MouseAction, MouseReport
from codex_voice.terminal.key_tables import CHARACTERS
from codex_voice.terminal.keys import ALT as ALT_BIT
from codex_voice.terminal.keys import CAPS_LOCK, CTRL, NUM_LOCK, SHIFT, SUPER, KeyPress

_BUFFER_BYTES = 512
_BRACKETED_PASTE = 2004
# The kitty flag that makes even plain letters escape sequences.
_ALL_AS_SEQUENCES = 8

_ACTIONS = {
    "press": lib.GHOSTTY_KEY_ACTION_PRESS,
    "repeat": lib.GHOSTTY_KEY_ACTION_REPEAT,
    "release": lib.GHOSTTY_KEY_ACTION_RELEASE,
}
# The engine sends these also to programs that asked for no protocol and know plain bytes only. F3
# with modifiers is one of them: kitty's protocol avoids what reads as a cursor report.
_PROTOCOL_ONLY = re.compile(rb"\x1b\[(?:[0-9;:]*u|27;\d+;\d+~|13;\d+~)")
# Keys that Ctrl turns into a control character.
_CONTROL_KEYS = "abcdefghijklmnopqrstuvwxyz[\\]"
_MOUSE_ACTIONS = {
    MouseAction.PRESS: lib.GHOSTTY_MOUSE_ACTION_PRESS,
    MouseAction.RELEASE: lib.GHOSTTY_MOUSE_ACTION_RELEASE,
    MouseAction.MOTION: lib.GHOSTTY_MOUSE_ACTION_MOTION,
}
# xterm's button numbers to the engine's.
_BUTTONS = {0: 1, 1: 3, 2: 2, 64: 4, 65: 5, 66: 6, 67: 7, 128: 8, 129: 9, 130: 10, 131: 11}
_NO_BUTTON = 3


class KeyEncoder:
    """Turns key presses into the bytes that the program in the emulator expects.

    Attributes:
        all_wanted: Whether the program asked for all keys as escape sequences, as of the last key.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.all_wanted = False
        self._encoder = emulator.create("key_encoder", "GhosttyKeyEncoder")
        self._event = emulator.create("key_event", "GhosttyKeyEvent")
        self._buffer = ffi.new("char[]", _BUFFER_BYTES)
        self._length = ffi.new("size_t*")

    def encode(self, key: KeyPress) -> bytes:
        """Return the bytes of a key; none for what the program did not ask for."""
        self.all_wanted = bool(self._emulator.kitty_flags & _ALL_AS_SEQUENCES)
        if key.base == "text":
            return key.text.encode("utf-8", "surrogateescape") if key.action != "release" else b""
        if self._is_plain(key):
            return key.text.encode()
        lib.ghostty_key_encoder_setopt_from_terminal(self._encoder, self._emulator.handle)
        legacy = not self._emulator.kitty_flags
        if legacy:
            key = key.on_pc_layout()
        encoded = self._encode(
            key.engine_key,
            _ACTIONS[key.action],
            _engine_modifiers(key.modifiers),
            key.text.encode(),
            key.code_point,
            _consumed(key),
        )
        if legacy and _PROTOCOL_ONLY.fullmatch(encoded) and not self._modifies_other():
            return _legacy_bytes(key)
        return encoded

    def encode_paste(self, data: bytes) -> bytes:
        """Return a paste as the program wants it: in brackets, or with CR at line ends."""
        if self._emulator.mode(_BRACKETED_PASTE):
            return b"\x1b[200~" + data + b"\x1b[201~"
        return data.replace(b"\r\n", b"\r").replace(b"\n", b"\r")

    def _is_plain(self, key: KeyPress) -> bool:
        return (
            key.action == "press"
            and key.text.isprintable()
            and key.text != ""
            and not key.modifiers & ~(SHIFT | CAPS_LOCK | NUM_LOCK)
            and not self.all_wanted
            and not (key.modifiers & SHIFT and key.base == "space")
            and not key.base.startswith("keypad_")
        )

    def _encode(
        self, key: int, action: int, modifiers: int, text: bytes, code_point: int, consumed: int
    ) -> bytes:
        event = self._event
        # The event only borrows the text.
        self._text = ffi.from_buffer("char[]", text)
        lib.ghostty_key_event_set_action(event, action)
        lib.ghostty_key_event_set_key(event, key)
        lib.ghostty_key_event_set_mods(event, modifiers)
        lib.ghostty_key_event_set_consumed_mods(event, consumed)
        lib.ghostty_key_event_set_composing(event, False)
        lib.ghostty_key_event_set_utf8(event, self._text if text else NULL, len(text))
        lib.ghostty_key_event_set_unshifted_codepoint(event, code_point)
        if lib.ghostty_key_encoder_encode(
            self._encoder, event, self._buffer, _BUFFER_BYTES, self._length
        ):
            return b""
        encoded: bytes = ffi.buffer(self._buffer, self._length[0])[:]
        return encoded

    def _modifies_other(self) -> bool:
        """Return whether the program asked for modifyOtherKeys 2, by how Ctrl-A would go."""
        return (
            len(
                self._encode(
                    lib.GHOSTTY_KEY_A,
                    lib.GHOSTTY_KEY_ACTION_PRESS,
                    _engine_modifiers(CTRL),
                    b"a",
                    ord("a"),
                    0,
                )
            )
            > 1
        )


class MouseEncoder:
    """Turns mouse reports into the bytes that the program in the emulator asked for."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._encoder = emulator.create("mouse_encoder", "GhosttyMouseEncoder")
        self._event = emulator.create("mouse_event", "GhosttyMouseEvent")
        self._buffer = ffi.new("char[]", _BUFFER_BYTES)
        self._length = ffi.new("size_t*")
        self._size = new_sized("GhosttyMouseEncoderSize")
        self._size.cell_width, self._size.cell_height = CELL_WIDTH, CELL_HEIGHT
        self._any_pressed = ffi.new("bool*")
        self._pressed: set[int] = set()

    @property
    def dragging(self) -> bool:
        """Whether a button that was pressed over the program is still down."""
        return bool(self._pressed)

    def encode(self, report: MouseReport, column: int, row: int) -> bytes:
        """Return the bytes of a report; none where the program did not ask for it.

        Args:
            report: What the mouse did.
            column: Zero-based column inside the emulator's screen; may lie outside of it.
            row: Zero-based row inside the emulator's screen; may lie outside of it.
        """
        button = _BUTTONS.get(report.button, 0)
        if report.action is MouseAction.PRESS and button and not report.is_wheel:
            self._pressed.add(button)
        elif report.action is MouseAction.RELEASE:
            self._pressed.discard(button)
        encoder, event = self._encoder, self._event
        lib.ghostty_mouse_encoder_setopt_from_terminal(encoder, self._emulator.handle)
        self._size.screen_width = self._emulator.columns * CELL_WIDTH
        self._size.screen_height = self._emulator.rows * CELL_HEIGHT
        lib.ghostty_mouse_encoder_setopt(encoder, lib.GHOSTTY_MOUSE_ENCODER_OPT_SIZE, self._size)
        self._any_pressed[0] = bool(self._pressed)
        lib.ghostty_mouse_encoder_setopt(
            encoder, lib.GHOSTTY_MOUSE_ENCODER_OPT_ANY_BUTTON_PRESSED, self._any_pressed
        )
        lib.ghostty_mouse_event_set_action(event, _MOUSE_ACTIONS[report.action])
        if button and report.button != _NO_BUTTON:
            lib.ghostty_mouse_event_set_button(event, button)
        else:
            lib.ghostty_mouse_event_clear_button(event)
        lib.ghostty_mouse_event_set_mods(event, report.shift | report.ctrl << 1 | report.alt << 2)
        middle = {
            "x": column * CELL_WIDTH + CELL_WIDTH // 2,
            "y": row * CELL_HEIGHT + CELL_HEIGHT // 2,
        }
        lib.ghostty_mouse_event_set_position(event, middle)
        if lib.ghostty_mouse_encoder_encode(
            encoder, event, self._buffer, _BUFFER_BYTES, self._length
        ):
            return b""
        encoded: bytes = ffi.buffer(self._buffer, self._length[0])[:]
        return encoded


def _legacy_bytes(key: KeyPress) -> bytes:
    """Return what xterm sends for a key that the engine would send in a protocol's form."""
    if key.action == "release":
        return b""
    if key.base == "f3":
        modifiers = key.modifiers & (SHIFT | ALT_BIT | CTRL | SUPER)
        return b"\x1b[1;%dR" % (modifiers + 1)
    text = key.text or CHARACTERS.get(key.base, "")
    if key.modifiers & CTRL and len(key.base) == 1 and key.base in _CONTROL_KEYS:
        text = chr(ord(key.base.upper()) & 0x1F)
    prefix = b"\x1b" if key.modifiers & ALT_BIT else b""
    return prefix + text.encode("utf-8", "surrogateescape") if text else b""


def _consumed(key: KeyPress) -> int:
    """Return the engine's Shift bit where Shift went into the text of the key."""
    shifted = len(key.base) == 1 and key.modifiers & SHIFT and key.text != key.base
    return SHIFT if shifted else 0


def _engine_modifiers(modifiers: int) -> int:
    """Translate the kitty protocol's modifier bits (shift, alt, ctrl, super, caps, num)."""
    engine: Any = modifiers & SHIFT
    for bit, engine_bit in (
        (CTRL, 2),
        (ALT_BIT, 4),
        (SUPER, 8),
        (CAPS_LOCK, 16),
        (NUM_LOCK, 32),
    ):
        if modifiers & bit:
            engine |= engine_bit
    return int(engine)
