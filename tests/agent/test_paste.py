"""Text on its way into Codex cannot act as a key or a command."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from codex_voice.agent.paste import bracketed, guard, sanitise


@given(st.text(st.characters(exclude_categories=[])))
@example("\x1b[201~\ry\x7f\x9b201~\ud800")
def test_no_control_character_survives(text: str) -> None:
    """Only line feeds and tabs are left, and nothing that UTF-8 cannot say."""
    clean = sanitise(text)
    controls = {sign for sign in clean if unicodedata.category(sign) in ("Cc", "Cs")}
    assert controls <= {"\n", "\t"}
    assert sanitise(clean) == clean


@given(st.text())
def test_a_paste_has_one_beginning_and_one_end(text: str) -> None:
    """Whatever was said, there is no way out of the brackets."""
    pasted = bracketed(sanitise(text))
    assert pasted.startswith(b"\x1b[200~")
    assert pasted.endswith(b"\x1b[201~")
    assert pasted.count(b"\x1b") == 2


@given(st.text(), st.booleans())
def test_guarding_adds_nothing_but_spaces_at_the_ends(text: str, joined: bool) -> None:
    """What the model gets is what was said."""
    guarded = guard(text, joined)
    assert guarded.strip() == text.strip()
    assert len(guarded) <= len(text) + 2


def test_signs_that_codex_would_act_on_are_kept_apart() -> None:
    """A command, a shell command and an unfinished mention become plain text."""
    assert guard("/quit", joined=False) == " /quit"
    assert guard("!rm -r .", joined=False) == " !rm -r ."
    assert guard("see @main", joined=False) == "see @main "
    assert guard("use $skill", joined=True) == " use $skill "
    assert guard("mail me@home now", joined=False) == "mail me@home now"
