"""Rows of cells: nothing is lost, nothing is too wide."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codex_voice.practice.rows import BOLD, Span, encode, width, wrap


@given(text=st.text(st.sampled_from("ab 日é\u0301\n"), max_size=80), columns=st.integers(2, 20))
def test_wrapping_loses_nothing_and_fits(text: str, columns: int) -> None:
    """The rows hold every character in order, each row within its cells."""
    rows = wrap(text, columns)
    assert "".join(rows) == text.replace("\n", "")
    assert all(width(row) <= columns for row in rows)


def test_words_stay_whole_where_they_fit() -> None:
    """Rows break at spaces, and inside a word only when it is longer than a row."""
    assert wrap("write a unit test", 9) == ["write a ", "unit test"]
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]
    assert wrap(" b日", 2) == [" ", "b", "日"]


def test_a_row_is_cut_at_the_last_cell_that_fits() -> None:
    """A wide character that would stand half outside is left out, and so is what follows."""
    row = (Span("ab", BOLD), Span("日本c"))
    assert encode(row, 5) == "\x1b[0;1mab\x1b[0;0m日\x1b[0m\x1b[K"
