"""What a microphone on another machine adds to the way of a frame, beside a bare pipe.

    python -m benchmarks.remote_microphone [--rounds 5] [--seconds 4]

A process that stamps each frame with the clock is heard in each of the ways that `--audio` has, by
turns: TCP, a Unix socket, a WebSocket, a microphone that calls, and `command:`, which is a pipe and
the least there can be. Both processes are on this machine: what a network adds comes on top. Beside
the times of the frames stands the time from wanting to listen to the first frame.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from benchmarks.recognition import percentile_95
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.pcm import FRAME_BYTES, FRAME_SECONDS
from codex_voice.serve.remote_microphone.address import Address
from codex_voice.serve.remote_microphone.command import CommandSource
from codex_voice.serve.remote_microphone.main import run, run_calls
from codex_voice.serve.remote_microphone.source import RemoteMicrophone
from codex_voice.serve.remote_microphone.waiting import CallWaiter

TOKEN = "token-of-a-benchmark"
PIPE = "command"
_STAMP = struct.Struct("<q")


def stamped_frame() -> bytes:
    """Return a frame that begins with the time, which all processes of a machine share."""
    return _STAMP.pack(time.monotonic_ns()).ljust(FRAME_BYTES, b"\1")


class StampingMicrophone:
    """Gives a stamped frame every 20 ms while it is open."""

    name = "Stamps"

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def active(self) -> bool:
        """Whether it is open."""
        return not self._stop.is_set()

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Begin."""

        def give() -> None:
            while not self._stop.wait(FRAME_SECONDS):
                deliver(stamped_frame())

        self._thread = threading.Thread(target=give, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()


def lend(how: str, folder: str) -> None:
    """Be the other machine: serve, call, or write raw sound, until ended."""
    if how == PIPE:
        while True:
            sys.stdout.buffer.write(stamped_frame())
            sys.stdout.buffer.flush()
            time.sleep(FRAME_SECONDS)
    elif how == "call":
        run_calls(StampingMicrophone, Address("unix", f"{folder}/calls", token=TOKEN), print)
    else:
        host = f"{folder}/socket" if how == "unix" else "127.0.0.1"

        def report(line: str) -> None:
            print(line, flush=True)

        run(StampingMicrophone, Address(how, host), report)


def _other_machine(how: str, folder: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.remote_microphone", "--lend", how, folder)


@contextmanager
def sources(how: str, folder: str) -> Iterator[Callable[[], FrameSource]]:
    """Give what makes a source that hears the other machine in one of the ways."""
    if how == PIPE:
        yield lambda: CommandSource(_other_machine(how, folder))
        return
    environment = {**os.environ, "CODEX_VOICE_AUDIO_TOKEN": TOKEN}
    if how == "call":
        waiter = CallWaiter(Address("unix", f"{folder}/calls", token=TOKEN), 60.0)
    with subprocess.Popen(
        _other_machine(how, folder), env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            if how == "call":
                yield lambda: RemoteMicrophone(waiter.address, waiter.next_call)
                return
            port = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
            address = Address(how, "127.0.0.1", int(port[1]) if port else 0, TOKEN)
            if how == "unix":
                address = replace(address, host=f"{folder}/socket")
            yield lambda: RemoteMicrophone(address)
        finally:
            process.kill()
            if how == "call":
                waiter.close()


def measure(make: Callable[[], FrameSource], seconds: float) -> tuple[float, list[float]]:
    """Listen; return milliseconds to the first frame, and those that each frame took."""
    taken: list[float] = []

    def deliver(frame: bytes) -> None:
        (stamp,) = _STAMP.unpack_from(frame)
        taken.append((time.monotonic_ns() - stamp) / 1e6)

    source = make()
    began = time.perf_counter()
    source.open(deliver)
    opened = 1000 * (time.perf_counter() - began)
    time.sleep(seconds)
    source.close()
    return opened, taken


def compare(rounds: int, seconds: float) -> None:
    """Measure all ways by turns and print."""
    ways = (PIPE, "tcp", "unix", "ws", "call")
    opened: dict[str, list[float]] = {how: [] for how in ways}
    taken: dict[str, list[float]] = {how: [] for how in ways}
    for _ in range(rounds):
        for how in ways:
            # Sockets have short names.
            with tempfile.TemporaryDirectory(dir="/tmp") as folder, sources(how, folder) as make:
                # A microphone that calls is there when somebody wants to talk.
                first, _ = measure(make, 0.1)
                again, frames = measure(make, seconds)
                opened[how].append(first if how == PIPE else again)
                taken[how] += frames
    pipe = statistics.median(taken[PIPE])
    for how in ways:
        median = statistics.median(taken[how])
        print(
            f"{how:8} a frame {median:6.2f} ms (p95 {percentile_95(taken[how]):6.2f})"
            f"   x {median / pipe:4.1f} of the pipe"
            f"   opening {statistics.median(opened[how]):6.1f} ms"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--lend", nargs=2, metavar=("HOW", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.lend:
        lend(*options.lend)
        return
    print(f"load average {os.getloadavg()[0]:.2f}")
    compare(options.rounds, options.seconds)
    print(f"load average {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
