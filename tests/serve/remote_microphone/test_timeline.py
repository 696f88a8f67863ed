"""Time stamps tell gaps, and nothing is heard twice."""

from __future__ import annotations

from codex_voice.pcm import FRAME_BYTES, FRAME_MS
from codex_voice.serve.remote_microphone.timeline import Timeline

FRAMES = [bytes([number]) * FRAME_BYTES for number in range(1, 60)]


def test_sound_without_gaps_is_left_alone() -> None:
    """Frame after frame, as it was sent."""
    timeline = Timeline()
    placed = [timeline.place(frame, FRAME_MS * n) for n, frame in enumerate(FRAMES)]
    assert placed == FRAMES
    assert timeline.gaps == 0


def test_a_gap_is_filled_with_silence_that_is_no_digital_zero() -> None:
    """Five frames were lost: their time is kept, or endpoints would move."""
    timeline = Timeline()
    timeline.place(FRAMES[0], 0)
    placed = timeline.place(FRAMES[6], 6 * FRAME_MS)
    assert placed == b"\1\0" * (5 * FRAME_BYTES // 2) + FRAMES[6]
    assert timeline.gaps == 1


def test_what_was_heard_already_is_left_out() -> None:
    """Sent again after a hiccup, whole or in part."""
    timeline = Timeline()
    sound = b"".join(FRAMES[:10])
    assert timeline.place(sound, 0) == sound
    assert timeline.place(sound, 0) == b""
    assert timeline.place(sound + FRAMES[10], 0) == FRAMES[10]
    assert timeline.gaps == 0


def test_a_new_connection_begins_anew_after_what_was_missed() -> None:
    """Its time stamps are its own; long absences are not heard through."""
    timeline = Timeline()
    timeline.place(FRAMES[0], 90_000)
    assert len(timeline.reconnected(0.1)) == 5 * FRAME_BYTES
    assert timeline.place(FRAMES[1], 0) == FRAMES[1]
    assert len(timeline.reconnected(60.0)) == 100 * FRAME_BYTES
    assert timeline.gaps == 2


def test_without_time_stamps_everything_is_taken_as_it_comes() -> None:
    """Some senders tell none."""
    timeline = Timeline()
    assert timeline.place(FRAMES[0], None) == FRAMES[0]
    assert timeline.place(FRAMES[0], None) == FRAMES[0]
