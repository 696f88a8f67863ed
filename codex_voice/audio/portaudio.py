"""The PortAudio library, which the whole process shares and which is not thread-safe."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from typing import Any

from codex_voice.errors import PortAudioMissing

# Held while a stream is opened or closed, or the list of devices renewed.
_LOCK = threading.Lock()
_open_streams: set[int] = set()


def load() -> Any:
    """Return the module `sounddevice`; PortAudio looks for devices when it is first imported.

    Raises:
        PortAudioMissing: The library is not installed.
    """
    try:
        return importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:
        # sounddevice raises OSError when the library cannot be found.
        raise PortAudioMissing("PortAudio is not installed", _remedy()) from error


def open_stream(make: Callable[[], Any]) -> Any:
    """Make and start a stream.

    Raises:
        sounddevice.PortAudioError: It cannot be opened.
    """
    with _LOCK:
        stream = make()
        try:
            stream.start()
        except BaseException:
            stream.close()
            raise
        _open_streams.add(id(stream))
        return stream


def close_stream(stream: Any) -> None:
    """Close a stream at once; what is still to be played is dropped."""
    with _LOCK:
        stream.close()
        _open_streams.discard(id(stream))


def renew_devices() -> bool:
    """Let PortAudio look for devices again, if no stream is open; say whether it did."""
    sounddevice = load()
    with _LOCK:
        if _open_streams:
            return False
        sounddevice._terminate()
        sounddevice._initialize()
        return True


def _remedy() -> str:
    if sys.platform == "darwin":
        return "brew install portaudio"
    return "sudo apt-get install libportaudio2 (Fedora: sudo dnf install portaudio)"
