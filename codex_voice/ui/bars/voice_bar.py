"""Up to three rows above the status bar, shown only while there is something to say."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

MAXIMUM_ROWS = 3

# The scale of the meter, in dB below full scale: linear in dB, green to -12, amber to -3.
FLOOR_DBFS = -60.0
AMBER_DBFS = -12.0
RED_DBFS = -3.0


def draw_meter(dbfs: float, peak_dbfs: float, width: int) -> Content:
    """Draw a level meter of some columns: a bar for the level, a tick for the held peak."""

    def column(level: float) -> int:
        share = (level - FLOOR_DBFS) / -FLOOR_DBFS
        return round(min(1.0, max(0.0, share)) * width)

    cells: list[tuple[str, str]] = []
    filled, peak = column(dbfs), column(peak_dbfs)
    for position in range(width):
        level = FLOOR_DBFS * (1 - position / width)
        colour = "$success" if level < AMBER_DBFS else "$warning" if level < RED_DBFS else "$error"
        if position < filled:
            cells.append(("━", colour))
        elif position == peak - 1:
            cells.append(("╸", colour))
        else:
            cells.append(("━", "dim"))
    return Content.assemble(*cells)


class VoiceBar(Widget):
    """Shows its rows, and nothing at all where there are none."""

    rows: reactive[tuple[Content, ...]] = reactive((), layout=True)
    plain: reactive[bool] = reactive(False)
    """Whether the rows stand without the line at their left, for screen readers."""

    def show(self, rows: tuple[Content, ...]) -> None:
        """Show the last three of some rows.

        While it is there it never shrinks, for each change of its height makes Codex draw its
        whole screen again.
        """
        blank = (Content(),) * (len(self.rows) - len(rows) if rows else 0)
        self.rows = (rows + blank)[-MAXIMUM_ROWS:]

    def watch_rows(self, rows: tuple[Content, ...]) -> None:
        """Use no space while there is nothing to show."""
        self.display = bool(rows)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for a line a row: what is drawn depends on the room, and must not decide on it."""
        return len(self.rows)

    def render(self) -> Content:
        """Return the rows, with a line at their left that tells them from Codex's.

        Where there is no room for all, the most urgent are left, which are the last with text.
        """
        edge = Content() if self.plain else Content.styled("▌ ", "$primary")
        rows = self.rows
        if (room := self.size.height) and room < len(rows):
            rows = tuple(row for row in rows if row.plain)[-room:]
        return Content("\n").join(edge + row for row in rows)
