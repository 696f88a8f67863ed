"""The noises that nobody is to be heard in, and the ear that hears them."""

from __future__ import annotations

from benchmarks.noise import LOUD_DBFS, NOISES, listen, make_noise, speech_in_quiet
from codex_voice.audio.silero import SileroVad


def test_every_clip_is_heard_in_a_quiet_room() -> None:
    """Otherwise that nothing is heard in noise would say nothing."""
    pcm, count = speech_in_quiet()
    assert len(listen(pcm, SileroVad)) == count


def test_a_noise_is_the_same_every_time_and_as_long_as_it_was_asked_for() -> None:
    """What is measured today can be compared with what was measured yesterday."""
    for kind in NOISES:
        pcm = make_noise(kind, 2.0, LOUD_DBFS)
        assert pcm == make_noise(kind, 2.0, LOUD_DBFS)
        assert len(pcm) == 64_000
