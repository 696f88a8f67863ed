"""The terminal driver: it reads input before Textual does, and output never blocks the loop."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import time
from typing import Any

from textual import events

from codex_voice.session.crash_guard import ENDING, FORWARDED
from codex_voice.session.first_screen import ANSWER_SECONDS, FirstScreen
from codex_voice.session.job_control import has_job_control, stop_until_resumed
from codex_voice.terminal import input_tokenizer as outer
from codex_voice.terminal.emulator import Colour
from codex_voice.terminal.input_tokenizer import Reply, Tokenizer
from codex_voice.terminal.tty_writer import TtyWriter
from codex_voice.ui.input_routing import InputRouting
from codex_voice.ui.textual_compat import ENTER_ALTERNATE_SCREEN, forget_size

_READ_BYTES = 65_536
_SYNCHRONIZED_OUTPUT_REPLY = b"\x1b[?2026;"
_SIZE_CHECK_SECONDS = 0.25
# A stop signal that was on its way when the process was stopped is not a second request.
_RESUMED_SECONDS = 0.5


class TerminalDriver(InputRouting):
    """Textual's driver for Linux and macOS that reads and writes the bytes itself.

    Attributes:
        reports_key_release: Whether the terminal confirmed the kitty protocol with event types.
        foreground: The terminal's default text colour, once it is known.
        background: The terminal's default background colour, once it is known.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.reports_key_release = False
        self.foreground: Colour | None = None
        self.background: Colour | None = None
        self._writer: TtyWriter | None = None
        self._tokenizer = Tokenizer()
        self._pending_flush: asyncio.TimerHandle | None = None
        self._kitty_pushed = False
        self._all_keys = False
        self._size_check: asyncio.TimerHandle | None = None
        self._other_keys_asked = False
        self._resumed_at = 0.0
        self._answers_due = 0
        """How many answers are on their way that the terminal is sure to give."""
        # Textual makes the driver, and gives it nothing but the application.
        self._first_screen: FirstScreen | None = getattr(self.app, "first_screen", None)
        self._skips_entering = False

    # Starting and stopping

    def start_application_mode(self) -> None:
        """Switch the terminal to our modes and ask what it can do."""
        self._loop = asyncio.get_running_loop()
        first_screen = self._first_screen
        self._first_screen = None
        # What stands on the screen stays until it is drawn over.
        self._skips_entering = first_screen is not None and not first_screen.clogged
        typed = first_screen.hand_over() if first_screen is not None else b""
        # Each has asked for the attributes.
        self._answers_due = 1 if first_screen is None else 2
        self._open_writer()
        self._kitty_pushed = False
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._skips_entering = False
        if first_screen is not None:
            self.attrs_before = first_screen.attributes
            self._feed(typed)
        self.write(
            outer.SAVE_TITLE + outer.ASK_COLOURS + outer.ASK_KITTY_FLAGS + outer.ASK_ATTRIBUTES
        )
        self._loop.add_reader(self.fileno, self._read)
        for number in ENDING:
            self._loop.add_signal_handler(number, self._end, number)
        self._loop.add_signal_handler(signal.SIGWINCH, self._handle_resize)
        self._loop.add_signal_handler(signal.SIGTSTP, self._stop_signalled)
        # What came before there were handlers comes now.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, FORWARDED)
        if "TMUX" in os.environ:
            # tmux does not say whether it knows the kitty protocol, and reports more keys for this.
            self._other_keys_asked = True
            self.write(outer.ASK_OTHER_KEYS)

    def _stop_signalled(self) -> None:
        if self._loop.time() - self._resumed_at >= _RESUMED_SECONDS:
            self.suspend()

    def suspend(self) -> bool:
        """Give the terminal back and stop, as a job of the shell; go on when it is continued.

        Returns:
            Whether the process was stopped: False where no shell could continue it. Where it is
            continued only to end, the app ends, and the terminal stays the shell's.
        """
        if not has_job_control() or self._writer is None:
            return False
        self.app.app_suspend_signal.publish(self.app)
        self.suspend_application_mode()
        if not stop_until_resumed(self.fileno, ENDING):
            # Nothing is left to be given back, and the terminal's modes are the shell's.
            self.attrs_before = None
            self.exit_event.set()
            self.app.exit(return_code=128 + signal.SIGHUP)
            return True
        self.resume_application_mode()
        self._resumed_at = self._loop.time()
        if self.target is not None:
            self.target.output_drained(True)
        self.app.refresh(layout=True)
        return True

    def _open_writer(self) -> None:
        try:
            self._writer = TtyWriter(os.ttyname(self.fileno), self._loop, self._on_drained)
        except OSError:
            # The terminal has gone; there is nothing to write to.
            self._writer = None

    def _handle_resize(self) -> None:
        """Send Textual the size, and check a little later whether it has applied it."""
        size = self.terminal_size
        self.app.post_message(events.Resize(size, size))
        if self._size_check is not None:
            self._size_check.cancel()
        self._size_check = self._loop.call_later(_SIZE_CHECK_SECONDS, self._check_size)

    def _check_size(self) -> None:
        """Send it again where Textual has lost a resize: its timer can miss one under load."""
        self._size_check = None
        size = self.terminal_size
        if self.app.screen_stack and self.app.screen.size != size:
            forget_size(self.app)
            self.app.post_message(events.Resize(size, size))

    def _end(self, number: signal.Signals) -> None:
        self.app.exit(return_code=128 + number)

    def disable_input(self) -> None:
        """Stop reading."""
        if self._writer is not None:
            self._await_answers()
        if not self._loop.is_closed():
            self._loop.remove_reader(self.fileno)
        for handle in (self._pending_flush, self._size_check):
            if handle is not None:
                handle.cancel()
        super().disable_input()

    def _await_answers(self) -> None:
        """Read the answers that are on their way, or the shell would get them as if typed.

        Textual drops what has come and was not read, so what is typed meanwhile is nobody's loss.
        """
        deadline = time.monotonic() + ANSWER_SECONDS
        while self._answers_due > 0 and (left := deadline - time.monotonic()) > 0:
            try:
                if not select.select([self.fileno], [], [], left)[0]:
                    break
                data = os.read(self.fileno, _READ_BYTES)
            except OSError:
                break
            if not data:
                break
            for token in self._tokenizer.feed(data):
                if isinstance(token, Reply):
                    self._count_answer(token)
        self._answers_due = 0
        # Half an answer must not meet what comes after a suspension.
        self._tokenizer = Tokenizer()

    def _count_answer(self, reply: Reply) -> None:
        if reply.is_attributes or (reply.kitty_flags is not None and self._kitty_pushed):
            self._answers_due -= 1

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was; the kitty flags are popped by Textual."""
        if self._other_keys_asked:
            self._other_keys_asked = False
            self.write(outer.RESET_OTHER_KEYS)
        self.write(outer.DEFAULT_CURSOR + outer.RESTORE_TITLE)
        super().stop_application_mode()
        # The widgets live on for a while, and must not draw on what is the shell's again.
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def close(self) -> None:
        """Restore the handling of signals, except for those that ask to end.

        A second one of them, as when a terminal is closed, must not break off what is being saved.
        """
        super().close()
        if not self._loop.is_closed():
            for number in (signal.SIGWINCH, signal.SIGTSTP):
                self._loop.remove_signal_handler(number)

    # Output

    def write(self, data: str) -> None:
        """Write text or control sequences."""
        if self._skips_entering and data == ENTER_ALTERNATE_SCREEN:
            return
        self.write_bytes(data.encode("utf-8", "replace"))

    def write_bytes(self, data: bytes) -> None:
        """Write bytes, as the pane paints them."""
        if self._writer is not None:
            self._writer.write(data)

    @property
    def clogged(self) -> bool:
        """Whether the terminal is behind; frames are skipped meanwhile."""
        return self._writer is not None and self._writer.clogged

    def _on_drained(self, dropped: bool) -> None:
        if self.target is not None:
            self.target.output_drained(dropped)
        if dropped:
            self.app.refresh(layout=True)

    # Input

    def run_input_thread(self) -> None:
        """Return at once: input is read on the event loop."""

    def _read(self) -> None:
        try:
            data = os.read(self.fileno, _READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self.fileno)
            self.app.exit(return_code=128 + signal.SIGHUP)
            return
        self._feed(data)

    def _feed(self, data: bytes) -> None:
        self.route(self._tokenizer.feed(data))
        if self._pending_flush is not None:
            self._pending_flush.cancel()
            self._pending_flush = None
        patience = self._tokenizer.patience
        if patience is not None:
            self._pending_flush = self._loop.call_later(patience, self._flush)

    def _flush(self) -> None:
        self._pending_flush = None
        self.route(self._tokenizer.flush())

    def handle_reply(self, reply: Reply) -> None:
        """Note what the terminal answered about its keyboard and colours."""
        self._count_answer(reply)
        if reply.kitty_flags is not None:
            self._handle_kitty_flags(reply.kitty_flags)
        elif reply.colour is not None:
            which, colour = reply.colour
            if which == outer.FOREGROUND:
                self.foreground = colour
            else:
                self.background = colour
            if self.target is not None:
                self.target.receive_colours(self.foreground, self.background)
        elif reply.is_attributes:
            if self.target is not None:
                self.target.output_settled()
        elif reply.raw.startswith(_SYNCHRONIZED_OUTPUT_REPLY):
            self.parse(reply.raw)

    def _handle_kitty_flags(self, flags: int) -> None:
        """Push our flags on the first answer; the second one says what is in effect."""
        if not self._kitty_pushed:
            self._kitty_pushed = True
            self._answers_due += 1
            wanted = outer.ADD_ALL_KEYS if self._all_keys else ""
            self.write(outer.PUSH_KITTY_FLAGS + wanted + outer.ASK_KITTY_FLAGS)
        else:
            self.reports_key_release = bool(flags & outer.KITTY_EVENT_TYPES)

    def report_all_keys(self, wanted: bool) -> None:
        """Have every key reported, text and lone modifiers too, or only what is ambiguous."""
        self._all_keys = wanted
        if self._kitty_pushed:
            self.write(outer.ADD_ALL_KEYS if wanted else outer.REMOVE_ALL_KEYS)
