"""Frames."""

from __future__ import annotations

from codex_voice.audio.format import FRAME_BYTES, Framer, duration, frames_in


def test_pieces_of_any_size_become_whole_frames() -> None:
    """Nothing is lost or reordered; the last is filled up with silence."""
    sound = bytes(range(256)) * 10
    framer = Framer()
    frames = []
    for start in range(0, len(sound), 490):
        frames += framer.push(sound[start : start + 490])
    frames += framer.flush()
    assert {len(frame) for frame in frames} == {FRAME_BYTES}
    assert b"".join(frames).rstrip(b"\0") == sound.rstrip(b"\0")
    assert framer.flush() == []


def test_time_is_counted_in_samples() -> None:
    """A second is 32,000 bytes and 50 frames."""
    assert duration(bytes(32_000)) == 1.0
    assert frames_in(1000) == 50
