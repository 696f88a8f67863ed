"""The status bar answers clicks."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from codex_voice.dictation.status_items import StatusItem
from codex_voice.ui.bars.status_bar import StatusBar


class StatusBarApp(App[None]):
    """Shows a status bar, and keeps what was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.clicked: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield StatusBar()

    def on_status_bar_item_clicked(self, message: StatusBar.ItemClicked) -> None:
        """Keep it."""
        self.clicked.append(message.action)


@pytest.mark.parametrize("plain", [False, True])
async def test_a_click_reports_the_part_under_the_mouse(plain: bool) -> None:
    """Also where plain words are shorter; between parts and on mere news nothing happens."""
    app = StatusBarApp()
    async with app.run_test(size=(40, 5)) as pilot:
        bar = app.query_one(StatusBar)
        bar.styles.height = 1
        bar.plain = plain
        bar.items = (StatusItem("● idle"), StatusItem("F1 menu", action="menu"))
        await pilot.pause()
        start = bar.render().plain.index("F1")
        for column in (2, start - 2, start, start + 6, start + 7):
            await pilot.click(StatusBar, offset=(column, 0))
        await pilot.pause()
    assert app.clicked == ["menu", "menu"]
