"""The choice of a microphone, with a meter that shows what the highlighted one hears."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static

from codex_voice.audio.level import Level
from codex_voice.audio.level_monitor import LevelMonitor
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.errors import AudioError
from codex_voice.ui.bars.voice_bar import draw_meter
from codex_voice.ui.dialogs.choice import CURRENT_MARK
from codex_voice.ui.dialogs.dialog import Dialog, list_rows
from codex_voice.ui.dialogs.dialog_list import DialogList

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

DEFAULT_LABEL = "The system's default"
_METER_COLUMNS = 30
# Who steps through the list with the arrow does not want each one opened.
_SETTLE_SECONDS = 0.2


class MicrophoneScreen(Dialog[str]):
    """Returns the name of the chosen microphone, "" for the default one, or None on Escape.

    Args:
        names: The microphones there are.
        current: The one in use; "" is the default one.
        open_microphone: Makes the microphone of a name; called on another thread.
    """

    class LevelReported(Message):
        """What a microphone hears, or why it cannot be heard."""

        def __init__(self, name: str, level: Level | AudioError) -> None:
            super().__init__()
            self.name = name
            self.level = level

    def __init__(
        self, names: list[str], current: str, open_microphone: Callable[[str], FrameSource]
    ) -> None:
        super().__init__()
        self._names = ["", *names]
        self._current = current
        self._open_microphone = open_microphone
        self._monitor: LevelMonitor | None = None

    def compose(self) -> ComposeResult:
        """Lay out the list over the meter."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Microphone"
            dialog.border_subtitle = "↑↓ listen to another one · Enter take · Esc close"
            labels = [
                (CURRENT_MARK if name == self._current else "  ") + (name or DEFAULT_LABEL)
                for name in self._names
            ]
            yield DialogList(*labels, markup=False, compact=True)
            yield Static("Say something …", id="meter", markup=False)

    def on_mount(self) -> None:
        """Stand on the microphone in use, and listen to it."""
        position = self._names.index(self._current) if self._current in self._names else 0
        self.query_one(OptionList).highlighted = position

    def on_resize(self, event: events.Resize) -> None:
        """Fit the list to the screen."""
        rows = list_rows(len(self._names), event.size.height, other_rows=2)
        self.query_one(OptionList).styles.max_height = rows

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Listen to the microphone, once one stays on it."""
        self._stop()
        self.query_one("#meter", Static).update("Say something …")
        name = self._names[event.option_index]
        self.set_timer(_SETTLE_SECONDS, lambda: self._listen(name, event.option_index))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the microphone."""
        self.dismiss(self._names[event.option_index])

    def on_microphone_screen_level_reported(self, message: LevelReported) -> None:
        """Move the meter."""
        position = self.query_one(OptionList).highlighted
        if position is not None and self._names[position] == message.name:
            self.query_one("#meter", Static).update(_describe(message.level))

    def on_unmount(self) -> None:
        """Close the microphone."""
        self._stop()

    def _listen(self, name: str, position: int) -> None:
        if not self.is_attached or self.query_one(OptionList).highlighted != position:
            return
        self._stop()

        def report(level: Level | AudioError) -> None:
            self.post_message(self.LevelReported(name, level))

        self._monitor = LevelMonitor(lambda: self._open_microphone(name), report)

    def _stop(self) -> None:
        if self._monitor is not None:
            self._monitor.close()
            self._monitor = None


def _describe(level: Level | AudioError) -> Content:
    if isinstance(level, AudioError):
        return Content.styled(str(level), "$warning")
    meter = draw_meter(level.dbfs, level.peak_dbfs, _METER_COLUMNS)
    hint = "  too loud: clipping" if level.clipped else ""
    return Content.assemble(meter, f" {level.dbfs:4.0f} dB", (hint, "$warning bold"))
