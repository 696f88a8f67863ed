"""How a text fits to the draft before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.language.joining import fit


@pytest.mark.parametrize(
    ("before", "text", "fitted"),
    [
        ("Rename the file and", "Run the tests.", "run the tests."),
        ("Rename the file.", "Run the tests.", "Run the tests."),
        ("Rename the file.\n", "Run the tests.", "Run the tests."),
        ("Do this:", "Run the tests.", "Run the tests."),
        ("", "Run the tests.", "Run the tests."),
        (None, "Run the tests.", "Run the tests."),
        ("Ask whether", "I can see it.", "I can see it."),
        ("Ask whether", "JSON is allowed.", "JSON is allowed."),
        ("Ask whether", "Berlin is near.", "Berlin is near."),
        ("Rename", "ConfigLoader to it.", "ConfigLoader to it."),
        ("Rename", "Config.py to it.", "Config.py to it."),
        ("/model", "High please.", "High please."),
        ("!ls", "Tests.", "Tests."),
    ],
)
def test_a_capital_stays_where_a_sentence_begins(
    before: str | None, text: str, fitted: str
) -> None:
    """Behind half a sentence an ordinary word is written small; names are not."""
    assert fit(text, before) == fitted


@given(st.text(max_size=20), st.none() | st.text(max_size=20))
def test_only_the_first_letter_ever_changes(text: str, before: str | None) -> None:
    """And fitting twice changes nothing more."""
    fitted = fit(text, before)
    assert fitted[1:] == text[1:]
    assert fitted.lower() == text.lower()
    assert fit(fitted, before) == fitted
