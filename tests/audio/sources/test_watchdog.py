"""The watchdog, with a clock in the test's hands."""

from __future__ import annotations

import pytest

from codex_voice.audio.sources.watchdog import Health, Watchdog
from codex_voice.pcm import FRAME_BYTES

_SOUND = b"\1" * FRAME_BYTES
_SOFT = b"\1\0" * (FRAME_BYTES // 2)
_ZEROS = bytes(FRAME_BYTES)


def test_a_stall_is_told_after_a_second_and_hopeless_after_three() -> None:
    """The time counts from the last frame, or from the opening."""
    watchdog = Watchdog()
    watchdog.opened(100.0)
    assert [watchdog.check(100 + quarters / 4) for quarters in range(1, 5)] == [
        *[Health.GOOD] * 3,
        Health.STALLED,
    ]
    watchdog.frame_came(_SOUND, 102.0)
    assert [watchdog.check(102 + quarters / 4) for quarters in range(1, 13)] == [
        *[Health.GOOD] * 3,
        *[Health.STALLED] * 8,
        Health.HOPELESS,
    ]


def test_a_process_that_was_stopped_waits_for_its_frames() -> None:
    """It is back before they are; a microphone that works is not given up."""
    watchdog = Watchdog()
    watchdog.frame_came(_SOUND, 100.0)
    assert watchdog.check(160.0) is Health.GOOD
    watchdog.frame_came(_SOUND, 160.1)
    assert watchdog.check(160.35) is Health.GOOD


def test_zeros_are_told_within_two_seconds_and_then_ever_more_rarely() -> None:
    """Time is counted in frames; one sound starts it afresh."""
    watchdog = Watchdog()
    watchdog.opened(0.0)

    def zeros_until_reported() -> int:
        count = 1
        while watchdog.frame_came(_ZEROS, 0.0) is not Health.SILENT:
            count += 1
        watchdog.opened(0.0)
        return count

    assert zeros_until_reported() == 90
    assert zeros_until_reported() == 180
    assert zeros_until_reported() == 360
    assert watchdog.frame_came(_SOUND, 0.0) is Health.GOOD
    assert zeros_until_reported() == 90


def test_it_is_known_how_long_nothing_came() -> None:
    """Only where that is longer than it ever takes, and until something comes."""
    watchdog = Watchdog()
    watchdog.opened(100.0)
    watchdog.check(100.25)
    assert watchdog.stalled_seconds == 0
    for number in range(2, 6):
        watchdog.check(100.0 + number / 4)
    assert watchdog.stalled_seconds == 1.25
    watchdog.frame_came(_SOUND, 101.3)
    assert watchdog.stalled_seconds == 0


_DYING_AWAY = [_SOUND] * 10 + [_SOFT] * 5
_ROOM = [_SOUND] * 10 + [_SOFT] * 60
_GAP = [_ZEROS] * 10


@pytest.mark.parametrize(
    ("before", "hung", "gated"),
    [
        (_DYING_AWAY, False, True),
        (_DYING_AWAY, True, False),
        ([_SOUND], False, False),
        (_ROOM, False, False),
    ],
    ids=["died-away", "hung", "mid-word", "in-a-room"],
)
def test_zeros_where_a_sound_has_just_died_away_are_a_noise_gate(
    before: list[bytes], hung: bool, gated: bool
) -> None:
    """Later ones then mean nothing; behind a hang, in mid-word or in a room they show no gate."""
    watchdog = Watchdog()
    watchdog.opened(0.0)
    for frame in before:
        watchdog.frame_came(frame, 0.0)
    for number in range(1, 6 if hung else 1):
        watchdog.check(number / 4)
    for frame in [*_GAP, _SOUND, *_GAP]:
        watchdog.frame_came(frame, 2.0)
    assert watchdog.stopped is not gated


def test_sound_that_turns_into_lasting_zeros_is_an_interruption() -> None:
    """It stays known when the microphone is opened anew; zeros from the beginning are none."""
    watchdog = Watchdog()
    watchdog.opened(0.0)
    for _ in range(100):
        watchdog.frame_came(_ZEROS, 0.0)
    assert watchdog.interruptions == 0
    watchdog.frame_came(_SOUND, 0.0)
    for _ in range(89):
        watchdog.frame_came(_ZEROS, 0.0)
    assert watchdog.interruptions == 0
    assert watchdog.frame_came(_ZEROS, 0.0) is Health.SILENT
    watchdog.opened(1.0)
    assert watchdog.interruptions == 1
    assert not watchdog.stopped


def test_a_microphone_that_gives_the_room_has_no_gate() -> None:
    """Whatever it was taken for: somebody may have muted it for a moment."""
    watchdog = Watchdog()
    watchdog.opened(0.0)
    for frame in [*_DYING_AWAY, *_GAP, *_ROOM, _SOUND, *_GAP]:
        watchdog.frame_came(frame, 0.0)
    assert watchdog.stopped
