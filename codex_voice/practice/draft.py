"""The text in the stand-in's composer."""

from __future__ import annotations


class EditableDraft:
    """Text with a cursor; every edit is one that Codex's composer knows too."""

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0
        """Characters of the text before the cursor."""

    def insert(self, text: str) -> None:
        """Put text at the cursor."""
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)

    def delete_before(self) -> None:
        """Delete the character before the cursor."""
        self._delete_from(max(0, self.cursor - 1))

    def delete_line_before(self) -> None:
        """Delete from the cursor to the start of its line, or the line break there."""
        start = self._line_start()
        self._delete_from(max(0, start - 1) if start == self.cursor else start)

    def delete_line_after(self) -> None:
        """Delete from the cursor to the end of its line, or the line break there."""
        end = self._line_end()
        end += end == self.cursor
        self.text = self.text[: self.cursor] + self.text[end:]

    def move(self, characters: int) -> None:
        """Move the cursor by characters, as far as there are any."""
        self.cursor = min(max(0, self.cursor + characters), len(self.text))

    def move_to_line_start(self) -> None:
        """Move the cursor to the start of its line."""
        self.cursor = self._line_start()

    def move_to_line_end(self) -> None:
        """Move the cursor to the end of its line."""
        self.cursor = self._line_end()

    def take(self) -> str:
        """Return the text and leave the composer empty."""
        text, self.text, self.cursor = self.text, "", 0
        return text

    def _line_start(self) -> int:
        return self.text.rfind("\n", 0, self.cursor) + 1

    def _line_end(self) -> int:
        end = self.text.find("\n", self.cursor)
        return len(self.text) if end < 0 else end

    def _delete_from(self, start: int) -> None:
        self.text = self.text[:start] + self.text[self.cursor :]
        self.cursor = start
