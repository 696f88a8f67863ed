"""What the engine calls back about while it reads: replies, the render hold, events."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from codex_voice.terminal.engine import check, ffi, lib, new_sized
from codex_voice.terminal.events import (
    Bell,
    ClipboardWrite,
    Notification,
    ProgramStatus,
    TerminalEvent,
    TitleChanged,
    clean,
)

# Pixels of a cell as told to the program; only images and pixel mouse reports would notice.
CELL_WIDTH = 8
CELL_HEIGHT = 16
# The engine calls back for whole OSC sequences it does not know; longer ones come cut.
_UNKNOWN_MAXIMUM_BYTES = 65_536
_CLIPBOARD_MAXIMUM_BYTES = 1 << 20
# Events of one read beyond this number are a flood: the oldest are forgotten.
_EVENTS_MAXIMUM = 100
_PROGRAM_STATUS = b"7501;"


class Signals:
    """Collects what a terminal of the engine signals; all calls come inside of its reading.

    Attributes:
        replies: Answers to the program's queries, in order.
        events: What the program told.
        title: The title the program set last.
        held: Whether the program is in the middle of a synchronized update.
    """

    def __init__(self, terminal: Any) -> None:
        self.replies: list[bytes] = []
        self.events: deque[TerminalEvent] = deque(maxlen=_EVENTS_MAXIMUM)
        self.title = ""
        self.held = False
        self._terminal = terminal
        self._callbacks: list[Any] = []
        self._number = ffi.new("uint16_t*")

    def listen(self) -> None:
        """Register with the terminal."""
        for option, type_name, method in (
            ("WRITE_PTY", "GhosttyTerminalWritePtyFn", self._on_reply),
            ("RENDER_HOLD", "GhosttyTerminalRenderHoldFn", self._on_hold),
            ("SIZE", "GhosttyTerminalSizeFn", self._on_size),
            ("BELL", "GhosttyTerminalBellFn", self._on_bell),
            ("TITLE_CHANGED", "GhosttyTerminalTitleChangedFn", self._on_title),
            (
                "DESKTOP_NOTIFICATION",
                "GhosttyTerminalDesktopNotificationFn",
                self._on_notification,
            ),
            ("CLIPBOARD_WRITE", "GhosttyTerminalClipboardWriteFn", self._on_clipboard),
            ("UNKNOWN_SEQUENCE", "GhosttyTerminalUnknownSequenceFn", self._on_unknown),
        ):
            self._register(option, type_name, method)
        self._set("UNKNOWN_MAX_BYTES", ffi.new("size_t*", _UNKNOWN_MAXIMUM_BYTES))

    def _register(self, option: str, type_name: str, method: Callable[..., Any]) -> None:
        # A bound method would keep the terminal alive for ever through cffi's handle.
        reference = weakref.WeakMethod(method)

        def call(_terminal: Any, _userdata: Any, *arguments: Any) -> Any:
            target = reference()
            return target(*arguments) if target is not None else None

        callback = ffi.callback(type_name, call)
        self._callbacks.append(callback)
        self._set(option, callback)

    def _set(self, option: str, value: Any) -> None:
        number = getattr(lib, "GHOSTTY_TERMINAL_OPT_" + option)
        check(lib.ghostty_terminal_set(self._terminal, number, value), option)

    def _on_reply(self, data: Any, length: int) -> None:
        self.replies.append(ffi.buffer(data, length)[:])

    def _on_hold(self, held: int) -> None:
        self.held = bool(held)

    def _on_size(self, size: Any) -> bool:
        lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_ROWS, self._number)
        size.rows = self._number[0]
        lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_COLS, self._number)
        size.columns = self._number[0]
        size.cell_width, size.cell_height = CELL_WIDTH, CELL_HEIGHT
        return True

    def _on_bell(self) -> None:
        if Bell() not in self.events:
            self.events.append(Bell())

    def _on_title(self) -> None:
        text = ffi.new("GhosttyString*")
        lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_TITLE, text)
        self.title = clean(_bytes(text))
        if self.events and isinstance(self.events[-1], TitleChanged):
            self.events.pop()
        self.events.append(TitleChanged(self.title))

    def _on_notification(self, notification: Any) -> None:
        title, body = _bytes(notification.title), _bytes(notification.body)
        self.events.append(Notification(clean(title), clean(body)))

    def _on_clipboard(self, write: Any) -> None:
        for index in range(write.contents_len):
            data = write.contents[index].data
            if data.len <= _CLIPBOARD_MAXIMUM_BYTES:
                self.events.append(ClipboardWrite(_bytes(data).decode("utf-8", "replace")))
        reply = new_sized("GhosttyClipboardWriteReply")
        reply.result = lib.GHOSTTY_CLIPBOARD_WRITE_RESULT_SUCCESS
        write.reply(write, reply)

    def _on_unknown(self, sequence: Any) -> None:
        if sequence.tag != lib.GHOSTTY_TERMINAL_UNKNOWN_SEQUENCE_OSC:
            return
        osc = sequence.value.osc
        content = _bytes(osc.content)
        if content.startswith(_PROGRAM_STATUS) and not osc.truncated:
            self.events.append(ProgramStatus(clean(content[len(_PROGRAM_STATUS) :])))


def _bytes(text: Any) -> bytes:
    """Copy a borrowed string of the library."""
    return ffi.buffer(text.ptr, text.len)[:] if text.len else b""
