"""The threshold lies between the room and the voice, or there is a reason why not."""

from __future__ import annotations

import pytest

from codex_voice.errors import AudioError, MicrophoneUnavailable
from codex_voice.setup.microphone_check import threshold_between

ROOM = [-62.0] * 95 + [-20.0] * 5
VOICE = [-60.0] * 50 + [-30.0] * 50


def test_the_threshold_is_a_third_of_the_way_up() -> None:
    """One slammed door does not count as the room, nor do gaps between words as the voice."""
    assert threshold_between(ROOM[:-1], VOICE) == -51.0


def test_a_silent_microphone_is_not_a_quiet_room() -> None:
    """Digital silence means that it is muted."""
    with pytest.raises(MicrophoneUnavailable, match="silent"):
        threshold_between([-96.0] * 10, [-96.0] * 10)


def test_a_voice_that_does_not_stand_out_is_told() -> None:
    """No threshold could tell it from the room."""
    with pytest.raises(AudioError, match=r"voice \(-30 dBFS\) is hardly louder .* \(-35 dBFS\)"):
        threshold_between([-35.0] * 10, VOICE)
