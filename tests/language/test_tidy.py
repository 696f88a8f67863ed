"""Fillers are left out, and nothing else is."""

from __future__ import annotations

import pytest

from codex_voice.language.changes import TrackedText
from codex_voice.language.tidy import drop_fillers


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("Run it, um.", "Run it."),
        ("Run it, um, uh.", "Run it."),
        ("Um, uh, run it um uh um", "Run it"),
        ("Run it. Um. Then stop. Uh, um.", "Run it. Then stop."),
        ("Um.", "Um."),
    ],
)
def test_fillers_go_with_their_commas(heard: str, written: str) -> None:
    """However many there are, and wherever; a text is never emptied."""
    tracked = TrackedText(heard)
    assert tracked.apply(drop_fillers(heard, {"um", "uh"})).text == written
