"""Plays what was recorded."""

from __future__ import annotations

from codex_voice.audio import portaudio
from codex_voice.errors import AudioError
from codex_voice.pcm import SAMPLE_RATE


def play(pcm: bytes) -> None:
    """Play sound (int16 mono 16 kHz) on the default output, and return when it is over.

    Raises:
        AudioError: PortAudio is missing, or nothing can play.
    """
    sounddevice = portaudio.load()
    try:
        stream = portaudio.open_stream(
            lambda: sounddevice.RawOutputStream(SAMPLE_RATE, channels=1, dtype="int16")
        )
        try:
            stream.write(pcm)
            stream.stop()
        finally:
            portaudio.close_stream(stream)
    except sounddevice.PortAudioError as error:
        raise AudioError(f"the recording cannot be played: {error.args[0]}") from error
