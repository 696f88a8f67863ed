"""Shows the hosted program while the application that will show it is still being imported.

Textual takes longer to import than Codex takes to draw. Until then the program's screen is drawn
straight onto the user's terminal; what the user types meanwhile is kept for the application.

How it is used::

    first_screen = FirstScreen.open(session, fd)    # on the running loop; None without a terminal
    ...
    input = first_screen.hand_over()            # by the driver, which goes on in the same modes
    first_screen.close()                        # restores the terminal if nobody took it over
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import termios
from typing import Any

from codex_voice.agent.process import ExitStatus
from codex_voice.session.agent_session import AgentSession
from codex_voice.terminal import input_tokenizer as outer
from codex_voice.terminal.colours import has_true_colour
from codex_voice.terminal.emulator import Colour
from codex_voice.terminal.events import TerminalEvent
from codex_voice.terminal.frame_clock import FrameClock
from codex_voice.terminal.input_tokenizer import Reply, Tokenizer
from codex_voice.terminal.painter import Painter, place_cursor, wrap_frame
from codex_voice.terminal.rows import RowFormatter
from codex_voice.terminal.tty_writer import TtyWriter

# A terminal that answers does so within this time, even over a slow line; the program's first
# question about colours waits for it. Only a terminal that knows no DA1 makes the program wait
# this long.
ANSWER_SECONDS = 0.2
_READ_BYTES = 65_536
# The alternate screen, cleared, without automatic wrapping, which the painter does not expect; and
# bracketed paste, for the lines of a paste are no Enter.
_ENTER = "\x1b[?1049h\x1b[?7l\x1b[?2004h"
_LEAVE = f"\x1b[?2004l\x1b[?7h\x1b[0m{outer.DEFAULT_CURSOR}\x1b[?25h\x1b[?1049l"
# What Textual changes too (`LinuxDriver._patch_lflag` and `_patch_iflag`).
LOCAL_FLAGS = termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG
INPUT_FLAGS = termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR


class FirstScreen:
    """Draws a session at the top left of the terminal, and keeps what is typed.

    Attributes:
        attributes: The terminal's attributes as the shell had them, of `termios.tcgetattr`.
    """

    def __init__(self, session: AgentSession, fd: int, attributes: list[Any]) -> None:
        self.attributes = attributes
        self._session = session
        self._fd = fd
        self._loop = asyncio.get_running_loop()
        self._writer = TtyWriter(os.ttyname(fd), self._loop, self._drained)
        self._tokenizer = Tokenizer()
        self._colours: dict[int, Colour] = {}
        self._input = bytearray()
        self._events: list[TerminalEvent] = []
        self._exit: ExitStatus | None = None
        emulator = session.emulator
        self._formatter = RowFormatter(emulator, has_true_colour(os.environ))
        self._painter = Painter()
        self._painter.reset(emulator.rows)
        self._rows = [b""] * emulator.rows
        self._clock = FrameClock(self._draw, lambda: emulator.held, emulator.release_hold)
        self._active = True
        self._settling: asyncio.TimerHandle | None = None

    @classmethod
    def open(cls, session: AgentSession, fd: int) -> FirstScreen | None:
        """Take over the terminal, and let the program go on as soon as it has answered.

        Args:
            session: Holds the program, and nobody reads it yet.
            fd: The user's terminal, as it is read.

        Returns:
            None where the terminal cannot be opened, or has gone.
        """
        try:
            screen = cls(session, fd, termios.tcgetattr(fd))
            termios.tcsetattr(fd, termios.TCSANOW, _raw(termios.tcgetattr(fd)))
        except (OSError, termios.error):
            return None
        screen._start()
        return screen

    def _start(self) -> None:
        session = self._session
        session.on_output.append(self._clock.take_output)
        session.on_event.append(self._events.append)
        session.on_exit.append(self._note_exit)
        self._write(_ENTER + outer.ASK_COLOURS + outer.ASK_ATTRIBUTES)
        self._loop.add_reader(self._fd, self._read)
        self._settling = self._loop.call_later(ANSWER_SECONDS, session.start_reading)

    @property
    def clogged(self) -> bool:
        """Whether the terminal has not taken all that was written: it may not be in our modes."""
        return self._writer.clogged

    def take_reports(self) -> tuple[list[TerminalEvent], ExitStatus | None]:
        """Return what the program has reported besides its screen, and how it ended if it has.

        From now on somebody else listens.
        """
        session = self._session
        if self._note_exit in session.on_exit:
            session.on_event.remove(self._events.append)
            session.on_exit.remove(self._note_exit)
        return self._events, self._exit

    def hand_over(self) -> bytes:
        """Leave the terminal, in its modes, to a driver.

        Returns:
            All that has been read from it: what was typed, and what it answered.
        """
        self._stop()
        return bytes(self._input)

    def close(self) -> None:
        """Restore the terminal; does nothing where it has been handed over."""
        if not self._active:
            return
        self._write(_LEAVE)
        self._stop()
        # The terminal may have gone.
        with contextlib.suppress(termios.error):
            # Answers that have come are nothing for the shell.
            termios.tcsetattr(self._fd, termios.TCSAFLUSH, self.attributes)

    def _stop(self) -> None:
        self._active = False
        self._clock.stop()
        self._session.on_output.remove(self._clock.take_output)
        self._loop.remove_reader(self._fd)
        if self._settling is not None:
            self._settling.cancel()
        self._writer.close()

    def _write(self, text: str) -> None:
        self._writer.write(text.encode())

    # Output

    def _draw(self) -> bool:
        if self._writer.clogged:
            return False
        emulator = self._session.emulator
        emulator.correct_width()
        changed = self._formatter.take_frame()
        for index, row in changed.items():
            self._rows[index] = row
        frame = self._painter.paint(self._rows, 0, 0, emulator.columns)
        self._writer.write(
            wrap_frame(frame + place_cursor(emulator.view_cursor, 0, 0), synchronized=False)
        )
        return bool(changed)

    def _drained(self, dropped: bool) -> None:
        if dropped:
            self._painter.reset(len(self._rows))
        self._clock.request()

    def _note_exit(self, status: ExitStatus) -> None:
        self._exit = status

    # Input

    def _read(self) -> None:
        try:
            data = os.read(self._fd, _READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            # The terminal has gone; the driver that comes will see it too.
            self._loop.remove_reader(self._fd)
            return
        self._input += data
        for token in self._tokenizer.feed(data):
            if isinstance(token, Reply):
                self._handle_reply(token)

    def _handle_reply(self, reply: Reply) -> None:
        if reply.colour is not None:
            which, colour = reply.colour
            self._colours[which] = colour
            self._session.emulator.set_colours(
                self._colours.get(outer.FOREGROUND), self._colours.get(outer.BACKGROUND)
            )
        elif reply.is_attributes:
            self._session.start_reading()


def _raw(attributes: list[Any]) -> list[Any]:
    """Return attributes with which every byte that is typed arrives, at once and unechoed."""
    attributes[0] &= ~INPUT_FLAGS
    attributes[3] &= ~LOCAL_FLAGS
    attributes[6][termios.VMIN] = 1
    return attributes
