"""What the stand-in answers, and what it asks approval for."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The first of these that is found in a prompt names the command that the stand-in pretends to run.
_COMMANDS = {
    r"\brun\b.*\btests?\b": "make test",
    r"\brun\b": "make run",
    r"\bpush\b": "git push",
    r"\bcommit\b": "git commit --all",
}
_LONG = re.compile(r"\b(long|explain|describe)\b", re.IGNORECASE)
_LONG_LINES = 90


@dataclass(frozen=True)
class Answer:
    """An answer: the pieces in which it streams, and a command that needs approval first."""

    pieces: tuple[str, ...]
    command: str = ""


def answer_to(prompt: str) -> Answer:
    """Return the answer to a prompt.

    Args:
        prompt: What was sent.

    Returns:
        An echo; a long answer where something is to be explained; an answer that asks approval
        for a command where something is to be run.
    """
    asked = (command for words, command in _COMMANDS.items() if re.search(words, prompt.lower()))
    command = next(asked, "")
    if command:
        return Answer(
            _words(f"You asked: “{prompt}” Leave was given, and nothing was run."), command
        )
    if _LONG.search(prompt):
        lines = (
            f"  {number:2}. A line of a long answer: say “scroll up” to read it again.\n"
            for number in range(1, _LONG_LINES + 1)
        )
        return Answer((f"You asked: “{prompt}”\n\n", *lines, "\nThe long answer ends here."))
    return Answer(
        _words(
            f"You said: “{prompt}” This is a stand-in for practice: it echoes what it is sent and "
            "changes nothing. Try “run the tests” for an approval prompt, or “explain this "
            "function” for a long answer."
        )
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\S+\s*", text))
