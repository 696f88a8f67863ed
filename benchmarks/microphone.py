#!/usr/bin/env python3
"""What listening costs, and how soon it begins.

    python -m benchmarks.microphone [--seconds 20] [--openings 20] [--virtual] [--wave FILE]

Reports the CPU time of an open microphone, in percent of a core, with each voice activity
detector (process time, so that other programs do not matter), and the time from `listen` to the
open device and to the first captured frame. It listens to the default microphone, or to a virtual
one in a quiet room.
"""

from __future__ import annotations

import argparse
import platform
import queue
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.noise import ROOM_DBFS, fan, make_noise
from benchmarks.whole_program import virtual_microphone
from codex_voice.audio.capture import Capture, CaptureSettings
from codex_voice.audio.events import CaptureEvent, Closed, Opened
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.audio.sources.wav_file import WaveFile
from codex_voice.audio.vad.detector import Vad, WebrtcVad
from codex_voice.audio.vad.silero import SileroVad


class _FirstFrame:
    """A source that notes when its first frame came."""

    def __init__(self, source: FrameSource, note: Callable[[float], None]) -> None:
        self._source = source
        self._note = note
        self._came = False

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def active(self) -> bool:
        return self._source.active

    def open(self, deliver: Callable[[bytes], None]) -> None:
        def receive(frame: bytes) -> None:
            if not self._came:
                self._came = True
                self._note(time.perf_counter())
            deliver(frame)

        self._source.open(receive)

    def close(self) -> None:
        self._source.close()


def measure_cpu(make: Callable[[], FrameSource], vad: Callable[[], Vad], seconds: float) -> float:
    """Return the CPU time of listening, in percent of a core."""
    opened = threading.Event()

    def post(event: CaptureEvent) -> None:
        if isinstance(event, Opened):
            opened.set()

    capture = Capture(make, CaptureSettings(hands_free_vad=vad), post)
    capture.monitor(True)
    if not opened.wait(10):
        raise SystemExit("the microphone does not open")
    time.sleep(1)
    began, cpu = time.perf_counter(), time.process_time()
    time.sleep(seconds)
    used = (time.process_time() - cpu) / (time.perf_counter() - began)
    capture.close()
    return 100 * used


def measure_openings(
    make: Callable[[], FrameSource], count: int
) -> tuple[list[float], list[float], list[float]]:
    """Return what the device takes to open, and `listen` to opened and first frame, in ms."""
    events: queue.SimpleQueue[CaptureEvent] = queue.SimpleQueue()
    first: queue.SimpleQueue[float] = queue.SimpleQueue()
    capture = Capture(lambda: _FirstFrame(make(), first.put), CaptureSettings(), events.put)
    time.sleep(1)
    device, opened, captured = [], [], []
    for _ in range(count):
        began = time.perf_counter()
        capture.listen()
        while not isinstance(event := events.get(timeout=10), Opened):
            pass
        opened.append(1000 * (time.perf_counter() - began))
        device.append(1000 * event.seconds)
        captured.append(1000 * (first.get(timeout=10) - began))
        capture.cancel()
        while not isinstance(events.get(timeout=10), Closed):
            pass
        time.sleep(0.2)
    capture.close()
    return device, opened, captured


def _describe(milliseconds: list[float]) -> str:
    ordered = sorted(milliseconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return f"median {statistics.median(ordered):6.1f} ms   p95 {p95:6.1f} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--openings", type=int, default=20)
    parser.add_argument("--virtual", action="store_true", help="listen to a virtual microphone")
    parser.add_argument("--wave", type=Path, help="listen to this file instead of a microphone")
    options = parser.parse_args()
    if options.virtual:
        with virtual_microphone() as microphone:
            room = microphone.play(make_noise(fan, 2 * options.seconds + 10, ROOM_DBFS))
            measure_all(None, options.seconds, options.openings)
            room.stop()
    else:
        measure_all(options.wave, options.seconds, options.openings)


def measure_all(wave: Path | None, seconds: float, openings: int) -> None:
    """Measure a file or the default microphone, and print."""

    def make() -> FrameSource:
        return Microphone() if wave is None else WaveFile(wave, then_silence=True)

    print(f"{platform.machine()}, Python {platform.python_version()}, {make().name}")
    for vad in (WebrtcVad, SileroVad):
        share = measure_cpu(make, vad, seconds)
        print(f"open microphone, {vad.__name__:10s} {share:5.2f} % of a core")
    device, opened, captured = measure_openings(make, openings)
    print(f"opening the device          {_describe(device)}")
    print(f"listen to open              {_describe(opened)}")
    print(f"listen to the first frame   {_describe(captured)}")


if __name__ == "__main__":
    main()
