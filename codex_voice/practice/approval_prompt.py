"""The approval prompt, in Codex's own words (codex-cli 0.169.0)."""

from __future__ import annotations

from enum import Enum

from codex_voice.practice.rows import BOLD, DIM, REVERSE, Row, Span


class ApprovalAnswer(Enum):
    """What can be answered."""

    ONCE = 0
    ALWAYS = 1
    NO = 2


_CHARACTERS = {
    "y": ApprovalAnswer.ONCE,
    "1": ApprovalAnswer.ONCE,
    "p": ApprovalAnswer.ALWAYS,
    "2": ApprovalAnswer.ALWAYS,
    "n": ApprovalAnswer.NO,
    "3": ApprovalAnswer.NO,
}


class ApprovalPrompt:
    """Asks for approval of one command."""

    def __init__(self, command: str) -> None:
        self.command = command
        self._marked = 0

    def press(self, key: str) -> ApprovalAnswer | None:
        """Handle a key or a character; return the choice when it makes one."""
        if key == "enter":
            return ApprovalAnswer(self._marked)
        if key in ("escape", "ctrl+c"):
            return ApprovalAnswer.NO
        if key in ("up", "down"):
            self._marked = (self._marked + (1 if key == "down" else -1)) % len(ApprovalAnswer)
        return _CHARACTERS.get(key)

    def rows(self) -> list[Row]:
        """Return the prompt as it stands on the screen."""
        choices = (
            "1. Yes, proceed (y)",
            f"2. Yes, and don't ask again for commands that start with `{self.command}` (p)",
            "3. No, and tell Codex what to do differently (esc)",
        )
        return [
            (Span("  Would you like to run the following command?", BOLD),),
            (),
            (Span("  Environment: local"),),
            (),
            (Span("  Reason: practice; nothing is run"),),
            (),
            (Span(f"  $ {self.command}"),),
            (),
            *(
                (Span(f"› {choice}", REVERSE) if number == self._marked else Span(f"  {choice}"),)
                for number, choice in enumerate(choices)
            ),
            (),
            (Span("  Press enter to confirm or esc to cancel", DIM),),
        ]
