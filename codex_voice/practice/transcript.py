"""What was said on both sides, as rows that scroll."""

from __future__ import annotations

from dataclasses import dataclass

from codex_voice.practice.rows import BOLD, Row, Span, wrap

PROMPT, ANSWER = "› ", "• "
"""What stands before an entry; its further rows are indented by as much."""


@dataclass
class _Entry:
    marker: Span
    text: str


class Conversation:
    """Entries, oldest first, of which a window is shown that follows the newest by itself."""

    def __init__(self) -> None:
        self.scrolled = 0
        """Rows between the window's end and the newest row."""
        self._entries: list[_Entry] = []

    def add(self, marker: str, text: str, style: str = BOLD) -> None:
        """Add an entry; `marker` takes two cells."""
        self._entries.append(_Entry(Span(marker, style), text))

    def extend(self, text: str) -> None:
        """Add to the newest entry."""
        self._entries[-1].text += text

    def scroll(self, rows: int, columns: int, height: int) -> None:
        """Move the window up by rows (down where negative), as far as there are any."""
        most = max(0, len(self._rows(columns)) - height)
        self.scrolled = min(max(0, self.scrolled + rows), most)

    def window(self, columns: int, height: int) -> list[Row]:
        """Return the `height` rows that are shown, fewer where there are not so many."""
        rows = self._rows(columns)
        end = max(min(height, len(rows)), len(rows) - self.scrolled)
        return rows[max(0, end - height) : end]

    def _rows(self, columns: int) -> list[Row]:
        rows: list[Row] = []
        for entry in self._entries:
            first, *others = wrap(entry.text, max(1, columns - 2))
            rows.append(((entry.marker), Span(first)))
            rows += [(Span("  "), Span(other)) for other in others]
            rows.append(())
        return rows
