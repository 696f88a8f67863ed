"""Every command of the application, once: its id, what it does, and the key that does the same.

Phrases are data (`data/phrases`), one file a language; what a command does is bound to its id in
`dictation.command_dispatch`. The menu, the help screen, `codex-voice commands` and
docs/commands.md are made from this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from codex_voice.config.schema import KeysConfig


class Command(Enum):
    """Ids of the commands; the value is how phrases, JSON output and documents name one."""

    START_RECORDING = "start recording"
    STOP_RECORDING = "stop recording"
    SEND = "send"
    CANCEL = "cancel"
    NEW_LINE = "new line"
    NEW_PARAGRAPH = "new paragraph"
    CLEAR = "clear"
    SCRATCH = "scratch that"
    REDO = "redo"
    PUT_BACK = "put back"
    REPEAT = "repeat that"
    SELECT_ALL = "select all"
    SCROLL_UP = "scroll up"
    SCROLL_DOWN = "scroll down"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    GO_TO_TOP = "go to top"
    GO_TO_BOTTOM = "go to bottom"
    NEXT = "next"
    PREVIOUS = "previous"
    APPROVE = "approve"
    DENY = "deny"
    MUTE = "mute"
    UNMUTE = "unmute"
    HANDS_FREE = "hands-free mode"
    PUSH_TO_TALK = "push to talk"
    WAKE_WORD = "wake word mode"
    WAKE_UP = "wake up"
    SLEEP = "go to sleep"
    ESCAPE = "escape"
    HELP = "help"
    SETTINGS = "settings"
    EXIT = "exit"


ANSWERS = frozenset({Command.APPROVE, Command.DENY})
"""Commands that answer an approval: only their exact phrases count."""


@dataclass(frozen=True)
class CommandEntry:
    """What there is to know of a command beside its phrases.

    Args:
        command: Its id.
        help: What it does, for the help screen: a sentence without a full stop.
        key: The key that does the same: a name of a key in Codex ("Enter"), or the name of a
            key of ours in `[keys]` ("talk"); "" where there is none.
    """

    command: Command
    help: str
    key: str = ""

    def key_name(self, keys: KeysConfig) -> str:
        """Return the key that does the same, as it is configured; "" where there is none."""
        return {"talk": keys.talk, "menu": keys.menu}.get(self.key, self.key)


COMMANDS: tuple[CommandEntry, ...] = (
    CommandEntry(Command.START_RECORDING, "Listen", "talk"),
    CommandEntry(Command.STOP_RECORDING, "Stop listening", "talk"),
    CommandEntry(Command.SEND, "Send what stands in the composer", "Enter"),
    CommandEntry(Command.CANCEL, "Interrupt Codex", "Esc"),
    CommandEntry(Command.NEW_LINE, "Begin a new line in the composer", "Ctrl+J"),
    CommandEntry(Command.NEW_PARAGRAPH, "Leave an empty line in the composer"),
    CommandEntry(Command.CLEAR, "Delete what stands in the composer"),
    CommandEntry(Command.SCRATCH, "Take out what was dictated last, and then what was before"),
    CommandEntry(Command.REDO, "Put in again what was taken out"),
    CommandEntry(Command.PUT_BACK, "Replace the last text with the words as they were heard"),
    CommandEntry(Command.REPEAT, "Insert the last dictated text once more"),
    CommandEntry(Command.SELECT_ALL, "Let what is said next take the place of the whole draft"),
    CommandEntry(Command.SCROLL_UP, "Scroll up half a screen"),
    CommandEntry(Command.SCROLL_DOWN, "Scroll down half a screen"),
    CommandEntry(Command.PAGE_UP, "Scroll up a screen"),
    CommandEntry(Command.PAGE_DOWN, "Scroll down a screen"),
    CommandEntry(Command.GO_TO_TOP, "Scroll to the first line"),
    CommandEntry(Command.GO_TO_BOTTOM, "Scroll to the last line"),
    CommandEntry(Command.NEXT, "Show the next match of the search"),
    CommandEntry(Command.PREVIOUS, "Show the match before it"),
    CommandEntry(Command.APPROVE, "Approve what Codex asks, this once"),
    CommandEntry(Command.DENY, "Deny what Codex asks"),
    CommandEntry(Command.MUTE, "Mute the microphone"),
    CommandEntry(Command.UNMUTE, "Unmute the microphone"),
    CommandEntry(Command.HANDS_FREE, "Listen all the time"),
    CommandEntry(Command.PUSH_TO_TALK, "Listen after the talk key only"),
    CommandEntry(Command.WAKE_WORD, "Listen after the wake phrase only"),
    CommandEntry(Command.WAKE_UP, "Wake up before the wake phrase is needed again"),
    CommandEntry(Command.SLEEP, "Wait for the wake phrase"),
    CommandEntry(Command.ESCAPE, "Type what follows as it was heard; alone, what is said next"),
    CommandEntry(Command.HELP, "Show what you can say"),
    CommandEntry(Command.SETTINGS, "Open the menu", "menu"),
    CommandEntry(Command.EXIT, "Quit, after a question"),
)
