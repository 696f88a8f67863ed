"""The level of an utterance for the meter."""

from __future__ import annotations

from codex_voice.audio.events import LevelChanged
from codex_voice.audio.level import LevelMeter
from codex_voice.audio.level_reports import LevelReports


def test_every_fourth_frame_is_reported() -> None:
    """12.5 levels a second, with the length of the utterance so far."""
    posted: list[LevelChanged] = []
    reports = LevelReports(posted.append)
    for number in range(1, 13):
        reports.push(LevelMeter(), number * 0.02)
    assert [round(level.elapsed, 2) for level in posted] == [0.08, 0.16, 0.24]


def test_without_an_utterance_nothing_is_posted() -> None:
    """A quiet room wakes no event loop, and the first frame of an utterance has its level."""
    posted: list[LevelChanged] = []
    reports = LevelReports(posted.append)
    for _ in range(500):
        reports.push(LevelMeter(), None)
    assert posted == []
    reports.push(LevelMeter(), 0.02)
    assert len(posted) == 1
