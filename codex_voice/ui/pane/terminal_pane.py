"""The pane that shows the hosted program, as exactly as the user's terminal can.

How the application uses it::

    pane = TerminalPane(session, intercept, notifications=True, clipboard=False)

* `session`: an `AgentSession`; the pane lets it read the program's output when the terminal has
  answered what its colours are, unless the first screen has begun with that.
  `show_new_program()` follows a restart. When the program ends the
  last screen stays.
* `intercept(key: KeyPress) -> bool` is asked first about every press, repeat and release while
  the pane has the keys, and about releases while a dialog has them; `True` means that the key was
  the application's. `KeyPress.name` is `ctrl+space`, `f1`, `escape`, `right_ctrl` ...
* `emulator`: the screen (`lines()`, `cursor`, `mode()`, `alternate_screen`, `mouse_tracking`).
* `write(data) -> bool`: input for the program, never blocking; `False` when it cannot take it.
* `scroll_lines(lines)`, `scroll_pages(pages)`, `scroll_to_start()`, `scroll_to_end()`: by the
  program where it scrolls itself (alternate screen), in the scrollback otherwise; negative is
  back. `half_page` is a good number of lines.
* `find(text) -> int`, `find_next(earlier=True) -> bool`: search in screen and scrollback.
* `copy_selection() -> str`, `copy(text)`: to the clipboard through OSC 52.
* `reports_key_release`: whether the user's terminal tells when a key goes up.
* Messages: `ChildExited(status)`, `Copied(text)`, `NotCopied(text)`, `CopyRefused(text)`,
  `PasteRefused(size)`, `WindowFocusLost()`. Title, bell, notifications and clipboard are passed on
  to the user's terminal by the pane itself where the arguments allow it.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.geometry import Offset
from textual.message import Message

from codex_voice.agent.process import ExitStatus
from codex_voice.session.agent_session import AgentSession
from codex_voice.session.first_screen import ANSWER_SECONDS, FirstScreen
from codex_voice.terminal import tmux
from codex_voice.terminal.emulator import Colour
from codex_voice.terminal.events import (
    Bell,
    ClipboardWrite,
    Notification,
    TerminalEvent,
    TitleChanged,
)
from codex_voice.terminal.input_tokenizer import MouseReport
from codex_voice.terminal.keys import KeyPress
from codex_voice.ui.pane.passthrough import PaneSignals
from codex_voice.ui.pane.scrolling import PaneScrolling
from codex_voice.ui.textual_compat import visible_widgets

_FOCUS_EVENTS = 1004
_FOCUS_IN, _FOCUS_OUT = b"\x1b[I", b"\x1b[O"


class TerminalPane(PaneScrolling, can_focus=True):
    """Shows a program in a terminal; see the module's docstring for its use.

    Args:
        session: The program, or an empty terminal where it holds none.
        intercept: Asked first about every key.
        notifications: Whether desktop notifications are passed on, but for while the terminal has
            told that its window is in focus.
        clipboard: Whether the program may write to the clipboard.
        all_keys: Whether `intercept` waits for a key that terminals tell of only when they are
            asked for all, see `keys.needs_all_keys`.
        first_screen: What has shown the program so far, if anything has.
        id: The widget's id.
    """

    DEFAULT_CSS = "TerminalPane { width: 1fr; height: 1fr; background: ansi_default; }"

    class ChildExited(Message):
        """The program has ended."""

        def __init__(self, status: ExitStatus) -> None:
            super().__init__()
            self.status = status

    class Copied(Message):
        """A text of the user's or the program's was copied.

        Attributes:
            text: What was copied.
            to_tmux: Whether tmux has confirmed that its paste buffer holds it. Otherwise it was
                sent to the terminal's clipboard, and no terminal says what becomes of it.
        """

        def __init__(self, text: str, *, to_tmux: bool = False) -> None:
            super().__init__()
            self.text = text
            self.to_tmux = to_tmux

    class NotCopied(Message):
        """A text is longer than terminals take, or this one takes nothing at present."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class CopyRefused(Message):
        """The program wrote to the clipboard, which it may not."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class PasteRefused(Message):
        """The program reads nothing, and too much waits for it already; `size` is in bytes."""

        def __init__(self, size: int) -> None:
            super().__init__()
            self.size = size

    class WindowFocusLost(Message):
        """Keys, and their releases, go to another window."""

    def __init__(
        self,
        session: AgentSession,
        intercept: Callable[[KeyPress], bool],
        *,
        notifications: bool = True,
        clipboard: bool = False,
        all_keys: bool = False,
        first_screen: FirstScreen | None = None,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(session.emulator, id)
        self._session = session
        self._intercept = intercept
        self._signals = PaneSignals(lambda: self.driver, notifications=notifications)
        self._clipboard = clipboard
        self._all_keys = self._all_asked = all_keys
        self._first_screen = first_screen
        self._settled = False
        self._sized = False

    # The program

    @property
    def running(self) -> bool:
        """Whether there is a program that has not ended."""
        return self._session.running

    def on_mount(self) -> None:
        """Listen to the program, and get the input from the driver."""
        self._session.on_output.append(self.clock.take_output)
        self._session.on_event.append(self._handle_event)
        self._session.on_exit.append(self._handle_exit)
        # The first screen has begun to read, outside the application.
        self._session.use_context()
        self.app.screen_change_signal.subscribe(self, self._note_screen)
        if self.driver is None:
            self._settled = True
            return
        self.driver.target = self
        if tmux.inside_tmux():
            self.run_worker(self._ask_tmux(), group="tmux")
        self.driver.report_all_keys(self._all_keys)
        if self._first_screen is not None:
            events, status = self._first_screen.take_reports()
            for event in events:
                self._handle_event(event)
            if status is not None:
                self._handle_exit(status)
        self.set_timer(ANSWER_SECONDS, self.output_settled)

    def on_focus(self) -> None:
        """Take the input, from now on and what has come so far."""
        if self.driver is not None:
            self.driver.begin_input()

    async def _ask_tmux(self) -> None:
        self._signals.multiplexer_drops_notifications = not await tmux.passes_through()

    def _note_screen(self, _screen: object) -> None:
        """Hide the cursor under a dialog, show it again after."""
        self.clock.request()

    def on_unmount(self) -> None:
        """Draw no more."""
        self.clock.stop()
        if self.driver is not None and self.driver.target is self:
            self.driver.target = None

    def output_settled(self) -> None:
        """Begin with the program, if nobody has, now that the terminal has answered or will not."""
        self._settled = True
        self._join()

    def resize_program(self, columns: int, rows: int) -> None:
        """Give the terminal, and the program in it, the size of the pane."""
        self._session.resize(columns, rows)

    def size_known(self) -> None:
        """Begin with the program, if nobody has, when this is the first size."""
        self._sized = True
        self._join()

    def _join(self) -> None:
        if self._settled and self._sized:
            self._session.start_reading()

    def show_new_program(self) -> None:
        """Show the program that has taken the place of another."""
        self.shows_cursor = True
        self._join()
        self.clock.request()

    def _handle_exit(self, status: ExitStatus) -> None:
        self.shows_cursor = False
        self.clock.request()
        self.post_message(self.ChildExited(status))

    def _handle_event(self, event: TerminalEvent) -> None:
        match event:
            case TitleChanged(title):
                self._signals.set_title(title)
            case Bell():
                self._signals.ring()
            case Notification(title, body):
                self._signals.notify(title, body)
            case ClipboardWrite(text):
                if self._clipboard:
                    self.copy(text)
                else:
                    self.post_message(self.CopyRefused(text))

    def output_drained(self, dropped: bool) -> None:
        """Draw what was skipped while the terminal was behind, and set the title that was."""
        super().output_drained(dropped)
        self._signals.catch_up()

    def write(self, data: bytes) -> bool:
        """Send input to the program; `False` when there is none that takes it."""
        return self._session.write(data)

    # Input, from the driver

    @property
    def reports_key_release(self) -> bool:
        """Whether the user's terminal tells when a key goes up."""
        return self.driver is not None and self.driver.reports_key_release

    def has_key_focus(self) -> bool:
        """Return whether keys are the pane's now, and not a dialog's."""
        return self.has_focus and len(self.app.screen_stack) == 1

    def receive_key(self, key: KeyPress) -> None:
        """Offer a key to the application, then act on it or send it to the program."""
        if self._intercept(key) or self.scroll_by_key(key):
            self._give_way()
            return
        self.clock.expect_answer()
        self.write(self._keys.encode(key))
        wanted = self._all_keys or self._keys.all_wanted
        if wanted != self._all_asked and self.driver is not None:
            self._all_asked = wanted
            self.driver.report_all_keys(wanted)
        if key.action != "release" and not key.is_modifier:
            self.return_to_bottom()

    def note_key(self, key: KeyPress) -> None:
        """Offer the release of a key to the application while a dialog has the keys."""
        self._give_way()
        if key.action == "release":
            self._intercept(key)

    def _give_way(self) -> None:
        self._session.yield_time()

    def want_all_keys(self, wanted: bool) -> None:
        """Set whether `intercept` waits for a key that terminals report only among all keys."""
        self._all_keys = wanted
        self._all_asked = wanted or self._keys.all_wanted
        if self.driver is not None:
            self.driver.report_all_keys(self._all_asked)

    def receive_paste(self, data: bytes) -> None:
        """Send a paste to the program."""
        self.return_to_bottom()
        if not self.write(self._keys.encode_paste(data)) and self.running:
            self.post_message(self.PasteRefused(len(data)))

    def receive_mouse(self, report: MouseReport) -> bool:
        """Act on the mouse over the pane; `False` leaves the report to Textual."""
        region = self.content_region
        if not self._mouse.dragging:
            if len(self.app.screen_stack) != 1 or not self.has_focus:
                return False
            if not region.contains(report.column, report.row) or not self._is_on_top(report):
                return False
        return self._mouse.handle(
            report, report.column - region.x, report.row - region.y, self.running
        )

    def _is_on_top(self, report: MouseReport) -> bool:
        place = Offset(report.column, report.row)
        for widget, (region, _clip) in visible_widgets(self.screen).items():
            if region.contains_point(place):
                return widget is self
        return False

    def receive_window_focus(self, gained: bool) -> None:
        """Report to the program, where it asked, that the window got or lost the focus."""
        self._signals.window_focused = gained
        if self.emulator.mode(_FOCUS_EVENTS):
            self.write(_FOCUS_IN if gained else _FOCUS_OUT)
        if not gained:
            self.post_message(self.WindowFocusLost())

    def receive_colours(self, foreground: Colour | None, background: Colour | None) -> None:
        """Let the program know the user's colours when it asks."""
        self.emulator.set_colours(foreground, background)

    # Copying

    def copy(self, text: str) -> None:
        """Put a text on the clipboard; `Copied` or `NotCopied` tells what became of it."""
        if tmux.inside_tmux():
            self.run_worker(self._copy_through_tmux(text), group="copy")
        else:
            self._copy_through_terminal(text)

    async def _copy_through_tmux(self, text: str) -> None:
        if await tmux.load_buffer(text):
            self.post_message(self.Copied(text, to_tmux=True))
        else:
            self._copy_through_terminal(text)

    def _copy_through_terminal(self, text: str) -> None:
        copied = self._signals.copy(text)
        self.post_message(self.Copied(text) if copied else self.NotCopied(text))
