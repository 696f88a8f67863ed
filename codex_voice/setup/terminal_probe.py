"""Asks the terminal itself what it can do, outside of the app."""

from __future__ import annotations

import os
import re
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from codex_voice.terminal import input_tokenizer as outer
from codex_voice.terminal.input_tokenizer import Reply, Tokenizer
from codex_voice.text_cleaning import clean_line

ANSWER_SECONDS = 0.5
"""A terminal answers within milliseconds; over ssh within a round trip."""

_ASK_NAME = "\x1b[>0q"
_ASK_SYNCHRONIZED_OUTPUT = "\x1b[?2026$p"
_ASK_COLOURS = "\x1bP+q524742\x1b\\\x1bP+q5463\x1b\\\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[m"
"""XTGETTCAP for RGB and for Tc, and then DECRQSS for a background of red, green and blue: many
terminals know one of the two. Nothing is written in that colour."""
_CAPABILITY_REPLY = (b"\x1bP1+r524742", b"\x1bP1+r5463")
_COLOUR_SET = re.compile(rb"\x1bP[01]\$r[\d:;]*48[:;]2[:;](?:1?[:;])?1[:;]2[:;]3(?=[m;])")
_POP_KITTY_FLAGS = "\x1b[<u"
_NAME_REPLY = b"\x1bP>|"
_SYNCHRONIZED_OUTPUT_REPLY = b"\x1b[?2026;"
# DECRPM: 0 is a mode that is not known, 4 one that stays off.
_MODE_UNAVAILABLE = (b"0", b"4")
_CLIPBOARD_ATTRIBUTE = b"52"
"""Terminals that write to the clipboard for OSC 52 name it among their attributes (DA1); many
write to it and do not, so that only its presence says something."""


@dataclass(frozen=True)
class TerminalAbilities:
    """What the terminal answered.

    Args:
        name: What it calls itself, such as "kitty(0.36.4)"; "" where it does not.
        key_release: Whether it reports when a key goes up, so that the talk key can be held.
        synchronized_output: Whether it can hold back half-drawn screens.
        clipboard: Whether it says that it writes to the clipboard (OSC 52).
        true_colour: Whether it says that it draws red, green and blue as they are.
    """

    name: str = ""
    key_release: bool = False
    synchronized_output: bool = False
    clipboard: bool = False
    true_colour: bool = False


def probe(seconds: float = ANSWER_SECONDS) -> TerminalAbilities | None:
    """Ask the terminal that standard input and output are.

    Args:
        seconds: How long to wait for its answers.

    Returns:
        What it answered; None where there is no terminal, or it answers nothing.
    """
    try:
        source, target = sys.stdin.fileno(), sys.stdout.fileno()
        if not (os.isatty(source) and os.isatty(target)):
            return None
        # A job in the background would be stopped for touching the terminal.
        if os.tcgetpgrp(source) != os.getpgrp():
            return None
        with _quiet_input(source):
            return _ask(source, target, time.monotonic() + seconds)
    except (OSError, ValueError, termios.error):
        return None


def _ask(source: int, target: int, deadline: float) -> TerminalAbilities | None:
    colours = _ASK_COLOURS if _may_be_asked_for_colours(os.environ) else ""
    first = "".join(
        (
            _ASK_NAME,
            _ASK_SYNCHRONIZED_OUTPUT,
            colours,
            outer.ASK_KITTY_FLAGS,
            outer.ASK_ATTRIBUTES,
        )
    )
    replies = _replies(source, target, first, deadline, lambda reply: reply.is_attributes)
    if not any(reply.is_attributes for reply in replies):
        return None
    key_release = False
    if any(reply.kitty_flags is not None for reply in replies):
        # Some know the protocol and not all of it, so the flags are set, read back and taken away.
        second = outer.PUSH_KITTY_FLAGS + outer.ASK_KITTY_FLAGS + _POP_KITTY_FLAGS
        answers = _replies(
            source, target, second, deadline, lambda reply: reply.kitty_flags is not None
        )
        flags = [reply.kitty_flags for reply in answers if reply.kitty_flags is not None]
        key_release = bool(flags and flags[-1] & outer.KITTY_EVENT_TYPES)
    return TerminalAbilities(
        name=next((_name_in(reply.raw) for reply in replies if _name_in(reply.raw)), ""),
        key_release=key_release,
        synchronized_output=any(_has_synchronized_output(reply.raw) for reply in replies),
        clipboard=any(reply.is_attributes and _names_clipboard(reply.raw) for reply in replies),
        true_colour=any(_draws_true_colour(reply.raw) for reply in replies),
    )


def _replies(
    source: int, target: int, question: str, deadline: float, is_last: Callable[[Reply], bool]
) -> list[Reply]:
    """Write a question, and return the answers up to the last one or the deadline."""
    os.write(target, question.encode())
    tokenizer = Tokenizer()
    replies: list[Reply] = []
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([source], [], [], left)[0]:
            break
        data = os.read(source, 4096)
        if not data:
            break
        replies += [token for token in tokenizer.feed(data) if isinstance(token, Reply)]
        if any(map(is_last, replies)):
            break
    return replies


@contextmanager
def _quiet_input(source: int) -> Iterator[None]:
    """Let answers come at once and unseen; output stays as it is, for others may print."""
    before = termios.tcgetattr(source)
    tty.setcbreak(source, termios.TCSADRAIN)
    try:
        yield
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)


def _name_in(raw: bytes) -> str:
    if not raw.startswith(_NAME_REPLY):
        return ""
    text = raw.removeprefix(_NAME_REPLY).rstrip(b"\x07\x1b\\")
    return clean_line(text.decode("utf-8", "replace"))[:40]


def _has_synchronized_output(raw: bytes) -> bool:
    state = raw.removeprefix(_SYNCHRONIZED_OUTPUT_REPLY)
    return state != raw and not state.startswith(_MODE_UNAVAILABLE)


def _names_clipboard(raw: bytes) -> bool:
    return _CLIPBOARD_ATTRIBUTE in raw.removeprefix(b"\x1b[?").removesuffix(b"c").split(b";")


def _draws_true_colour(raw: bytes) -> bool:
    return raw.startswith(_CAPABILITY_REPLY) or bool(_COLOUR_SET.match(raw))


def _may_be_asked_for_colours(environment: Mapping[str, str]) -> bool:
    """Return whether device control strings are understood.

    GNU screen passes them on bare to the terminal around it, and older Linux consoles and
    Terminal.app may write them on the screen. None of the three is asked.
    """
    screen = "STY" in environment and "TMUX" not in environment
    plain = environment.get("TERM") == "linux" or (
        environment.get("TERM_PROGRAM") == "Apple_Terminal"
    )
    return not (screen or plain)
