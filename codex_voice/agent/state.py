"""What is particular to the Codex CLI: how it reports its state, and how it exits.

Measured with codex-cli 0.151, 0.160 and 0.169. The newest reports its state by the Program Status
Protocol (OSC 7501). For an older one the title stands in, and for one whose title is turned off
the screen; neither says that a turn is done, which follows from what came before.
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
    """Knows the state of Codex from what it sends to its terminal."""

    def __init__(self) -> None:
        self._status: CodexState | None = None
        self._title: CodexState | None = None
        self._screen: CodexState | None = None
        self._has_input = False
        self._state = CodexState.STARTING
        self._listeners: list[Callable[[], None]] = []
        self.times_blocked = 0
        """How often Codex has asked for something since this was made."""

    @property
    def state(self) -> CodexState:
        """What Codex is doing, as far as it is known."""
        return self._state

    @property
    def reports_status(self) -> bool:
        """Whether Codex has sent a program status, so that title and screen need not stand in."""
        return self._status is not None

    @property
    def certain(self) -> bool:
        """Whether Codex itself has said what it is doing, and not only its screen.

        The screen does not show that Codex works while an answer streams in.
        """
        return self._status is not None or self._title is not None

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of the state."""
        self._listeners.append(listener)

    def feed_status(self, payload: str) -> CodexState:
        """Handle a program status.

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
        """Handle a window title.

        Beside the status it matters only for a prompt, which it announces when it is armed: of
        two sources that disagree, the one that asks for more care is believed.

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

    def feed_screen(self, seen: CodexState | None) -> CodexState:
        """Handle what the screen shows of the state, which matters only without a status.

        Args:
            seen: BLOCKED, WORKING or IDLE. None, where the screen shows none of them, leaves the
                title alone to say it, and without one what was seen before.

        Returns:
            The state after it.
        """
        if seen is not None or self._title is not None:
            self._screen = seen
        return self._update()

    def input_sent(self) -> CodexState:
        """Note that keys or text have been sent to Codex: that ends DONE, as it does in Codex."""
        self._has_input = True
        if self._status is None and self._state is CodexState.DONE:
            return self._change(CodexState.IDLE)
        return self._state

    def exited(self) -> CodexState:
        """Note that the process has ended."""
        self._status, self._title, self._screen = CodexState.EXITED, None, None
        return self._update()

    def started(self) -> CodexState:
        """Note that a new process has been started."""
        self._status = self._title = self._screen = None
        self._has_input = False
        return self._change(CodexState.STARTING)

    def _update(self) -> CodexState:
        return self._change(self._reported() if self._status else self._derived())

    def _reported(self) -> CodexState:
        if self._title is CodexState.BLOCKED and self._status is not CodexState.EXITED:
            return CodexState.BLOCKED
        return self._status or CodexState.STARTING

    def _derived(self) -> CodexState:
        """Return the state that title and screen show, the one that asks for more care first."""
        shown = (self._title, self._screen)
        for state in (CodexState.BLOCKED, CodexState.WORKING):
            if state in shown:
                return state
        if CodexState.IDLE not in shown:
            return CodexState.STARTING
        # While it starts, Codex shows a spinner too, and that is no turn. From BLOCKED straight to
        # rest goes a turn that was denied, and so not done.
        was_working = self._state in (CodexState.WORKING, CodexState.DONE)
        return CodexState.DONE if was_working and self._has_input else CodexState.IDLE

    def _change(self, state: CodexState) -> CodexState:
        if state is not self._state:
            self._state = state
            self.times_blocked += state is CodexState.BLOCKED
            for listener in self._listeners:
                listener()
        return state


FAREWELL = b"\x03" * 3
"""Keys after which Codex exits: one Ctrl-C clears a draft or denies a question, one interrupts a
turn, one ends it."""

_RESUME = re.compile(r"\bcodex resume ([0-9a-f-]{36})\b")


def resume_id(lines: Sequence[str]) -> str | None:
    """Return the session that Codex's farewell names last, for `codex resume ID`.

    Args:
        lines: The rows of the screen, or of the scrollback, after the exit.
    """
    found = _RESUME.findall("\n".join(lines))
    return found[-1] if found else None
