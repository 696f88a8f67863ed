"""The meter's measurements while a microphone is chosen."""

from __future__ import annotations

import queue
from collections.abc import Callable

from codex_voice.audio.level import Level
from codex_voice.audio.level_monitor import REPORT_MS, LevelMonitor
from codex_voice.errors import AudioError, MicrophoneUnavailable
from codex_voice.pcm import FRAME_SAMPLES, frames_in

QUIET = bytes(2 * FRAME_SAMPLES)
LOUD = (16_384).to_bytes(2, "little") * FRAME_SAMPLES


class Source:
    """A microphone that hears what it is given."""

    name = "scripted"
    active = True

    def __init__(self) -> None:
        self.delivers: queue.Queue[Callable[[bytes], None]] = queue.Queue()
        self.closed = False

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Hand out the way in."""
        self.delivers.put(deliver)

    def close(self) -> None:
        """Note it."""
        self.closed = True


def test_the_loudest_frame_of_each_interval_is_reported() -> None:
    """A short word is not averaged away, and after the end nothing comes."""
    source = Source()
    reports: queue.Queue[Level | AudioError] = queue.Queue()
    monitor = LevelMonitor(lambda: source, reports.put)
    deliver = source.delivers.get(timeout=30)
    for frame in [LOUD] + [QUIET] * (2 * frames_in(REPORT_MS) - 1):
        deliver(frame)
    loud, quiet = reports.get(timeout=30), reports.get(timeout=30)
    assert isinstance(loud, Level)
    assert isinstance(quiet, Level)
    assert round(loud.dbfs) == -6
    assert quiet.dbfs < -90
    monitor.close()
    assert monitor.join(30)
    assert source.closed
    deliver(LOUD)
    assert reports.empty()


def test_a_microphone_that_cannot_be_opened_says_why() -> None:
    """The reason takes the place of the meter."""
    reports: queue.Queue[Level | AudioError] = queue.Queue()

    def fail() -> Source:
        raise MicrophoneUnavailable("no microphone")

    monitor = LevelMonitor(fail, reports.put)
    assert str(reports.get(timeout=30)) == "no microphone"
    assert monitor.join(30)
