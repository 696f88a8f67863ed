"""The closed list of spoken commands, and when an utterance is one.

An utterance is a command only when the whole of it is: "Send." sends, "Send the report to the
server." is dictation, and so is "Run the tests. Send." A command that is missed is said again;
a sentence that is taken for a command is lost, so precision goes before recall.
"""

from __future__ import annotations

import re
from enum import Enum


class Command(Enum):
    """What can be asked for by voice; the value is how a help screen names it."""

    START_RECORDING = "start recording"
    STOP_RECORDING = "stop recording"
    CANCEL = "cancel"
    SEND = "send"
    CLEAR = "clear"
    SCROLL_UP = "scroll up"
    SCROLL_DOWN = "scroll down"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    GO_TO_TOP = "go to top"
    GO_TO_BOTTOM = "go to bottom"
    APPROVE = "approve"
    DENY = "deny"
    MUTE = "mute"
    UNMUTE = "unmute"
    HANDS_FREE = "hands-free mode"
    PUSH_TO_TALK = "push to talk"
    WAKE_WORD = "wake word mode"
    SLEEP = "go to sleep"
    HELP = "help"
    EXIT = "exit"


OTHER_PHRASES: dict[Command, tuple[str, ...]] = {
    Command.SEND: ("send message", "send the message"),
    Command.CLEAR: ("clear input", "clear the input"),
    Command.GO_TO_TOP: ("go to the top",),
    Command.GO_TO_BOTTOM: ("go to the bottom",),
    Command.HANDS_FREE: ("hands free",),
    Command.PUSH_TO_TALK: ("push to talk mode",),
    Command.WAKE_WORD: ("wake word",),
    Command.EXIT: ("quit",),
}

# Whisper ends what it hears with a full stop, sets commas at will, and opens a line with a dash
# where it believes a second person speaks.
SENTENCE_MARKS = ".,!?;:…"

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def _letters(words: str) -> str:
    """Return the letters alone: "page up", "page-up" and "pageup" sound the same."""
    return re.sub(r"[\s-]", "", words).casefold()


_COMMANDS = {
    _letters(phrase): command
    for command in Command
    for phrase in (command.value, *OTHER_PHRASES.get(command, ()))
}


def parse(text: str) -> Command | None:
    """Return the command that an utterance is, if it is nothing but a command.

    Case, the marks between and after words, and a "please" at either end do not matter. Signs
    that nobody pronounces (as in "/clear", "exit()" or "--help") make it dictation.

    Args:
        text: A transcript.

    Returns:
        The command, or None for dictation.
    """
    words = [word.rstrip(SENTENCE_MARKS) for word in text.split()]
    if words and words[0] == "-":
        words = words[1:]
    if not words or not all(_WORD.fullmatch(word) for word in words):
        return None
    if len(words) > 1 and words[0].casefold() == "please":
        words = words[1:]
    elif len(words) > 1 and words[-1].casefold() == "please":
        words = words[:-1]
    return _COMMANDS.get(_letters("".join(words)))
