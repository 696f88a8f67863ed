"""What the sidecar does now, and the events that tell the host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from codex_voice.serve.sidecar import protocol
from codex_voice.serve.sidecar.line_io import LineWriter
from codex_voice.serve.sidecar.recognition import Recognition


class HostEvents:
    """Sends notifications to the host.

    Args:
        writer: Where they go.
    """

    def __init__(self, writer: LineWriter) -> None:
        self._writer = writer

    def send(self, name: str, params: Mapping[str, Any]) -> None:
        """Send one that must arrive."""
        self._writer.send(protocol.event(name, params))

    def send_level(self, about: Mapping[str, Any], rms: float, peak: float) -> None:
        """Send a level, which is dropped for a host that does not keep up."""
        self._writer.send_level(protocol.event("audio_level", {**about, "rms": rms, "peak": peak}))


class SidecarStatus:
    """The state that `status.get` answers with and `event.status_changed` tells.

    Args:
        recognition: The model.
        events: Told of each change.
        is_recording: Says whether a recording is going on.
    """

    def __init__(
        self, recognition: Recognition, events: HostEvents, is_recording: Callable[[], bool]
    ) -> None:
        self._recognition = recognition
        self._events = events
        self._is_recording = is_recording
        self._reported = "idle"

    def as_json(self) -> dict[str, Any]:
        """Answer `status.get`."""
        answer: dict[str, Any] = {"state": self._current()}
        model = self._recognition.asr_status()
        if model["ready"]:
            answer["model"] = {"model_id": model["model_id"], "status": "ready"}
        return answer

    def report(self, state: str | None = None) -> None:
        """Report the state, or the one that is about to be, unless the host knows it."""
        state = state or self._current()
        if state != self._reported:
            self._reported = state
            self._events.send("status_changed", {"state": state})

    def _current(self) -> str:
        if self._is_recording():
            return "recording"
        if self._recognition.loading:
            return "loading_model"
        return "transcribing" if self._recognition.busy else "idle"
