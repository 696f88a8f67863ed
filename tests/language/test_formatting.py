"""From a transcript to the inserted text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codex_voice.language.formatting import tidy


def test_a_transcript_becomes_one_line() -> None:
    """The recogniser's leading space and its line breaks go; its words stay."""
    assert tidy(" Run the tests.\n Then commit. ") == "Run the tests. Then commit."
    assert tidy("  ") == ""


@given(st.text())
def test_no_word_is_lost_or_changed(transcript: str) -> None:
    """Only white space differs between what was recognised and what is inserted."""
    assert tidy(transcript).split() == transcript.split()
