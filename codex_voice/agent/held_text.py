"""What is asked of the composer, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from codex_voice.agent.draft import Draft


class TypingOutcome(Enum):
    """What became of what the composer was asked to type or to do."""

    INSERTED = "inserted"
    SENT = "sent"
    QUEUED = "queued"
    """Codex sends it when the turn is over."""
    HELD = "held"
    DROPPED = "dropped"
    """It waited until the user did not want it any more."""
    CLEARED = "cleared"
    APPROVED = "approved"
    DENIED = "denied"
    NOTHING = "nothing"
    """There was nothing to do."""
    REFUSED = "refused"
    """It could not be done safely, and nothing was typed."""
    REMOVED = "removed"
    INTERRUPTED = "interrupted"
    UNCONFIRMED = "unconfirmed"
    """It was typed, and the screen does not show that it worked."""


@dataclass(frozen=True)
class HeldText:
    """A text that waits for the composer.

    Attributes:
        text: What was said.
        send: Whether it is to be sent.
        interrupt: Whether the answer that is running is to be cut short for it.
        label: The caller's own name for it, such as an utterance's.
        typed_over: What stood in the composer when the text was typed, if it was: another view
            came up before the text was seen.
        doubtful: Whether the composer was there and did not show it: it waits to be seen, or for
            `retry`.
    """

    text: str
    send: bool = False
    interrupt: bool = False
    label: str = ""
    typed_over: Draft | None = None
    doubtful: bool = False
