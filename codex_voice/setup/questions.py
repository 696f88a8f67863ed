"""How the set-up asks: whoever runs it decides where the answers come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Questions(Protocol):
    """Somebody who can be asked."""

    @property
    def answered(self) -> bool:
        """Whether anybody is there to answer."""

    def ask(self, question: str, *, default: bool = False) -> bool:
        """Ask a question that is answered with yes or no; no answer is the default."""

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """Let one of some choices be picked by its number; return its index.

        The first one is the default.
        """
