"""How long Moshi takes to answer."""

from __future__ import annotations

from codex_voice.serve.moshi.configuration import FRAME_SAMPLES
from codex_voice.serve.moshi.latency import LatencyMonitor

_FRAME = 0.08


def conversation(monitor: LatencyMonitor, frames: int, late: float) -> None:
    """Send frames in real time; each is answered so late, and the first one not at all."""
    happenings = [(number * _FRAME, True) for number in range(frames)]
    happenings += [(number * _FRAME + late, False) for number in range(1, frames)]
    for moment, sent in sorted(happenings):
        (monitor.sent if sent else monitor.received)(FRAME_SAMPLES, moment)


def test_an_answer_belongs_to_the_frame_after_the_one_it_counts() -> None:
    """The server skips the first frame, and answers n frames with n - 1."""
    monitor = LatencyMonitor(10)
    conversation(monitor, 30, late=0.125)
    assert round(monitor.last_ms) == round(monitor.mean_ms) == 125


def test_pieces_of_any_size_count_as_the_frames_they_make() -> None:
    """The codec gives half frames."""
    monitor = LatencyMonitor(1)
    for moment in range(8):
        monitor.sent(FRAME_SAMPLES // 2, moment)
    monitor.received(FRAME_SAMPLES // 2, 10)
    assert monitor.last_ms == 0
    monitor.received(FRAME_SAMPLES // 2, 10)
    # The second frame was complete at the time 3.
    assert monitor.last_ms == 7000


def test_the_threshold_is_for_the_mean_of_a_whole_window() -> None:
    """Nine late frames are none."""
    early, whole = LatencyMonitor(10), LatencyMonitor(10)
    conversation(early, 10, late=3)
    assert not early.exceeds(2500, now=4)
    conversation(whole, 11, late=3)
    assert whole.exceeds(2500, now=4)


def test_no_answer_at_all_is_a_latency_too() -> None:
    """A frozen server sends nothing that could be measured."""
    monitor = LatencyMonitor(10)
    for number in range(10):
        monitor.sent(FRAME_SAMPLES, number * _FRAME)
    assert not monitor.exceeds(2500, now=2.5)
    assert monitor.exceeds(2500, now=3)


def test_who_stops_sending_is_not_owed_an_answer() -> None:
    """The last frames stay in the codecs' buffers for ever."""
    monitor = LatencyMonitor(10)
    conversation(monitor, 20, late=0.1)
    assert not monitor.exceeds(2500, now=1000)


def test_an_endless_backlog_takes_bounded_memory() -> None:
    """What is forgotten counts as old as the oldest that is known."""
    monitor = LatencyMonitor(1)
    for number in range(5000):
        monitor.sent(FRAME_SAMPLES, number)
    monitor.received(FRAME_SAMPLES, 5000)
    assert monitor.last_ms == 1024 * 1000
