"""A text that is changed step by step and knows at every step what was heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """One replacement in a text.

    Args:
        start: Where it begins in the text.
        end: Where it ends; equal to `start` for an insertion.
        text: What is to stand there.
        why: The reason, in a few words for the user.
        choices: What else may have been meant, where that is not clear; `text` is the first.
    """

    start: int
    end: int
    text: str
    why: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """What became of a part of what was heard.

    Args:
        heard_start: Where the part begins in the heard text.
        heard_end: Where it ends there.
        start: Where what was written for it begins in the written text.
        end: Where it ends there.
        heard: The words that were heard.
        written: The words that were written.
        why: The reasons, in the order in which they applied.
        choices: What may have been meant, where that is not clear.
    """

    heard_start: int
    heard_end: int
    start: int
    end: int
    heard: str
    written: str
    why: tuple[str, ...]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
    """A part of the text; without a reason it is written as it was heard."""

    heard: str
    written: str
    why: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def split(self, place: int) -> tuple[_Piece, _Piece]:
        text = self.written
        return _Piece(text[:place], text[:place]), _Piece(text[place:], text[place:])


class TrackedText:
    """A text with the history of its parts. Immutable: an edit makes a new one.

    Args:
        heard: The text as it was recognised.
        words: Its words in order, each with the recogniser's confidence, 0 to 1; may be empty.
    """

    def __init__(self, heard: str, words: Iterable[tuple[str, float]] = ()) -> None:
        self._pieces: tuple[_Piece, ...] = (_Piece(heard, heard),)
        self._confidences = _placed(heard, words)

    @property
    def heard(self) -> str:
        """The text as it was recognised."""
        return "".join(piece.heard for piece in self._pieces)

    @property
    def text(self) -> str:
        """The text as it is now."""
        return "".join(piece.written for piece in self._pieces)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed, in order."""
        changes = []
        heard = written = 0
        for piece in self._pieces:
            heard_end, end = heard + len(piece.heard), written + len(piece.written)
            if piece.why:
                changes.append(
                    Change(
                        heard,
                        heard_end,
                        written,
                        end,
                        piece.heard,
                        piece.written,
                        piece.why,
                        # What was changed once more is settled.
                        piece.choices if piece.written in piece.choices else (),
                    )
                )
            heard, written = heard_end, end
        return tuple(changes)

    def confidence(self, start: int, end: int) -> float | None:
        """Return the lowest confidence of what was heard for a part of the text as it is now.

        Args:
            start: Where the part begins.
            end: Where it ends.

        Returns:
            0 to 1; None where it is not known.
        """
        lowest: float | None = None
        heard = written = 0
        for piece in self._pieces:
            heard_end, written_end = heard + len(piece.heard), written + len(piece.written)
            if written < end and start < written_end:
                first, last = (heard, heard_end)
                if not piece.why:
                    first, last = heard + max(0, start - written), heard + end - written
                for begins, ends, confidence in self._confidences:
                    if begins < last and first < ends:
                        lowest = confidence if lowest is None else min(lowest, confidence)
            heard, written = heard_end, written_end
        return lowest

    def apply(self, edits: Iterable[Edit]) -> TrackedText:
        """Return the text after edits of it that do not overlap."""
        pieces = list(self._pieces)
        changed = False
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
            pieces = _replace(pieces, edit)
            changed = True
        return self._with(pieces) if changed else self

    def undo(self, change: Change) -> TrackedText:
        """Return the text with the words that were heard in place of one change."""
        pieces = []
        heard = 0
        for piece in self._pieces:
            if piece.why and heard == change.heard_start and piece.heard == change.heard:
                piece = _Piece(piece.heard, piece.heard)
            heard += len(piece.heard)
            pieces.append(piece)
        return self._with(pieces)

    def _with(self, pieces: Iterable[_Piece]) -> TrackedText:
        tracked = TrackedText("")
        tracked._pieces = tuple(piece for piece in pieces if piece.heard or piece.written)
        tracked._confidences = self._confidences
        return tracked


def _placed(heard: str, words: Iterable[tuple[str, float]]) -> tuple[tuple[int, int, float], ...]:
    """Return where the words stand in a text, with their confidences."""
    placed = []
    end = 0
    for word, confidence in words:
        start = heard.find(word.strip(), end)
        if start >= 0:
            end = start + len(word.strip())
            placed.append((start, end, confidence))
    return tuple(placed)


def _replace(pieces: list[_Piece], edit: Edit) -> list[_Piece]:
    before: list[_Piece] = []
    covered: list[_Piece] = []
    after: list[_Piece] = []
    prefix = suffix = ""
    place = 0
    for piece in pieces:
        start, end = place, place + len(piece.written)
        place = end
        if end <= edit.start and not (start == end == edit.start and covered):
            before.append(piece)
            continue
        if start >= edit.end:
            after.append(piece)
            continue
        if start < edit.start:
            if piece.why:
                prefix = piece.written[: edit.start - start]
            else:
                left, piece = piece.split(edit.start - start)
                before.append(left)
                start = edit.start
        if end > edit.end:
            if piece.why:
                suffix = piece.written[edit.end - start :]
            else:
                piece, right = piece.split(edit.end - start)
                after.append(right)
        covered.append(piece)
    heard = "".join(piece.heard for piece in covered)
    written = prefix + edit.text + suffix
    why = tuple(dict.fromkeys([*(why for piece in covered for why in piece.why), edit.why]))
    if heard == written:
        return [*before, _Piece(heard, written), *after]
    return [*before, _Piece(heard, written, why, edit.choices), *after]
