"""A line for the user, with what was changed in it and what a key can still do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

# Function keys, which Codex does not use; ours only while they are offered.
PUT_BACK_KEY = "f3"
WORD_KEY = "f5"
CHOICE_KEYS = ("f6", "f7", "f8", "f9")


@dataclass(frozen=True)
class KeyOffer:
    """Something that a key does while it is offered.

    Attributes:
        key: Its canonical name.
        label: What it does, for people.
        run: Does it.
    """

    key: str
    label: str
    run: Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Notice:
    """A line for the user.

    Attributes:
        text: The line.
        marked: Places in it that are to be seen at once, as start and end.
        plain: The same for a screen reader, which shows no marks; "" for the line itself.
        offers: What keys do while it is shown.
        lasting: Whether it waits for an answer, and so is shown for longer.
        gone: Called once, when it is no longer shown.
    """

    text: str
    marked: tuple[tuple[int, int], ...] = ()
    plain: str = ""
    offers: tuple[KeyOffer, ...] = ()
    lasting: bool = False
    gone: Callable[[], None] = lambda: None
