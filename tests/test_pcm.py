"""Frames."""

from __future__ import annotations

from codex_voice.pcm import FRAME_BYTES, Framer, frames_in


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
    """A second is 50 frames, of 640 bytes each."""
    assert 50 * FRAME_BYTES == 32_000
    assert frames_in(1000) == 50
