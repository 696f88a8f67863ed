"""Text on its way into Codex cannot act as a key or a command."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codex_voice.agent.paste import bracketed, guard, minimum_backspaces, sanitise


@given(st.text(st.characters(exclude_categories=[])))
@example("\x1b[201~\ry\x7f\x9b201~\ud800")
def test_no_control_character_survives(text: str) -> None:
    """Only line feeds and tabs are left, and nothing that UTF-8 cannot say."""
    clean = sanitise(text)
    controls = {character for character in clean if unicodedata.category(character) in ("Cc", "Cs")}
    assert controls <= {"\n", "\t"}
    assert sanitise(clean) == clean


@given(st.text())
def test_a_paste_has_one_beginning_and_one_end(text: str) -> None:
    """Whatever was said, there is no way out of the brackets."""
    pasted = bracketed(sanitise(text))
    assert pasted.startswith(b"\x1b[200~")
    assert pasted.endswith(b"\x1b[201~")
    assert pasted.count(b"\x1b") == 2


@given(st.text(), st.text(), st.text())
def test_guarding_adds_nothing_but_spaces_at_the_ends(text: str, before: str, after: str) -> None:
    """What the model gets is what was said."""
    guarded = guard(text, before, after)
    assert guarded.strip() == text.strip()
    assert len(guarded) <= len(text) + 2


def test_characters_that_codex_would_act_on_are_kept_apart() -> None:
    """A command, a shell command and an unfinished mention become plain text."""
    assert guard("/quit", "", "") == " /quit"
    assert guard("!rm -r .", "", "") == " !rm -r ."
    assert guard("see @main", "", "") == "see @main "
    assert guard("use $skill", "now", "") == " use $skill "
    assert guard("mail me@home now", "", "") == "mail me@home now"


@pytest.mark.parametrize(
    ("before", "text", "after", "guarded"),
    [
        ("hello", "big", "world", " big "),
        ("hello ", "big", " world", "big"),
        ("hello", "big", ", world", " big"),
        ("hello (", "big", ")", "big"),
        ("see “", "this", "” there", "this"),
        ("hello", ", world", "", ", world"),
        ("edit", ".env", "", " .env"),
        ("why", "?", "", "?"),
        ("line\n", "next", "", "next"),
        ("日本", "語", "です", "語"),
        ("日本", "word", "語", " word "),
        ("안녕", "세계", "", " 세계"),
        ("", "first", "", "first"),
    ],
)
def test_words_are_parted_on_both_sides_and_punctuation_is_not(
    before: str, text: str, after: str, guarded: str
) -> None:
    """A text in the middle of a draft runs into neither neighbour, and no blank is doubled."""
    assert guard(text, before, after) == guarded


@pytest.mark.parametrize(
    ("text", "presses"),
    [
        ("word", 4),
        ("", 0),
        ("e\u0301", 1),
        ("👩‍💻", 1),
        ("🇩🇪🇫🇷", 2),
        ("👍🏽!", 2),
        ("日本", 2),
        ("✔️", 1),
    ],
)
def test_a_character_as_readers_see_it_takes_one_press(text: str, presses: int) -> None:
    """Marks, joiners, flags and skin tones are deleted with what they belong to."""
    assert minimum_backspaces(text) == presses
