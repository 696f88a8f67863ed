"""What is left of the status bar in a narrow terminal."""

from __future__ import annotations

from codex_voice.ui.bars.status_bar import Item, fit

STATE, KEY, MODEL = Item("● idle", weight=9), Item("F1 menu", weight=4), Item("base.en", weight=3)


def test_everything_stays_where_there_is_room() -> None:
    """Six and seven and seven columns, two separators of three and a margin of one."""
    assert fit([STATE, MODEL, KEY], 28) == [STATE, MODEL, KEY]


def test_the_least_important_goes_first() -> None:
    """One column less, and the model goes; the order stays."""
    assert fit([STATE, MODEL, KEY], 27) == [STATE, KEY]
    assert fit([STATE, MODEL, KEY], 1) == [STATE]


def test_what_has_no_words_takes_no_room() -> None:
    """An empty item leaves no separator behind."""
    assert fit([STATE, Item(""), KEY], 80) == [STATE, KEY]
