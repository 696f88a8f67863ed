"""Answers to the questions of the set-up, for tests."""

from __future__ import annotations

from collections.abc import Sequence


class Answers:
    """Answers questions out of a list; those that it does not know with no.

    Args:
        answered: Whether anybody is there.
        yes: Parts of the questions that are answered with yes.
    """

    def __init__(self, *yes: str, answered: bool = False) -> None:
        self.answered = answered
        self.asked: list[str] = []
        self._yes = yes

    def ask(self, question: str, *, default: bool = False) -> bool:
        """Answer with yes or no, whatever the default."""
        assert default in (True, False)
        self.asked.append(question)
        return any(part in question for part in self._yes)

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """Take the second one, where there is one."""
        self.asked.append(question)
        return min(1, len(choices) - 1)
