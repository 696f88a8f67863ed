"""The methods `recording.*`, and the transcript that follows a recording as an event."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from codex_voice.config.schema import Config
from codex_voice.errors import SpeechError
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.recordings.journal import Journal
from codex_voice.recordings.outcomes import Outcome
from codex_voice.serve.sidecar.devices import Devices
from codex_voice.serve.sidecar.lane import Lane
from codex_voice.serve.sidecar.protocol import Fault, Params, Result, RpcError
from codex_voice.serve.sidecar.recognition import Recognition
from codex_voice.serve.sidecar.status import HostEvents, SidecarStatus

if TYPE_CHECKING:
    from codex_voice.serve.sidecar.recording import Recorded, Recording
    from codex_voice.speech.recognizer import Transcript


class RecordingMethods:
    """One recording at a time, and the texts of those that are over.

    Args:
        config: How speech is told from silence.
        devices: The microphones.
        journal: Keeps recordings on disk.
        recognition: The model.
        written: Returns what is written for a transcript; may raise an `RpcError`.
        events: Told levels and texts.
        audio: The lane on which these methods are called.
        text: The lane on which transcripts are worked on.
    """

    def __init__(
        self,
        config: Config,
        devices: Devices,
        journal: Journal,
        recognition: Recognition,
        written: Callable[[str], str],
        events: HostEvents,
        audio: Lane,
        text: Lane,
    ) -> None:
        self._config = config
        self._devices = devices
        self._journal = journal
        self._recognition = recognition
        self._written = written
        self._events = events
        self._audio = audio
        self._text = text
        self._recording: Recording | None = None
        self.status = SidecarStatus(recognition, events, lambda: self.recording)

    @property
    def recording(self) -> bool:
        """Whether a recording is going on."""
        return self._recording is not None

    def start(self, params: Params) -> Result:
        """Answer `recording.start`."""
        from codex_voice.serve.sidecar.recording import Endpointing, Recording

        session_id = params.optional_text("session_id") or str(uuid.uuid4())
        uid = params.optional_text("device_uid")
        vad = params.group("vad")
        endpointing = Endpointing(
            vad.flag("enabled"),
            min(max(vad.integer("silence_ms", 1200), 200), 10_000),
            min(max(vad.integer("min_speech_ms", 250), 0), 10_000),
        )
        if self._recording is not None:
            raise RpcError(Fault.ALREADY_RECORDING, "a recording is going on")
        about = {"source": "recording", "session_id": session_id}
        self._recording = Recording(
            session_id,
            self._devices.source(uid),
            self._journal,
            endpointing,
            self._config,
            on_level=partial(self._events.send_level, about),
            on_ended=lambda: self._audio.submit(partial(self._end_by_itself, session_id)),
        )
        self.status.report()
        return {"session_id": session_id}

    def stop(self, params: Params) -> Result:
        """Answer `recording.stop`; the transcript follows as an event."""
        recorded = self._stop(self._require_session(params))
        return {
            "session_id": recorded.session_id,
            "audio_duration_ms": recorded.milliseconds,
            "sample_rate": SAMPLE_RATE,
            "channels": 1,
        }

    def cancel(self, params: Params) -> Result:
        """Answer `recording.cancel`; no transcript follows."""
        recording = self._require_session(params)
        self._recording = None
        recording.cancel()
        self.status.report()
        return {"cancelled": True, "session_id": recording.session_id}

    def get_status(self, _params: Params) -> Result:
        """Answer `recording.status`."""
        recording = self._recording
        if recording is None:
            return {"state": "idle", "session_id": None}
        return {
            "state": "recording",
            "session_id": recording.session_id,
            "duration_ms": recording.milliseconds,
            "elapsed_sec": round(recording.milliseconds / 1000, 3),
        }

    def close(self) -> None:
        """End the recording; what was said stays in the history, also when the host went away."""
        recording, self._recording = self._recording, None
        if recording is not None:
            recording.stop()

    def _require_session(self, params: Params) -> Recording:
        session_id = params.optional_text("session_id")
        if self._recording is None:
            raise RpcError(Fault.NOT_RECORDING, "nothing is being recorded")
        if session_id is not None and session_id != self._recording.session_id:
            raise RpcError(Fault.INVALID_SESSION, "another session is being recorded")
        return self._recording

    def _end_by_itself(self, session_id: str) -> None:
        recording = self._recording
        if recording is not None and recording.session_id == session_id:
            self._stop(recording)

    def _stop(self, recording: Recording) -> Recorded:
        self._recording = None
        recorded = recording.stop()
        try:
            future = self._recognition.submit(recorded.pcm)
        except RpcError as error:
            # After the answer to the stop, which is sent by this very lane.
            self._audio.submit(partial(self._fail, recorded, error))
        else:
            self.status.report()
            future.add_done_callback(
                lambda done: self._text.submit(partial(self._complete, recorded, done))
            )
        return recorded

    def _complete(self, recorded: Recorded, future: Future[Transcript]) -> None:
        try:
            transcript = future.result()
            text = self._written(transcript.text)
        except (SpeechError, RpcError) as error:
            fault = error.fault if isinstance(error, RpcError) else Fault.TRANSCRIBE
            self._fail(recorded, RpcError(fault, str(error)))
            return
        self._journal.set_text(recorded.recording_id, transcript.text, transcript.model)
        self._journal.set_outcome(recorded.recording_id, Outcome.SENT if text else Outcome.NO_WORDS)
        complete: dict[str, Any] = {
            "session_id": recorded.session_id,
            "text": text,
            "raw_text": transcript.text,
            "final_text": text,
            "duration_ms": round(1000 * transcript.seconds),
            "confidence": round(transcript.confidence, 4),
        }
        if transcript.language:
            complete["language"] = transcript.language
        self._events.send("transcription_complete", complete)
        self.status.report()

    def _fail(self, recorded: Recorded, error: RpcError) -> None:
        self._journal.set_outcome(recorded.recording_id, Outcome.FAILED)
        self._events.send(
            "transcription_error",
            {"session_id": recorded.session_id, "kind": error.fault.kind, "message": str(error)},
        )
        self.status.report()
