"""The methods `audio.*`: the microphones, and the level of one of them."""

from __future__ import annotations

import importlib
import logging
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from codex_voice.serve.sidecar.devices import Devices
from codex_voice.serve.sidecar.protocol import Fault, Params, Result, RpcError
from codex_voice.serve.sidecar.status import HostEvents

if TYPE_CHECKING:
    from codex_voice.serve.sidecar.stream import MicrophoneStream

_LOG = logging.getLogger(__name__)

_METER_MS = (30, 250)
_DEFAULT_METER_MS = 80


class AudioMethods:
    """The microphones and the meter.

    Args:
        devices: The microphones.
        events: Told the levels.
    """

    def __init__(self, devices: Devices, events: HostEvents) -> None:
        self._devices = devices
        self._events = events
        self._warm = False
        self._meter: MicrophoneStream | None = None
        self._meter_ms = _DEFAULT_METER_MS

    @property
    def metering(self) -> bool:
        """Whether the level of a microphone is being told."""
        return self._meter is not None

    def list_devices(self, _params: Params) -> Result:
        """Answer `audio.list_devices`."""
        devices = self._devices.all()
        if devices and not self._warm:
            # What the first recording needs is there when it comes.
            self._warm = True
            threading.Thread(target=_import_audio, name="sidecar-imports", daemon=True).start()
        return {"devices": [device.as_json() for device in devices]}

    def set_device(self, params: Params) -> Result:
        """Answer `audio.set_device`."""
        return {"active_device_uid": self._devices.choose(params.optional_text("device_uid"))}

    def meter_start(self, params: Params) -> Result:
        """Answer `audio.meter_start`."""
        wanted = params.integer("interval_ms", _DEFAULT_METER_MS)
        uid = params.optional_text("device_uid")
        if self._meter is not None:
            raise RpcError(Fault.METER_RUNNING, "the meter is running already")
        from codex_voice.serve.sidecar.levels import LevelEvents
        from codex_voice.serve.sidecar.stream import MicrophoneStream

        interval_ms = min(max(wanted, _METER_MS[0]), _METER_MS[1])
        levels = LevelEvents(interval_ms, partial(self._events.send_level, {"source": "meter"}))
        self._meter = MicrophoneStream(self._devices.source(uid), levels.push, self._lost)
        self._meter_ms = interval_ms
        return {"running": True, "interval_ms": interval_ms}

    def meter_stop(self, _params: Params) -> Result:
        """Answer `audio.meter_stop`, which may come twice."""
        self.close()
        return {"stopped": True}

    def meter_status(self, _params: Params) -> Result:
        """Answer `audio.meter_status`."""
        if self._meter is None:
            return {"running": False}
        return {"running": True, "interval_ms": self._meter_ms}

    def close(self) -> None:
        """Stop the meter."""
        meter, self._meter = self._meter, None
        if meter is not None:
            meter.close()

    def _lost(self) -> None:
        _LOG.warning("the microphone went away while its level was shown")
        self._meter = None


def _import_audio() -> None:
    with suppress(ImportError):
        importlib.import_module("codex_voice.serve.sidecar.recording")
