"""Codex's questions on the screen: approvals, and other lists to choose from.

A question takes the place of the composer at the bottom of the screen, and the cursor is hidden
while it is there. So text of the conversation that only looks like a question is not one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from codex_voice.agent.screen import Screen

# "› 1. Yes, proceed (y)": the marked option has the arrow.
_OPTION = re.compile(r"[› ] (\d)\. (\S.*)")
_KEY = re.compile(r"\((\w+)\)$")
# A long option goes on under its own text, not under its number.
_CONTINUATION = re.compile(r" {5}\S")
_BEGINNINGS = ("Would you like", "Do you want", "Allow ")
# "[... 14 lines] ^a view all", "… +12 lines", "[… 3 rows omitted]", and what says how to see it.
_HIDDEN = re.compile(
    r"(?:\.\.\.|…) ?\+?\d+ (?:more )?(?:lines?|rows?)|\bview all\b|^…|…$",
    re.IGNORECASE,
)
# Blank rows and at most a wrapped "Press enter to confirm or esc to cancel" follow.
_FOOTER_ROWS = 5


@dataclass(frozen=True)
class Prompt:
    """A question with numbered options.

    Attributes:
        question: The rows above the options, without blank ones: what is asked, and about what.
        options: The text of each option, in order.
        footer: What is said about the keys.
        appearance: The number of its appearance on the screen, which tells it from another that
            reads alike; 0 where nobody counts.
    """

    question: tuple[str, ...]
    options: tuple[str, ...]
    footer: str
    appearance: int = 0

    @property
    def complete(self) -> bool:
        """Whether all that it asks is on the screen, from its first words on.

        Codex leaves out the middle of what is long (`[... 14 lines] ^a view all`), and a small
        screen cuts off the beginning.
        """
        begins = any(row.startswith(_BEGINNINGS) for row in self.question[:1])
        return begins and not any(_HIDDEN.search(row) for row in self.question)

    @property
    def approval(self) -> bool:
        """Whether the key `y` says yes to it, once and to nothing more.

        An approval always has such an option on the screen; a list of models has not.
        """
        return any(option.startswith("Yes") and _key(option) == "y" for option in self.options)

    @property
    def deniable(self) -> bool:
        """Whether it is an approval that Esc denies."""
        ways_out = any(_key(option) == "esc" for option in self.options)
        return self.approval and (ways_out or "esc to cancel" in self.footer)


def visible_prompt(screen: Screen) -> Prompt | None:
    """Return the question that stands on the screen now, if there is one."""
    if screen.cursor.visible:
        return None
    lines = screen.lines()
    numbered = [row for row, line in enumerate(lines) if _OPTION.match(line)]
    if not numbered:
        return None
    options: list[str] = []
    first = row = _first_option(lines, numbered)
    while row < len(lines):
        line = lines[row]
        if option := _OPTION.match(line):
            options.append(option[2])
        elif _CONTINUATION.match(line):
            options[-1] += " " + line.strip()
        else:
            break
        row += 1
    footer = [line.strip() for line in lines[row:] if line]
    if len(footer) > _FOOTER_ROWS or not any("›" in line for line in lines[first:row]):
        return None
    return Prompt(_question(lines[:first]), tuple(options), " ".join(footer))


def _first_option(lines: list[str], numbered: list[int]) -> int:
    """Return the first row of the last block of options."""
    first = numbered[-1]
    for row in reversed(numbered):
        between = lines[row + 1 : first]
        if all(_CONTINUATION.match(line) for line in between):
            first = row
    return first


def _question(above: list[str]) -> tuple[str, ...]:
    """Return the rows of the question: indented, up to the conversation or the screen's top."""
    rows: list[str] = []
    for line in reversed(above):
        if line and not line.startswith("  "):
            break
        if line:
            rows.insert(0, line.strip())
        if line.startswith("  Would you like"):
            break
    return tuple(rows)


def _key(option: str) -> str:
    found = _KEY.search(option)
    return found[1] if found else ""
