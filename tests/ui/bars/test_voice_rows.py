"""What the voice bar says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.content import Content

from codex_voice.config.schema import VoiceBarSize
from codex_voice.dictation.notice import KeyOffer, Notice
from codex_voice.dictation.state import DictationState, Phase
from codex_voice.errors import MicrophoneUnavailable
from codex_voice.ui.bars.voice_rows import compact_rows, fitted_rows, notice_rows, voice_rows

IDLE = DictationState(mode="push_to_talk")
LISTENING = replace(IDLE, phase=Phase.LISTENING, elapsed=65.4, partial="print the", level_dbfs=-20)


def rows(voice: DictationState | None, speaking: bool, *notices: str) -> list[str]:
    """Return the rows without their colours, under a line that stands there."""
    return [row.plain for row in voice_rows(voice, speaking, list(notices), ["Practice"])]


def test_nothing_to_say_leaves_what_stands_there() -> None:
    """Idle and without news the bar holds the standing line alone."""
    assert rows(IDLE, False) == ["Practice"]


def test_while_listening_one_sees_time_level_and_text() -> None:
    """The partial text is the last row, news waits."""
    standing, meter, partial = rows(LISTENING, True, "Sent.")
    assert standing == "Practice"
    assert meter.startswith("● 1:05 ")
    assert meter.endswith(" -20 dB Esc cancels")
    assert partial == "print the"


def test_escape_is_offered_only_where_it_is_ours() -> None:
    """What began by itself leaves Escape to Codex, and the bar does not claim it."""
    by_itself = replace(LISTENING, mode="hands_free", phase=Phase.IDLE)
    assert not any("Esc" in row for row in rows(by_itself, True))


def test_clipping_is_said() -> None:
    """Too loud is said where one looks while speaking."""
    assert any("clipping" in row for row in rows(replace(LISTENING, clipping=True), True))


def test_a_microphone_that_fails_meanwhile_is_said() -> None:
    """Nobody speaks on into a dead microphone; a recording needs none."""
    trouble = MicrophoneUnavailable("the microphone went away", "is it still connected?")
    deaf = replace(LISTENING, microphone_trouble=trouble)
    assert str(trouble) in rows(deaf, True)
    assert str(trouble) not in rows(replace(deaf, playing=True), True)


def test_the_text_is_awaited_visibly() -> None:
    """Between the end of speech and the text one reads what happens."""
    assert rows(replace(IDLE, phase=Phase.TRANSCRIBING), False)[-1] == "… recognising"


def test_news_are_shown_without_voice_too() -> None:
    """--no-voice still has things to tell."""
    assert rows(None, False, "Copied 5 characters.") == ["Practice", "Copied 5 characters."]


def test_plain_rows_have_no_symbols_and_no_clock() -> None:
    """A screen reader reads each change, so only what changed in meaning changes."""
    spoken = voice_rows(LISTENING, True, [], [], plain=True)
    later = voice_rows(replace(LISTENING, elapsed=66, level_dbfs=-3), True, [], [], plain=True)
    assert [row.plain for row in spoken] == ["Listening. Esc cancels.", "print the"]
    assert spoken == later


def test_compact_leaves_the_row_that_says_most() -> None:
    """The text once there is some, the meter before."""
    assert [row.plain for row in compact_rows(voice_rows(LISTENING, True, [], []))] == ["print the"]
    silent = replace(LISTENING, partial="")
    (meter,) = compact_rows(voice_rows(silent, True, [], ["Practice"]))
    assert meter.plain.startswith("● 1:05 ")


async def nothing() -> None:
    """Do nothing."""


CHANGED = Notice(
    "“Open cart.py.” inserted",
    marked=((6, 13),),
    plain="“Open cart.py.” inserted. Written for you: cart.py",
    offers=tuple(KeyOffer(key, f"does {key}", nothing) for key in ("f6", "f7", "f8")),
)


def test_what_was_changed_is_marked_over_what_keys_do() -> None:
    """Two keys in a row, so that three rows hold four of them."""
    line, *keys = notice_rows(CHANGED)
    marked = [line.plain[span.start : span.end] for span in line.spans]
    assert marked == ["cart.py"]
    assert [row.plain for row in keys] == ["F6 does f6   F7 does f7", "F8 does f8"]
    assert notice_rows(Notice("")) == []


def test_a_screen_reader_is_told_in_words_what_was_changed() -> None:
    """It shows no marks."""
    line = notice_rows(CHANGED, plain=True)[0]
    assert line.plain == CHANGED.plain
    assert not line.spans


def test_in_one_row_the_keys_go_first() -> None:
    """The end of a long text is what may be cut."""
    (row,) = notice_rows(CHANGED, compact=True)
    assert row.plain == f"F6 does f6 · F7 does f7 · F8 does f8 · {CHANGED.text}"


@pytest.mark.parametrize(
    ("size", "shown"),
    [("full", ["Practice", "Sent.", ""]), ("compact", ["Sent."]), ("hidden", ["no microphone"])],
    ids=["full", "compact", "hidden"],
)
def test_the_bar_has_the_configured_size(size: VoiceBarSize, shown: list[str]) -> None:
    """Hidden it says only what does not work."""
    everything = (Content("Practice"), Content("Sent."), Content())
    fitted = fitted_rows(everything, size, ["no microphone"])
    assert [row.plain for row in fitted] == shown
