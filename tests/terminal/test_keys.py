"""Names of keys, and what a terminal must be asked for to tell of them."""

from __future__ import annotations

import pytest

from codex_voice.key_names import canonical_name
from codex_voice.terminal.keys import needs_all_keys


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ctrl-Space", "ctrl+space"),
        ("control+space", "ctrl+space"),
        ("shift+ctrl+Esc", "ctrl+shift+escape"),
        ("PgUp", "pageup"),
        ("Right_Control", "right_ctrl"),
        ("opt-x", "alt+x"),
        ("F1", "f1"),
        ("A", "A"),
        ("-", "-"),
        ("+", "+"),
    ],
)
def test_people_may_write_a_key_as_they_like(written: str, name: str) -> None:
    """Synonyms, case and separators do not matter; letters of one key do."""
    assert canonical_name(written) == name


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("right_ctrl", True),
        ("left_alt", True),
        ("shift+space", True),
        ("shift+enter", True),
        ("ctrl+backspace", True),
        ("ctrl+space", False),
        ("f1", False),
        ("alt+x", False),
        ("ctrl+shift+space", False),
        ("a", False),
        ("+", False),
    ],
)
def test_few_keys_need_all_keys_as_sequences(name: str, needed: bool) -> None:
    """Modifiers by themselves, and keys whose release is not told otherwise."""
    assert needs_all_keys(name) is needed
