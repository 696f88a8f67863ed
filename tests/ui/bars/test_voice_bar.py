"""The rows above the status bar, and the level meter in them."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from codex_voice.ui.bars.voice_bar import VoiceBar, draw_meter


@pytest.mark.parametrize(("dbfs", "filled"), [(-90.0, 0), (-60.0, 0), (-30.0, 15), (0.0, 30)])
def test_the_meter_is_linear_in_decibels(dbfs: float, filled: int) -> None:
    """Sixty decibels fill it; less shows as nothing, and more than all cannot be."""
    meter = draw_meter(dbfs, dbfs, 30)
    dim = sum(span.end - span.start for span in meter.spans if span.style == "dim")
    assert len(meter) == 30
    assert 30 - dim == filled


def test_the_peak_stands_beyond_the_level() -> None:
    """The loudest moment stays to be seen for a while."""
    assert draw_meter(-40.0, -20.0, 30).plain.index("╸") == 19


class VoiceBarApp(App[None]):
    """Shows a voice bar."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield VoiceBar()


async def test_the_bar_never_shrinks_while_it_is_there() -> None:
    """Each change of its height makes Codex draw its screen again; empty, it is gone."""
    app = VoiceBarApp()
    async with app.run_test():
        bar = app.query_one(VoiceBar)
        one, two = (Content("one"),), (Content("one"), Content("two"))
        bar.show(two)
        assert bar.display
        bar.show(one)
        assert len(bar.rows) == 2
        bar.show((*two, *two))
        assert [row.plain for row in bar.rows] == ["two", "one", "two"]
        bar.show(())
        assert not bar.display
