"""Microphones as the protocol names them: by a uid that survives restarts."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codex_voice.audio import portaudio
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.errors import AudioError, PortAudioMissing
from codex_voice.serve.sidecar.protocol import Fault, RpcError

# The published host asks every 1.2 s; several questions at once get one answer.
_FRESH_SECONDS = 0.5


@dataclass(frozen=True)
class InputDevice:
    """A microphone: its uid, its name, whether it is the default, and what it offers."""

    uid: str
    name: str
    is_default: bool
    channels: int
    sample_rate: int

    def as_json(self) -> dict[str, Any]:
        """Return it as the protocol writes it; the rate has a name in the contract, one in use."""
        return {
            "uid": self.uid,
            "name": self.name,
            "is_default": self.is_default,
            "channels": self.channels,
            "sample_rate": self.sample_rate,
            "default_sample_rate": self.sample_rate,
        }


class Devices:
    """The microphones there are, and the one that was chosen.

    Args:
        inputs: Lists the devices; the system's own by default.
        configured: Name of the microphone that the configuration asks for; "" is the default.
    """

    def __init__(
        self,
        inputs: Callable[[], list[portaudio.Device]] | None = None,
        configured: str = "",
    ) -> None:
        self._inputs = inputs or _system_inputs
        self._configured = configured
        self._chosen: InputDevice | None = None
        self._known: list[InputDevice] = []
        self._asked_at = float("-inf")
        self._lock = threading.Lock()

    def all(self) -> list[InputDevice]:
        """Return the microphones, none where there is no PortAudio; may take as long as it takes.

        Raises:
            RpcError: PortAudio cannot look for devices.
        """
        with self._lock:
            if time.monotonic() - self._asked_at > _FRESH_SECONDS:
                try:
                    self._known = _unique(self._inputs())
                except PortAudioMissing:
                    self._known = []
                except AudioError as error:
                    raise RpcError(Fault.AUDIO_IO, str(error)) from error
                self._asked_at = time.monotonic()
            return list(self._known)

    def choose(self, uid: str | None) -> str | None:
        """Use a microphone from now on; None is the default one. Return the uid that is used.

        Raises:
            RpcError: There is no such microphone.
        """
        self._chosen = None if uid is None else self._find(uid)
        if self._chosen is not None:
            return self._chosen.uid
        return next((device.uid for device in self.all() if device.is_default), None)

    def source(self, uid: str | None) -> Callable[[], FrameSource]:
        """Return what opens a microphone: that of the uid, or the one that was chosen.

        Raises:
            RpcError: There is no such microphone, or none at all.
        """
        device = self._find(uid) if uid is not None else self._chosen
        if not self.all():
            raise RpcError(Fault.AUDIO_IO, "there is no microphone")
        name = device.name if device is not None else self._configured

        def microphone() -> FrameSource:
            # Brings numpy: not before it is needed.
            from codex_voice.audio.sources.microphone import Microphone

            return Microphone(name)

        return microphone

    def _find(self, uid: str) -> InputDevice:
        for device in self._known or self.all():
            if device.uid == uid:
                return device
        raise RpcError(Fault.DEVICE_NOT_FOUND, f"there is no microphone {uid[:100]!r}")


def _system_inputs() -> list[portaudio.Device]:
    # Looks for new ones where no stream is open.
    portaudio.renew_devices()
    return portaudio.inputs()


def _unique(inputs: list[portaudio.Device]) -> list[InputDevice]:
    """Return each name once: that is what a microphone is opened by."""
    found: dict[str, InputDevice] = {}
    for device in inputs:
        digest = hashlib.sha256(device.name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        known = found.get(device.name)
        found[device.name] = InputDevice(
            f"{sys.platform}:{digest}",
            device.name,
            device.default or (known is not None and known.is_default),
            device.channels,
            round(device.rate),
        )
    return list(found.values())
