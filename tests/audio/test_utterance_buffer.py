"""The sound of one utterance, piece by piece."""

from __future__ import annotations

import pytest

from codex_voice.audio.utterance_buffer import UtteranceBuffer
from tests.audio.scripted import frames, noise


def test_a_piece_without_a_pause_is_as_prominent_as_the_one_before() -> None:
    """In 15 seconds of uninterrupted speech nothing is to be heard of the room."""
    first = UtteranceBuffer(None, by_key=False)
    for frame in frames(noise(1, -60), noise(1, -30, seed=1)):
        first.append(frame, loud=True)
    first.weigh([False] * 50 + [True] * 50)
    second = UtteranceBuffer(None, by_key=False, before=first)
    for frame in frames(noise(1, -30)):
        second.append(frame, loud=True)
    second.weigh([True] * 50)
    assert first.prominence_db == pytest.approx(30, abs=1)
    assert second.prominence_db == first.prominence_db
