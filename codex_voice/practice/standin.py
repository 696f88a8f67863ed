"""A small program that stands in for Codex: `python -m codex_voice.practice.standin`.

It behaves in its terminal as Codex 0.169.0 does wherever codex-voice can notice: the composer and
its placeholder, bracketed paste, the approval prompt and its keys, states by OSC 7501, the title,
the alternate screen that it scrolls itself. It runs nothing and changes nothing.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
import tty

from codex_voice.practice.keyboard import Input, Keyboard
from codex_voice.practice.program import StandIn

# How long to wait for the rest of an escape sequence before it was the escape key.
_ESCAPE_SECONDS = 0.025


async def run() -> None:
    """Run the stand-in in this process's terminal until it ends."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    keyboard = Keyboard()

    def write(text: str) -> None:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()

    stand_in = StandIn(write, loop.call_later, loop.time)

    def handle(events: list[Input]) -> None:
        for event in events:
            if not stand_in.ended:
                stand_in.handle(event)
        if stand_in.ended:
            ended.set()

    def read() -> None:
        try:
            data = os.read(sys.stdin.fileno(), 65_536)
        except OSError:
            data = b""
        if not data:
            loop.remove_reader(sys.stdin.fileno())
            ended.set()
            return
        handle(list(keyboard.feed(data)))
        if keyboard.waiting:
            loop.call_later(_ESCAPE_SECONDS, lambda: handle(list(keyboard.flush())))

    def resize() -> None:
        size = os.get_terminal_size()
        stand_in.resize(size.columns, size.lines)

    loop.add_signal_handler(signal.SIGWINCH, resize)
    loop.add_reader(sys.stdin.fileno(), read)
    stand_in.start()
    resize()
    await ended.wait()


def main() -> None:
    """Run the stand-in, and leave the terminal as it was."""
    before = termios.tcgetattr(sys.stdin)
    tty.setraw(sys.stdin)
    try:
        asyncio.run(run())
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
    sys.stdout.write("Practice has ended.\n")


if __name__ == "__main__":
    main()
