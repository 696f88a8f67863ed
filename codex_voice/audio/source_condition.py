"""How a microphone is, as far as it matters for the end of an utterance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class SourceCondition(Protocol):
    """How a microphone is."""

    @property
    def stopped(self) -> bool:
        """Whether it has turned silent as no room ever is."""

    @property
    def interruptions(self) -> int:
        """How often it has turned so for so long that it was opened anew."""

    @property
    def ended(self) -> bool:
        """Whether it has gone away."""

    @property
    def stalled_seconds(self) -> float:
        """How long it has not answered; 0 while it does."""


@dataclass(frozen=True)
class KnownCondition:
    """The condition of a source that is known beforehand."""

    stopped: bool = False
    interruptions: int = 0
    ended: bool = False
    stalled_seconds: float = 0.0


ALWAYS_GOOD = KnownCondition()
