"""One hosted program without a screen: its process, its terminal, its state and its composer.

How it is used::

    session = AgentSession(columns, rows, scrollback_lines)
    session.on_exit.append(lambda status: ...)
    session.adopt(process)      # an AgentProcess that has been spawned; its composer is known now
    session.start_reading()     # on the running loop: output, replies and state flow from here on
    await session.composer.insert("hello")

Output is interpreted, queries are answered and the state is updated before any listener is called,
so that a listener never sees a screen that is older than the state. All calls belong to the event
loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from codex_voice.agent.composer import Composer
from codex_voice.agent.held_text import HeldText, TypingOutcome
from codex_voice.agent.process import AgentProcess, ExitStatus
from codex_voice.agent.state import CodexState, StateTracker
from codex_voice.agent.visible_state import visible_state
from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.events import ProgramStatus, TerminalEvent, TitleChanged

_BLOCK_END = b"\x1b[?2026l"
_BLOCK_START = b"\x1b[?2026h"
_FOCUS_REPORTS = (b"\x1b[I", b"\x1b[O")
# RIS leaves the palette, the default colours and the title as the last program had them.
_RESET_TERMINAL = (
    b"\x1b[?1049l\x1bc\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\\x1b]0;\x1b\\"
)


class AgentSession:
    """Hosts one program after the other in the same terminal.

    Args:
        columns: Width of the terminal in cells, until `resize`.
        rows: Height of the terminal in cells, until `resize`.
        scrollback_lines: Lines kept above the screen.

    Attributes:
        emulator: The screen.
        tracker: The state of the program.
        composer: Types into the program safely.
        process: The program, or None where there is none.
        on_output: Called with True or False after output has been interpreted; the argument tells
            whether more has been read already.
        on_screen_changed: Called after output has changed the screen, never in the middle of a
            synchronized update.
        on_event: Called with everything that the program tells beside text, after the state has
            been updated by it.
        on_held_changed: Called when the queue of held texts has changed.
        on_delivered: Called with a held text that has left the queue, and its outcome.
        on_exit: Called once for each program, after its last output.
    """

    def __init__(self, columns: int, rows: int, scrollback_lines: int = 10_000) -> None:
        self.emulator = Emulator(columns, rows, scrollback_lines)
        self.tracker = StateTracker()
        self.process: AgentProcess | None = None
        self.on_output: list[Callable[[bool], None]] = []
        self.on_screen_changed: list[Callable[[], None]] = []
        self.on_event: list[Callable[[TerminalEvent], None]] = []
        self.on_held_changed: list[Callable[[], None]] = []
        self.on_delivered: list[Callable[[HeldText, TypingOutcome], None]] = []
        self.on_exit: list[Callable[[ExitStatus], None]] = []
        self.composer = Composer(self.tracker, self._held_changed, self._delivered)
        self._reading = False

    @property
    def running(self) -> bool:
        """Whether there is a program that has not ended."""
        return self.process is not None and self.process.status is None

    @property
    def reading(self) -> bool:
        """Whether the output of the program is being read, or has been up to its end."""
        return self._reading

    def adopt(self, process: AgentProcess) -> None:
        """Host this program from now on, on a cleared screen where there was another before."""
        if self.process is not None:
            self.emulator.feed(_RESET_TERMINAL)
            # That the title is gone is for the screen, and says nothing of the next program.
            for event in self.emulator.take_events():
                for listener in tuple(self.on_event):
                    listener(event)
        self.process = process
        self._reading = False
        self.tracker.started()
        self.composer.attach(self.write, self.emulator)

    def start_reading(self) -> None:
        """Read the program's output on the running loop; does nothing where that has begun."""
        if self.process is None or self._reading:
            return
        self._reading = True
        self.process.resize(self.emulator.columns, self.emulator.rows)
        self.process.attach(
            asyncio.get_running_loop(), self._read_output, self._ended, self._output_paused
        )

    def use_context(self) -> None:
        """Call listeners in the context of the caller from now on."""
        if self.process is not None:
            self.process.use_context()

    def write(self, data: bytes) -> bool:
        """Send input to the program without blocking; `False` when there is none to read it."""
        sent = self._send(data)
        if sent and data not in _FOCUS_REPORTS:
            self.tracker.input_sent()
        return sent

    def _send(self, data: bytes) -> bool:
        return self.process is not None and self.running and self.process.write(data)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal and tell it to the program."""
        if (columns, rows) != (self.emulator.columns, self.emulator.rows):
            self.emulator.resize(columns, rows)
        if self._reading and self.process is not None:
            self.process.resize(columns, rows)

    def last_words(self) -> list[str]:
        """Return what the program has left on the screen for the shell, without blank edges.

        That is how Codex says which session to resume. Empty where the program runs, or died on
        the alternate screen: nothing of that stays in a terminal.
        """
        if self.running or self.emulator.alternate_screen:
            return []
        return "\n".join(self.emulator.lines()).strip("\n").splitlines()

    def yield_time(self) -> None:
        """Leave more time to other work on the loop for a while, however much there is to read."""
        if self.process is not None:
            self.process.give_way()

    # What the process reports

    def _read_output(self, data: bytes) -> None:
        # Where an update ends and the next begins in one piece, the finished one is shown.
        end = data.rfind(_BLOCK_END) + len(_BLOCK_END)
        if end >= len(_BLOCK_END) and data.find(_BLOCK_START, end) >= 0:
            self.emulator.feed(data[:end])
            self._output_paused(more=True)
            data = data[end:]
        self.emulator.feed(data)

    def _output_paused(self, more: bool) -> None:
        """Answer and report what has been read."""
        if replies := self.emulator.take_replies():
            self._send(replies)
        for event in self.emulator.take_events():
            match event:
                case ProgramStatus(payload):
                    self.tracker.feed_status(payload)
                case TitleChanged(title):
                    self.tracker.feed_title(title)
            for listener in tuple(self.on_event):
                listener(event)
        for drawn in tuple(self.on_output):
            drawn(more)
        self._screen_changed()

    def _screen_changed(self) -> None:
        if self.emulator.held:
            return
        if not self.tracker.reports_status:
            started = self.tracker.state is not CodexState.STARTING
            self.tracker.feed_screen(visible_state(self.emulator, started=started))
        self.composer.changed()
        for listener in tuple(self.on_screen_changed):
            listener()

    def _ended(self, status: ExitStatus) -> None:
        self.emulator.release_hold()
        self.tracker.exited()
        self._screen_changed()
        for listener in tuple(self.on_exit):
            listener(status)

    # What the composer reports

    def _held_changed(self) -> None:
        for listener in tuple(self.on_held_changed):
            listener()

    def _delivered(self, held: HeldText, outcome: TypingOutcome) -> None:
        for listener in tuple(self.on_delivered):
            listener(held, outcome)
