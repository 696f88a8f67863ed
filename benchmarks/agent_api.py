"""What the agent API makes of many streams: frames a second, and its processor time for each.

    python -m benchmarks.agent_api [--rounds 3] [--seconds 5] [--clients 1,20,200]

Clients send 20 ms frames of a quiet room as fast as they are taken, a second of sound at a time,
and wait for a pong after each: then all of it has been looked at. The processor time of a frame is
compared with what looking for speech takes in this process, without HTTP and WebSockets, by turns
with it; it tells how many streams in real time one core carries.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.whole_program import proportional_set_size
from codex_voice.audio.capture import CaptureSettings
from codex_voice.audio.segmenter import Segmenter
from codex_voice.config.schema import AudioConfig, HistoryConfig, VoiceConfig
from codex_voice.pcm import FRAME_BYTES, FRAME_MS
from codex_voice.recordings.journal import Journal
from tests.audio.scripted import noise
from tests.serve.agent_api.api_process import TOKEN, ApiProcess, serving
from tests.support.process_tree import tree_of
from tests.support.virtual_mic import VirtualMic

FRAMES_AT_ONCE = 1000 // FRAME_MS
SECOND = noise(1, -70)
_TICKS = os.sysconf("SC_CLK_TCK")


class Clients:
    """Clients that stream at the same time; opening and closing their streams is not measured.

    Args:
        api: The server.
        number: How many there are.
        seconds: For how long they send.
    """

    def __init__(self, api: ApiProcess, number: int, seconds: float) -> None:
        self._api = api
        self._number = number
        self._seconds = seconds
        self._open = asyncio.Barrier(number + 1)
        self._done = asyncio.Barrier(number + 1)

    async def run(self) -> tuple[float, float, float]:
        """Return frames a second of all together, microseconds of processor for each, and MB."""
        streams = [asyncio.create_task(self._stream()) for _ in range(self._number)]
        await self._open.wait()
        memory = sum(
            proportional_set_size(Path(f"/proc/{pid}")) for pid in tree_of(self._api.process.pid)
        )
        before, began = processor_seconds(self._api.process.pid), time.monotonic()
        await self._done.wait()
        taken = processor_seconds(self._api.process.pid) - before
        elapsed = time.monotonic() - began
        frames = sum(await asyncio.gather(*streams))
        return frames / elapsed, 1e6 * taken / frames, memory

    async def _stream(self) -> int:
        frames = 0
        async with connect(
            f"ws://{self._api.host}/api/voice/stream",
            additional_headers={"Authorization": f"Bearer {TOKEN}"},
            compression=None,
            open_timeout=120,
            ping_interval=None,
        ) as socket:
            await self._ping(socket)
            await self._open.wait()
            end = time.monotonic() + self._seconds
            while time.monotonic() < end:
                for start in range(0, len(SECOND), FRAME_BYTES):
                    await socket.send(SECOND[start : start + FRAME_BYTES])
                await self._ping(socket)
                frames += FRAMES_AT_ONCE
            await self._done.wait()
        return frames

    @staticmethod
    async def _ping(socket: ClientConnection) -> None:
        await socket.send('{"type": "ping"}')
        while json.loads(await socket.recv())["type"] != "pong":
            pass


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def _measure(api: ApiProcess, number: int, seconds: float) -> tuple[float, float, float]:
    return await Clients(api, number, seconds).run()


def looking_alone(seconds: float, folder: Path) -> float:
    """Return the microseconds of processor that looking for speech takes for a frame."""
    journal = Journal(folder, HistoryConfig(keep=False), lambda error: print(error))
    settings = CaptureSettings.of(AudioConfig(), VoiceConfig(mode="hands_free"))
    segmenter = Segmenter(settings, lambda _event: None, journal, on_over=lambda: None)
    segmenter.monitor(True)
    frames, before, end = 0, time.process_time(), time.monotonic() + seconds
    while time.monotonic() < end:
        for start in range(0, len(SECOND), FRAME_BYTES):
            segmenter.hear(SECOND[start : start + FRAME_BYTES], deaf=False)
        frames += FRAMES_AT_ONCE
    taken = time.process_time() - before
    segmenter.close()
    journal.close()
    return 1e6 * taken / frames


def compare(rounds: int, seconds: float, numbers: list[int]) -> None:
    """Measure by turns and print."""
    rates: dict[int, list[float]] = {number: [] for number in numbers}
    costs: dict[int, list[float]] = {number: [] for number in numbers}
    alone: list[float] = []
    megabytes: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**VirtualMic.no_device_environment(), "HOME": folder}
        with serving(environment, Path(folder)) as api:
            for _ in range(rounds):
                alone.append(looking_alone(seconds, Path(folder) / "recordings"))
                for number in numbers:
                    rate, cost, megabytes[number] = asyncio.run(_measure(api, number, seconds))
                    rates[number].append(rate)
                    costs[number].append(cost)
    looking = statistics.median(alone)
    print(f"looking for speech alone: {looking:5.0f} us of processor a frame")
    for number in numbers:
        cost = statistics.median(costs[number])
        print(
            f"{number:4} clients {statistics.median(rates[number]):7.0f} frames/s"
            f"   {cost:5.0f} us of processor a frame, x {cost / looking:4.2f} of looking alone"
            f"   one core carries {1e6 / cost / FRAMES_AT_ONCE:4.0f} streams"
            f"   {megabytes[number]:4.0f} MB"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--clients", default="1,20,200")
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.2f}")
    compare(options.rounds, options.seconds, [int(n) for n in options.clients.split(",")])
    print(f"load average {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
