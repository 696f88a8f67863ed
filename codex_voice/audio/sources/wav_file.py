"""The frames of a sound file, as if somebody spoke them."""

from __future__ import annotations

import threading
import time
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

from codex_voice.audio.resampling import Resampler
from codex_voice.errors import AudioError
from codex_voice.pcm import FRAME_BYTES, FRAME_SECONDS, SAMPLE_RATE, Framer
from codex_voice.text_cleaning import clean_line

# A quiet room is never exactly zero: that is what a muted microphone gives.
_ZEROS = bytes(FRAME_BYTES)
_QUIET = b"\1\0" + bytes(FRAME_BYTES - 2)


def read_wave(path: Path) -> bytes:
    """Return the sound of a 16-bit WAV file as int16 mono 16 kHz; of several channels the first.

    Raises:
        AudioError: It cannot be read, or is of a kind that is not understood.
    """
    try:
        with wave.open(str(path)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            pcm = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise AudioError(f"{path} cannot be read as a WAV file: {error}") from error
    if width != 2:
        raise AudioError(f"{path} has {8 * width}-bit samples", "convert it to 16-bit PCM")
    if channels > 1:
        pcm = array("h", pcm)[::channels].tobytes()
    return pcm if rate == SAMPLE_RATE else Resampler(rate).push(pcm, last=True)


class WaveFile:
    """A WAV file as a source of frames.

    Args:
        path: A 16-bit WAV file of any rate.
        paced: One frame every 20 ms, as a microphone gives them; otherwise as fast as possible.
        then_silence: Afterwards it goes on with silence, like a microphone in a quiet room,
            instead of ending. Only for paced files.
    """

    def __init__(self, path: Path, paced: bool = True, then_silence: bool = False) -> None:
        self._path = path
        self._paced = paced
        self._then_silence = then_silence
        self._stopping = threading.Event()
        self._reader: threading.Thread | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return clean_line(self._path.name)

    @property
    def active(self) -> bool:
        """Whether frames are still to come."""
        return self._reader is not None and self._reader.is_alive()

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Begin at the file's first sample.

        Raises:
            AudioError: The file cannot be read.
        """
        framer = Framer()
        frames = framer.push(read_wave(self._path)) + framer.flush()
        self._stopping.clear()
        self._reader = threading.Thread(
            target=self._read, args=(frames, deliver), name="wave-file", daemon=True
        )
        self._reader.start()

    def close(self) -> None:
        """Stop where it is."""
        self._stopping.set()
        if self._reader is not None and self._reader is not threading.current_thread():
            self._reader.join()

    def _read(self, frames: list[bytes], deliver: Callable[[bytes], None]) -> None:
        due = time.monotonic()
        position = 0
        while position < len(frames) or (self._paced and self._then_silence):
            due += FRAME_SECONDS
            wait = max(0.0, due - time.monotonic()) if self._paced else 0.0
            if self._stopping.wait(wait) if wait else self._stopping.is_set():
                return
            frame = frames[position] if position < len(frames) else _ZEROS
            deliver(_QUIET if frame == _ZEROS else frame)
            position += 1
