"""Where input goes: to the pane, to a dialog that waits for a key, or to Textual."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

from textual import events

from codex_voice.terminal.emulator import Colour
from codex_voice.terminal.input_tokenizer import MouseReport, Paste, Reply, Token
from codex_voice.terminal.keys import KeyPress
from codex_voice.ui.textual_compat import TerminalDriverBase, key_identifier


class InputTarget(Protocol):
    """What gets the input before Textual: the pane."""

    def has_key_focus(self) -> bool:
        """Return whether keys go to the pane now, and not to a dialog."""

    def receive_key(self, key: KeyPress) -> None:
        """Receive a key."""

    def note_key(self, key: KeyPress) -> None:
        """Note a key that goes elsewhere; of releases, which Textual does not know, only it."""

    def receive_paste(self, data: bytes) -> None:
        """Receive a paste."""

    def receive_mouse(self, report: MouseReport) -> bool:
        """Receive a mouse report; return `False` to leave it to Textual."""

    def receive_window_focus(self, gained: bool) -> None:
        """Note that the terminal's window got or lost the focus."""

    def receive_colours(self, foreground: Colour | None, background: Colour | None) -> None:
        """Note the terminal's default colours."""

    def output_settled(self) -> None:
        """Note that the terminal has answered all that it will answer."""

    def output_drained(self, dropped: bool) -> None:
        """Note that the terminal takes output again; with `dropped` some was lost."""


class InputRouting(TerminalDriverBase):
    """A driver that sends each piece of input where it belongs.

    Attributes:
        target: The pane, once it is mounted.
        key_capture: Asked first about every key while a dialog waits for one to be pressed;
            returns whether it has handled it.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.target: InputTarget | None = None
        self.key_capture: Callable[[KeyPress], bool] | None = None
        self._early: list[Token] | None = []

    def begin_input(self) -> None:
        """Pass on what has come before the pane had the keys, and from now on all at once.

        Does nothing later.
        """
        early, self._early = self._early, None
        self.route(early or [])

    def route(self, tokens: list[Token]) -> None:
        """Send each piece of input where it belongs."""
        for token in tokens:
            if isinstance(token, Reply):
                self.handle_reply(token)
            elif self._early is not None:
                self._early.append(token)
            elif isinstance(token, KeyPress):
                self._route_key(token)
            elif isinstance(token, MouseReport):
                self._route_mouse(token)
            elif isinstance(token, Paste):
                self._route_paste(token)
            elif self.target is not None:
                self.target.receive_window_focus(token.gained)

    def _route_key(self, key: KeyPress) -> None:
        if self.key_capture is not None and self.key_capture(key):
            return
        target = self.target
        if target is not None and target.has_key_focus():
            target.receive_key(key)
            return
        if target is not None:
            target.note_key(key)
        if key.action != "release" and not key.is_modifier:
            self.process_message(_textual_key(key))

    def _route_paste(self, paste: Paste) -> None:
        if self.target is not None and self.target.has_key_focus():
            self.target.receive_paste(paste.data)
        else:
            self.process_message(events.Paste(paste.data.decode("utf-8", "replace")))

    def _route_mouse(self, report: MouseReport) -> None:
        if self.target is None or not self.target.receive_mouse(report):
            self.parse(report.raw)

    def parse(self, raw: bytes) -> None:
        """Pass a report on to Textual's own parser."""
        for message in self.parser.feed(raw.decode("ascii", "replace")):
            self.process_message(message)

    @abstractmethod
    def handle_reply(self, reply: Reply) -> None:
        """Note what the terminal answered."""


def _textual_key(key: KeyPress) -> events.Key:
    """Make Textual's event of a key press."""
    text = key.text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    character = text if len(text) == 1 else None
    if character is not None and key.name == character:
        return events.Key(key_identifier(character), character)
    if len(key.base) == 1 and not key.base.isalnum():
        return events.Key(textual_key_name(key.name), None)
    typed = key.base in ("enter", "tab", "escape", "backspace") or key.name == "space"
    return events.Key(key.name, character if typed else None)


def textual_key_name(name: str) -> str:
    """Return Textual's name of a key: "ctrl+/" is "ctrl+slash" there."""
    base = name[-1:]
    if name[:-1].endswith("+") and not base.isalnum():
        return name[:-1] + key_identifier(base)
    return name
