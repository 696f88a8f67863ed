"""A microphone of this program, at Moshi's rate."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.errors import AudioError, MoshiNotInstalled
from codex_voice.install_hints import install_with_pip
from codex_voice.pcm import SAMPLE_RATE as OUR_RATE
from codex_voice.serve.microphone_opening import open_microphone
from codex_voice.serve.moshi.configuration import SAMPLE_RATE
from codex_voice.serve.moshi.opus import Samples

_MOST_WAITING_FRAMES = 50
"""A second; the oldest are left out."""
_LOOK_SECONDS = 0.5
_RETRY_SECONDS = 2.0


class RateChange:
    """Brings a stream of sound from one rate to another, by soxr.

    Raises:
        MoshiNotInstalled: soxr, an optional dependency, is not there.
    """

    def __init__(self, rate: int, wanted: int = SAMPLE_RATE) -> None:
        try:
            soxr: Any = importlib.import_module("soxr")
        except ImportError as error:
            raise MoshiNotInstalled(
                "the package soxr is not installed", install_with_pip("'codex-voice[moshi]'")
            ) from error
        self._stream = soxr.ResampleStream(rate, wanted, 1, dtype="float32")

    def push(self, samples: Samples) -> Samples:
        """Return what is known of the sound so far; the pieces vary in size."""
        return np.asarray(self._stream.resample_chunk(samples), np.float32)


class MoshiMicrophone:
    """Opens a microphone, and opens it again when it goes away. Belongs to the event loop.

    Args:
        make_source: Finds the microphone; called on a thread, anew for each opening.
        report: Reports the microphone and trouble, in one line each.
    """

    def __init__(
        self, make_source: Callable[[], FrameSource], report: Callable[[str], None]
    ) -> None:
        self._make_source = make_source
        self._report = report
        self._frames: deque[bytes] = deque(maxlen=_MOST_WAITING_FRAMES)
        self._arrived = asyncio.Event()
        self._rate_change = RateChange(OUR_RATE)

    async def run(self, hear: Callable[[Samples], Any]) -> None:
        """Await `hear` with each piece of sound, 24 kHz, until cancelled."""
        opened = ""
        trouble = ""
        while True:
            try:
                source = await open_microphone(self._make_source, self._add_frame)
            except AudioError as error:
                if str(error) != trouble:
                    trouble = str(error)
                    self._report(trouble)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            try:
                if source.name != opened or trouble:
                    opened, trouble = source.name, ""
                    self._report(f"listening to {opened}")
                await self._listen(source, hear)
                trouble = "the microphone went away"
                self._report(trouble)
            finally:
                await asyncio.to_thread(source.close)

    def _add_frame(self, frame: bytes) -> None:
        self._frames.append(frame)
        self._arrived.set()

    async def _listen(self, source: FrameSource, hear: Callable[[Samples], Any]) -> None:
        """Pass sound on until the microphone goes away."""
        while source.active:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._arrived.wait()
            self._arrived.clear()
            while self._frames:
                pcm = np.frombuffer(self._frames.popleft(), "<i2")
                await hear(self._rate_change.push((pcm / np.float32(32768)).astype(np.float32)))
