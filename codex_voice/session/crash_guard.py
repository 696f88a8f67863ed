"""Stands by while the app runs, for the one ending that the app itself cannot survive.

A crash in a native library (the recogniser, PortAudio) or `kill -9` ends a process where it stands,
and would leave the terminal in raw mode, on the alternate screen, reporting the mouse. So the app
runs in a child process, and its parent does nothing but wait, and clean up if that is needed. It
forks before anything heavy is imported, and shares its memory with the child.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from codex_voice.own_command import runnable
from codex_voice.session.job_control import find_job_control

# What the app changes in the user's terminal, as it was: synchronized output, automatic wrapping,
# mouse reports, focus reports, bracketed paste, the kitty keyboard flags, the alternate screen, the
# cursor's shape, and colours.
RESTORE = (
    b"\x1b[?2026l\x1b[?7h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l"
    b"\x1b[?2004l\x1b[<u\x1b[?1049l\x1b[0 q\x1b[?25h\x1b[0m\r\n"
)
# What asks the program to end.
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
# The child restores the terminal before it stops.
FORWARDED = (*ENDING, signal.SIGTSTP, signal.SIGCONT)


def guarded(run: Callable[[int], int]) -> int:
    """Run something that takes over the terminal, and restore the terminal if it crashes.

    Args:
        run: Runs in a child process, with the signals that are passed on blocked until it unblocks
            them. It is given a file descriptor that reaches its end when the parent is gone, and
            returns the exit status.

    Returns:
        The exit status; 128 and the number of the signal after a crash.
    """
    find_job_control()
    attributes = termios.tcgetattr(sys.stdin.fileno())
    reading, writing = os.pipe()
    # A signal that comes before it can be passed on waits until then.
    signal.pthread_sigmask(signal.SIG_BLOCK, FORWARDED)
    child = os.fork()
    if child == 0:
        os.close(writing)
        _run_and_exit(run, reading)
    os.close(reading)
    status = _wait(child)
    os.close(writing)
    if not os.WIFSIGNALED(status):
        return os.WEXITSTATUS(status)
    with contextlib.suppress(OSError, termios.error):
        # The terminal may be gone as well, or be the shell's.
        if os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp():
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSAFLUSH, attributes)
            os.write(sys.stdout.fileno(), RESTORE)
    number = os.WTERMSIG(status)
    name = signal.Signals(number).name
    history = runnable("codex-voice history")
    sys.stderr.write(f"codex-voice was ended by {name}; what you said is kept: {history}\n")
    return 128 + number


def _run_and_exit(run: Callable[[int], int], guardian: int) -> NoReturn:
    """Run, and end this process without Python's shutdown.

    A thread may be in the middle of PortAudio or whisper.cpp, which a sound server can hold up for
    seconds. The shutdown would take their libraries down around it: that ends in a segmentation
    fault, or waits. Everything is saved by now.
    """
    status = 1
    try:
        status = run(guardian)
    except BaseException:  # noqa: BLE001 (nothing above would report it)
        import traceback

        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        os._exit(status)


def _wait(child: int) -> int:
    """Wait for the child, pass signals on to it, and stop while it is stopped.

    Returns:
        The status of `os.waitpid`.
    """
    ending = False

    def forward(number: int, _frame: FrameType | None) -> None:
        nonlocal ending
        ending = ending or number in ENDING
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, number)

    for number in FORWARDED:
        signal.signal(number, forward)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, FORWARDED)
    while os.WIFSTOPPED(status := os.waitpid(child, os.WUNTRACED)[1]):
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        if ending or signal.sigpending().intersection(ENDING):
            # It was stopped again before it knew that it is to end.
            os.kill(child, signal.SIGCONT)
        else:
            # The shell waits for this process; it goes on, and the child too, when it is continued.
            os.kill(os.getpid(), signal.SIGSTOP)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    return status
