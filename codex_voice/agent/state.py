"""What is particular to the Codex CLI: how it tells its state, and how it leaves.

Measured with codex-cli 0.169. Codex reports its state by the Program Status Protocol (OSC 7501)
and less exactly by its title; nothing of the user's configuration is needed for either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import Enum


class CodexState(Enum):
    """What Codex is doing."""

    STARTING = "starting"
    IDLE = "idle"
    WORKING = "working"
    BLOCKED = "blocked"
    """It waits for an approval, which may not be on the screen yet."""
    DONE = "done"
    """A turn has ended; stays so until the next key."""
    ERROR = "error"
    EXITED = "exited"


_STATUSES = {
    "idle": CodexState.IDLE,
    "working": CodexState.WORKING,
    "blocked": CodexState.BLOCKED,
    "done": CodexState.DONE,
    "error": CodexState.ERROR,
    "clear": CodexState.EXITED,
}

_ACTION_REQUIRED = re.compile(r"\[ [!.] \] Action Required\b")
_SPINNER = re.compile(r"[\u2801-\u28ff] ")


class StateTracker:
    """Knows the state of Codex from what it tells its terminal."""

    def __init__(self) -> None:
        self._status: CodexState | None = None
        self._title: CodexState | None = None
        self._state = CodexState.STARTING
        self._listeners: list[Callable[[], None]] = []
        self.times_blocked = 0
        """How often Codex has asked for something since this was made."""

    @property
    def state(self) -> CodexState:
        """What Codex is doing, as far as it has told."""
        return self._state

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of the state."""
        self._listeners.append(listener)

    def feed_status(self, payload: str) -> CodexState:
        """Take a program status.

        Args:
            payload: What follows `7501;`: `key=value` pairs with colons between them, in any
                order, such as `state=blocked:app=codex:kind=permission`. Unknown states and the
                states of other programs (an editor that Codex opened) change nothing.

        Returns:
            The state after it.
        """
        pairs = dict(pair.partition("=")[::2] for pair in payload.split(":"))
        if pairs.get("app", "codex") == "codex":
            status = _STATUSES.get(pairs.get("state", ""), self._status)
            # Told again it is another question: one may follow the other without a pause.
            self.times_blocked += status is self._status is CodexState.BLOCKED
            self._status = status
        return self._update()

    def feed_title(self, title: str) -> CodexState:
        """Take a window title.

        Beside the status it matters only for a prompt, which it announces when it is armed: of
        two sources that disagree about that, the careful one is believed.

        Args:
            title: The title, such as `[ ! ] Action Required | project` or `⠋ project`.

        Returns:
            The state after it.
        """
        if _ACTION_REQUIRED.match(title):
            self._title = CodexState.BLOCKED
        elif _SPINNER.match(title):
            self._title = CodexState.WORKING
        else:
            self._title = CodexState.IDLE if title else None
        return self._update()

    def exited(self) -> CodexState:
        """Note that the process has ended."""
        self._status, self._title = CodexState.EXITED, None
        return self._update()

    def started(self) -> CodexState:
        """Note that a new process has been started."""
        self._status = self._title = None
        return self._update()

    def _update(self) -> CodexState:
        state = self._status or self._title or CodexState.STARTING
        if self._title is CodexState.BLOCKED and state is not CodexState.EXITED:
            state = CodexState.BLOCKED
        if state is not self._state:
            self._state = state
            self.times_blocked += state is CodexState.BLOCKED
            for listener in self._listeners:
                listener()
        return state


FAREWELL = b"\x03" * 3
"""Keys after which Codex leaves: one Ctrl-C clears a draft or denies a question, one interrupts a
turn, one ends it."""

_RESUME = re.compile(r"\bcodex resume ([0-9a-f-]{36})\b")


def resume_id(lines: Sequence[str]) -> str | None:
    """Return the session that Codex's farewell names last, for `codex resume ID`.

    Args:
        lines: The rows of the screen, or of the scrollback, after the exit.
    """
    found = _RESUME.findall("\n".join(lines))
    return found[-1] if found else None
