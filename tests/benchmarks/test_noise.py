"""The noises that nobody is to be heard in, and the ear that hears them."""

from __future__ import annotations

from benchmarks.noise import (
    IN_QUIET,
    LOUD_DBFS,
    NOISES,
    Speaker,
    babble,
    clips_in,
    listen,
    make_noise,
)
from codex_voice.audio.vad.silero import SileroVad


def test_every_clip_is_heard_in_a_quiet_room() -> None:
    """Otherwise that nothing is heard in noise would say nothing."""
    pcm, places = IN_QUIET.speak()
    assert [clips_in(one, pcm, places) for one in listen(pcm, SileroVad)] == [1] * len(places)


def test_babble_as_loud_as_a_voice_is_overheard() -> None:
    """The detector takes parts of it for speech; none of them stands out from the rest."""
    found = listen(make_noise(babble, 90, LOUD_DBFS), SileroVad)
    assert found
    assert all(one.overheard for one in found)


def test_a_voice_stands_out_from_softer_babble() -> None:
    """Single words too are no part of a room that is 10 dB softer."""
    pcm, places = Speaker("in an office", noise=babble, most_seconds=1.2).speak()
    found = [one for one in listen(pcm, SileroVad) if clips_in(one, pcm, places)]
    assert found
    assert not any(one.overheard for one in found)


def test_a_noise_is_the_same_every_time_and_as_long_as_it_was_asked_for() -> None:
    """What is measured today can be compared with what was measured yesterday."""
    for kind in NOISES:
        pcm = make_noise(kind, 2.0, LOUD_DBFS)
        assert pcm == make_noise(kind, 2.0, LOUD_DBFS)
        assert len(pcm) == 64_000
