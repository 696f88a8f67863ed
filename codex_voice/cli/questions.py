"""Questions to the user on the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def ask(question: str, *, default: bool = False) -> bool:
    """Ask a question that is answered with yes or no.

    Args:
        question: What is asked.
        default: What an empty answer means. Where nobody is there to answer, the answer is no.
    """
    if not sys.stdin.isatty():
        return False
    try:
        answer = input(f"{question} {'[Y/n]' if default else '[y/N]'} ").strip().lower()
    except EOFError:
        return False
    return answer in ("y", "yes") if answer else default


class TerminalQuestions:
    """Asks whoever sits at the terminal."""

    @property
    def answered(self) -> bool:
        """Whether anybody is there to answer."""
        return sys.stdin.isatty()

    def ask(self, question: str, *, default: bool = False) -> bool:
        """Ask a question that is answered with yes or no."""
        return ask(question, default=default)

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """Let one of some choices be picked by its number; return its index, at first 0."""
        for number, choice in enumerate(choices, 1):
            print(f"  {number}  {choice}")
        while True:
            try:
                answer = input(f"{question} [1] ").strip()
            except EOFError:
                return 0
            if not answer:
                return 0
            if answer.isdecimal() and 1 <= int(answer) <= len(choices):
                return int(answer) - 1
            print(f"A number from 1 to {len(choices)}, please.")
