"""The PortAudio library, which the whole process shares and which is not thread-safe."""

from __future__ import annotations

import atexit
import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from codex_voice.errors import MicrophoneUnavailable, PortAudioMissing
from codex_voice.install_hints import install_portaudio
from codex_voice.text_cleaning import clean_line

# Held while a stream is opened or closed, or the list of devices renewed.
_LOCK = threading.Lock()
_open_streams: set[int] = set()
# Closing a stream takes a few milliseconds, and as long as it likes where the sound server hangs.
_EXIT_SECONDS = 0.5


@dataclass(frozen=True)
class Device:
    """An input device: PortAudio's number, name, whether it is the default, and what it offers."""

    index: int
    name: str
    default: bool
    channels: int
    rate: float


@dataclass(frozen=True)
class MicrophoneInfo:
    """A microphone that can be chosen by its name."""

    name: str
    default: bool


def load() -> Any:
    """Return the module `sounddevice`; PortAudio looks for devices when it is first imported.

    Raises:
        PortAudioMissing: The library is not installed.
    """
    try:
        sounddevice = importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:
        # sounddevice raises OSError when the library cannot be found.
        raise PortAudioMissing("PortAudio is not installed", install_portaudio()) from error
    _end_with_process(sounddevice)
    return sounddevice


@cache
def _end_with_process(sounddevice: Any) -> None:
    """Let PortAudio be ended at exit by `_terminate`, and not by `sounddevice` without the lock."""
    atexit.unregister(sounddevice._exit_handler)
    atexit.register(_terminate, sounddevice)


def _terminate(sounddevice: Any) -> None:
    """End PortAudio, unless a thread hangs in it: ending it there crashes the process."""
    if _LOCK.acquire(timeout=_EXIT_SECONDS):
        try:
            while sounddevice._initialized:
                sounddevice._terminate()
        finally:
            _LOCK.release()


def open_stream(make: Callable[[], Any]) -> Any:
    """Make and start a stream.

    Raises:
        sounddevice.PortAudioError: It cannot be opened.
    """
    sounddevice = load()
    with _LOCK:
        if not sounddevice._initialized:
            sounddevice._initialize()
        stream = make()
        try:
            stream.start()
        except sounddevice.PortAudioError:
            stream.close()
            raise
        _open_streams.add(id(stream))
        return stream


def close_stream(stream: Any) -> None:
    """Close a stream at once; what is still to be played is dropped."""
    with _LOCK:
        stream.close()
        _open_streams.discard(id(stream))


def inputs() -> list[Device]:
    """Return the devices that capture, as PortAudio saw them when it last looked.

    Raises:
        PortAudioMissing: The library is not installed.
        MicrophoneUnavailable: It cannot look for devices now.
    """
    sounddevice = load()
    with _LOCK:
        try:
            if not sounddevice._initialized:
                sounddevice._initialize()
            devices = sounddevice.query_devices()
            default = sounddevice.default.device[0]
        except sounddevice.PortAudioError as error:
            raise MicrophoneUnavailable(f"PortAudio finds no devices: {error.args[0]}") from error
    return [
        Device(
            index=device["index"],
            # It comes from the device itself: anybody can call their headset anything.
            name=clean_line(device["name"]),
            default=device["index"] == default,
            channels=device["max_input_channels"],
            rate=device["default_samplerate"],
        )
        for device in devices
        if device["max_input_channels"] > 0
    ]


def renew_devices() -> bool:
    """Let PortAudio look for devices again, if no stream is open; return whether it will."""
    sounddevice = load()
    with _LOCK:
        if _open_streams:
            return False
        # `inputs` initialises it again.
        if sounddevice._initialized:
            sounddevice._terminate()
        return True


def list_microphones(renew: bool = True) -> list[MicrophoneInfo]:
    """Return the microphones there are, each name once; a hanging sound server holds this up.

    Args:
        renew: Look for devices again where no stream is open; otherwise the list may be old.

    Raises:
        PortAudioMissing: The library is not installed.
        MicrophoneUnavailable: PortAudio cannot look for devices now.
    """
    if renew:
        renew_devices()
    found: dict[str, bool] = {}
    for device in inputs():
        found[device.name] = found.get(device.name, False) or device.default
    return [MicrophoneInfo(name, default) for name, default in found.items()]


def version() -> str:
    """Return PortAudio's own version, such as "PortAudio V19.6.0-devel, revision ...".

    Raises:
        PortAudioMissing: The library is not installed.
    """
    return str(load().get_portaudio_version()[1])
