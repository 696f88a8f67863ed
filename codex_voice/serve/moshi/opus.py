"""Moshi's sound as Ogg Opus, by sphn, an optional dependency."""

from __future__ import annotations

import importlib
import platform
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codex_voice.errors import MoshiConnectionLost, MoshiNotInstalled
from codex_voice.install_hints import install_with_pip
from codex_voice.serve.moshi.configuration import FRAME_SAMPLES, SAMPLE_RATE

Samples = NDArray[np.float32]


def load() -> Any:
    """Return the module `sphn`.

    Raises:
        MoshiNotInstalled: It is not there, or cannot be had for this machine.
    """
    try:
        return importlib.import_module("sphn")
    except ImportError as error:
        if sys.platform == "linux" and platform.machine() == "aarch64":
            raise MoshiNotInstalled(
                "talking to Moshi needs the package sphn, which is not published for Linux on "
                "aarch64; everything else works"
            ) from error
        raise MoshiNotInstalled(
            "the package sphn is not installed", install_with_pip("'codex-voice[moshi]'")
        ) from error


class OpusCodec:
    """Both directions of one connection; the streams have a state, so each connection has its own.

    Raises:
        MoshiNotInstalled: sphn is not there.
    """

    def __init__(self) -> None:
        sphn = load()
        self._writer = sphn.OpusStreamWriter(SAMPLE_RATE)
        self._reader = sphn.OpusStreamReader(SAMPLE_RATE)

    def encode(self, frame: Samples) -> bytes:
        """Return the next piece of the stream for one frame, `FRAME_SAMPLES` samples of -1 to 1."""
        assert frame.size == FRAME_SAMPLES
        encoded: bytes = self._writer.append_pcm(frame)
        return encoded

    def decode(self, ogg: bytes) -> Samples:
        """Return the samples that a piece of the stream completes, maybe none.

        Raises:
            MoshiConnectionLost: It is no such stream; nothing after it can be read either.
        """
        try:
            return np.asarray(self._reader.append_bytes(ogg), dtype=np.float32)
        except (ValueError, RuntimeError) as error:
            raise MoshiConnectionLost("the server sent sound that is no Ogg Opus") from error
