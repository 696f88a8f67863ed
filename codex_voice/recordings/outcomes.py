"""What became of an utterance, from its capture to its line in the history.

One word for each, everywhere: on disk, in the history of the app and on the command line.
"""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of an utterance; the value is the word for it on disk and on the screen."""

    PENDING = "pending"
    """Nothing yet: it is being spoken or recognised, or its program ended meanwhile."""
    INSERTED = "inserted"
    SENT = "sent"
    QUEUED = "queued"
    """Codex sends it when its turn is over."""
    HELD = "held"
    """Its text waits until Codex can take it."""
    UNCONFIRMED = "unconfirmed"
    """Its text was typed, and the composer does not show it."""
    DROPPED = "dropped"
    """Its text waited until the user did not want it any more."""
    COMMAND = "command"
    CANCELLED = "cancelled"
    """The user cancelled it while it was being spoken."""
    NO_WORDS = "no words"
    OVERHEARD = "overheard"
    """It was no louder than the room: others were talking."""
    FAILED = "failed"
    """The recogniser had no answer."""
    PRINTED = "printed"
    """Its text was printed by `codex-voice history retry`."""

    @classmethod
    def of(cls, word: str) -> Outcome:
        """Return the outcome of a word; `PENDING` for one that is not known, so nothing is lost."""
        try:
            return cls(word)
        except ValueError:
            return cls.PENDING

    @property
    def is_open(self) -> bool:
        """Whether the text has not arrived anywhere yet."""
        return self in (Outcome.PENDING, Outcome.HELD, Outcome.UNCONFIRMED)
