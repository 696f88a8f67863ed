"""The sidecar: what it answers, and on which thread.

Requests are read on the main thread, which answers what costs nothing. Everything else goes to
one of four lanes, each a thread with its own order: audio, devices, model, text. So a ping is
answered while a model loads, a sound server hangs, or a regular expression runs. What takes long
to import is imported when the host has asked for the microphones.
"""

from __future__ import annotations

import importlib
import logging
import platform
import queue
import sys
import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codex_voice import __version__
from codex_voice.config.schema import Config
from codex_voice.errors import AudioError, CodexVoiceError, SpeechError
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.recordings.journal import Journal
from codex_voice.recordings.outcomes import Outcome
from codex_voice.serve.sidecar import protocol
from codex_voice.serve.sidecar.devices import Devices
from codex_voice.serve.sidecar.line_io import LineWriter
from codex_voice.serve.sidecar.protocol import Fault, Params, Request, Result, RpcError
from codex_voice.serve.sidecar.recognition import Recognition
from codex_voice.serve.sidecar.regex_process import RuleProcess
from codex_voice.serve.sidecar.replacements import PRESETS, Rule, parse_rules, prepare

if TYPE_CHECKING:
    from codex_voice.serve.sidecar.recording import Recorded, Recording
    from codex_voice.serve.sidecar.stream import MicrophoneStream
    from codex_voice.speech.recognizer import Transcript

_LOG = logging.getLogger(__name__)

_METER_MS = (30, 250)
_DEFAULT_METER_MS = 80
# What was asked before standard input ended is answered within so long.
_DRAIN_SECONDS = 2.0
# Requests that may wait for a lane; more are not read until it has caught up.
_MOST_WAITING = 1000

_FAULTS = (ArithmeticError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError)
"""What our own mistakes and failing libraries raise."""

Handler = Callable[[Params], Result]


class Lane:
    """A thread that does one thing after the other."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.Queue[Callable[[], None]] = queue.Queue(_MOST_WAITING)
        # A daemon, for a sound server or a download may hang for ever.
        self._thread = threading.Thread(target=self._run, name=f"sidecar-{name}", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], None]) -> None:
        """Do this after what was submitted before."""
        self._jobs.put(job)

    def drain(self, timeout: float) -> None:
        """Wait, at most so many seconds, until what was submitted is done."""
        done = threading.Event()
        try:
            self._jobs.put(done.set, timeout=timeout)
        except queue.Full:
            return
        done.wait(timeout)

    def _run(self) -> None:
        while True:
            self._jobs.get()()


class Sidecar:
    """Answers requests.

    Args:
        config: The configuration.
        writer: Where answers and events go.
        journal: Keeps recordings on disk.
        devices: The microphones.
        rule_process: Applies the rules.
    """

    def __init__(
        self,
        config: Config,
        writer: LineWriter,
        journal: Journal,
        devices: Devices,
        rule_process: RuleProcess,
    ) -> None:
        self.shutting_down = False
        self._writer = writer
        self._journal = journal
        self._devices = devices
        self._config = config
        self._recognition = Recognition(config.whisper, partial(self._send_event, "model_progress"))
        self._rule_process = rule_process
        self._warm = False
        self._unanswered = 0
        self._answered = threading.Condition()
        self._rules: tuple[Rule, ...] = ()
        self._recording: Recording | None = None
        self._meter: MicrophoneStream | None = None
        self._meter_ms = _DEFAULT_METER_MS
        self._state = "idle"
        self._audio, self._device_lane = Lane("audio"), Lane("devices")
        self._model, self._text = Lane("model"), Lane("text")
        now: dict[str, Handler] = {
            "system.ping": self._ping,
            "system.info": self._info,
            "system.shutdown": self._shutdown,
            "status.get": lambda _params: self._status(),
            "audio.meter_status": self._meter_status,
            "asr.status": lambda _params: self._recognition.asr_status(),
            "recording.status": self._recording_status,
            "replacements.get_presets": self._get_presets,
            "replacements.get_preset_rules": self._get_preset_rules,
        }
        audio: dict[str, Handler] = {
            "audio.set_device": self._set_device,
            "audio.meter_start": self._meter_start,
            "audio.meter_stop": self._meter_stop,
            "recording.start": self._recording_start,
            "recording.stop": self._recording_stop,
            "recording.cancel": self._recording_cancel,
        }
        model: dict[str, Handler] = {
            "model.download": self._recognition.download,
            "model.install": self._recognition.download,
            "model.purge_cache": self._recognition.purge,
            "asr.initialize": self._initialize,
            "asr.transcribe": self._transcribe_file,
        }
        text: dict[str, Handler] = {
            "replacements.set_rules": self._set_rules,
            "replacements.get_rules": lambda _params: {"rules": [r.as_json() for r in self._rules]},
            "replacements.preview": self._preview,
        }
        devices_too: dict[str, Handler] = {
            "audio.list_devices": self._list_devices,
            # Looks on the disk; a download on the model lane must not hold it up.
            "model.get_status": lambda _params: self._recognition.status(),
        }
        self._methods: dict[str, tuple[Lane | None, Handler]] = {
            name: (lane, handler)
            for lane, handlers in (
                (None, now),
                (self._audio, audio),
                (self._device_lane, devices_too),
                (self._model, model),
                (self._text, text),
            )
            for name, handler in handlers.items()
        }

    def handle_line(self, line: bytes | RpcError) -> None:
        """Answer a line, now or later; invalid ones at once."""
        if isinstance(line, RpcError):
            self._writer.send(line.answer(None))
            return
        try:
            request = protocol.parse(line)
        except RpcError as error:
            self._writer.send(error.answer(error.request_id))
            return
        lane, handler = self._methods.get(request.method, (None, _unknown))
        if lane is None:
            self._answer(request, handler)
        elif lane is self._model:
            # Loading a model or fetching one is not waited for at the end.
            lane.submit(partial(self._answer, request, handler))
        else:
            with self._answered:
                self._unanswered += 1
            lane.submit(partial(self._answer_on_lane, request, handler))

    def close(self) -> None:
        """Answer what was asked, as far as that is soon done, and end everything."""
        if not self.shutting_down:
            with self._answered:
                self._answered.wait_for(lambda: not self._unanswered, _DRAIN_SECONDS)
        if self._recording is not None or self._meter is not None:
            self._audio.submit(self._release_microphone)
            self._audio.drain(_DRAIN_SECONDS)
        self._recognition.close()
        self._rule_process.close()
        self._journal.close()

    def _answer_on_lane(self, request: Request, handler: Handler) -> None:
        self._answer(request, handler)
        with self._answered:
            self._unanswered -= 1
            self._answered.notify_all()

    def _answer(self, request: Request, handler: Handler) -> None:
        try:
            result = handler(request.params)
            message = {"jsonrpc": "2.0", "id": request.request_id, "result": result}
        except RpcError as error:
            message = error.answer(request.request_id)
        except CodexVoiceError as error:
            message = RpcError(Fault.INTERNAL, str(error)).answer(request.request_id)
        except _FAULTS as error:
            # It must not take the host's voice away.
            _LOG.exception("%s failed", request.method)
            reason = f"{type(error).__name__}: {error}"
            message = RpcError(Fault.INTERNAL, reason).answer(request.request_id)
        if request.request_id is not None:
            self._writer.send(message)

    # system.*

    def _ping(self, _params: Params) -> Result:
        return {"version": __version__, "protocol": protocol.PROTOCOL}

    def _info(self, _params: Params) -> Result:
        return {
            "version": __version__,
            "protocol": protocol.PROTOCOL,
            "capabilities": ["asr", "replacements", "meter", "whisper"],
            "runtime": {
                "python_version": platform.python_version(),
                "platform": sys.platform,
                "cuda_available": self._recognition.asr_status().get("device") == "cuda",
            },
        }

    def _shutdown(self, _params: Params) -> Result:
        self.shutting_down = True
        return {"status": "shutting_down"}

    def _status(self) -> dict[str, Any]:
        told: dict[str, Any] = {"state": self._current_state()}
        model = self._recognition.asr_status()
        if model["ready"]:
            told["model"] = {"model_id": model["model_id"], "status": "ready"}
        return told

    def _current_state(self) -> str:
        if self._recording is not None:
            return "recording"
        if self._recognition.loading:
            return "loading_model"
        return "transcribing" if self._recognition.busy else "idle"

    def _tell_state(self, state: str | None = None) -> None:
        state = state or self._current_state()
        if state != self._state:
            self._state = state
            self._send_event("status_changed", {"state": state})

    def _send_event(self, name: str, params: Mapping[str, Any]) -> None:
        self._writer.send(protocol.event(name, params))

    # audio.*

    def _list_devices(self, _params: Params) -> Result:
        devices = self._devices.all()
        if devices and not self._warm:
            # What the first recording needs is there when it comes.
            self._warm = True
            threading.Thread(target=_import_audio, name="sidecar-imports", daemon=True).start()
        return {"devices": [device.as_json() for device in devices]}

    def _set_device(self, params: Params) -> Result:
        return {"active_device_uid": self._devices.choose(params.optional_text("device_uid"))}

    def _meter_start(self, params: Params) -> Result:
        wanted = params.integer("interval_ms", _DEFAULT_METER_MS)
        uid = params.optional_text("device_uid")
        if self._meter is not None:
            raise RpcError(Fault.METER_RUNNING, "the meter is running already")
        from codex_voice.serve.sidecar.levels import LevelEvents
        from codex_voice.serve.sidecar.stream import MicrophoneStream

        interval_ms = min(max(wanted, _METER_MS[0]), _METER_MS[1])
        levels = LevelEvents(interval_ms, partial(self._send_level, {"source": "meter"}))
        self._meter = MicrophoneStream(self._devices.source(uid), levels.push, self._meter_lost)
        self._meter_ms = interval_ms
        return {"running": True, "interval_ms": interval_ms}

    def _meter_stop(self, _params: Params) -> Result:
        meter, self._meter = self._meter, None
        if meter is not None:
            meter.close()
        return {"stopped": True}

    def _meter_status(self, _params: Params) -> Result:
        if self._meter is None:
            return {"running": False}
        return {"running": True, "interval_ms": self._meter_ms}

    def _meter_lost(self) -> None:
        _LOG.warning("the microphone went away while its level was shown")
        self._meter = None

    def _send_level(self, about: Mapping[str, Any], rms: float, peak: float) -> None:
        self._writer.send_level(protocol.event("audio_level", {**about, "rms": rms, "peak": peak}))

    # recording.*

    def _recording_start(self, params: Params) -> Result:
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
            on_level=partial(self._send_level, about),
            on_ended=lambda: self._audio.submit(partial(self._end_by_itself, session_id)),
        )
        self._tell_state()
        return {"session_id": session_id}

    def _recording_stop(self, params: Params) -> Result:
        recorded = self._stop(self._require_session(params))
        return {
            "session_id": recorded.session_id,
            "audio_duration_ms": recorded.milliseconds,
            "sample_rate": SAMPLE_RATE,
            "channels": 1,
        }

    def _recording_cancel(self, params: Params) -> Result:
        recording = self._require_session(params)
        self._recording = None
        recording.cancel()
        self._tell_state()
        return {"cancelled": True, "session_id": recording.session_id}

    def _recording_status(self, _params: Params) -> Result:
        recording = self._recording
        if recording is None:
            return {"state": "idle", "session_id": None}
        return {
            "state": "recording",
            "session_id": recording.session_id,
            "duration_ms": recording.milliseconds,
            "elapsed_sec": round(recording.milliseconds / 1000, 3),
        }

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
            self._audio.submit(partial(self._transcription_failed, recorded, error))
        else:
            self._tell_state()
            future.add_done_callback(
                lambda done: self._text.submit(partial(self._done, recorded, done))
            )
        return recorded

    def _release_microphone(self) -> None:
        self._meter_stop(Params({}))
        if self._recording is not None:
            # What was said stays in the history, also when the host went away.
            self._recording.stop()
            self._recording = None

    def _done(self, recorded: Recorded, future: Future[Transcript]) -> None:
        try:
            transcript = future.result()
            text = prepare(transcript.text)
            text = self._rule_process.apply(text, self._rules).text
        except (SpeechError, RpcError) as error:
            fault = error.fault if isinstance(error, RpcError) else Fault.TRANSCRIBE
            self._transcription_failed(recorded, RpcError(fault, str(error)))
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
        self._send_event("transcription_complete", complete)
        self._tell_state()

    def _transcription_failed(self, recorded: Recorded, error: RpcError) -> None:
        self._journal.set_outcome(recorded.recording_id, Outcome.FAILED)
        self._send_event(
            "transcription_error",
            {"session_id": recorded.session_id, "kind": error.fault.kind, "message": str(error)},
        )
        self._tell_state()

    # asr.*

    def _initialize(self, params: Params) -> Result:
        if not self._recognition.asr_status()["ready"]:
            self._tell_state("loading_model")
        try:
            return self._recognition.initialize(params)
        finally:
            self._tell_state()

    def _transcribe_file(self, params: Params) -> Result:
        from codex_voice.audio.sources.wav_file import read_wave

        path = Path(params.text("audio_path")).expanduser()
        params.optional_text("language")
        try:
            pcm = read_wave(path)
        except (AudioError, ValueError) as error:
            raise RpcError(Fault.TRANSCRIBE, str(error)) from error
        try:
            transcript = self._recognition.submit(pcm).result()
        except SpeechError as error:
            raise RpcError(Fault.TRANSCRIBE, str(error)) from error
        text = self._rule_process.apply(prepare(transcript.text), self._rules).text
        return {
            "text": text,
            "duration_ms": round(1000 * transcript.seconds),
            "confidence": round(transcript.confidence, 4),
            "language": transcript.language or None,
        }

    # replacements.*

    def _set_rules(self, params: Params) -> Result:
        self._rules = parse_rules(params.value("rules"))
        return {"count": len(self._rules)}

    def _get_presets(self, _params: Params) -> Result:
        return {"presets": [preset.as_json() for preset in PRESETS]}

    def _get_preset_rules(self, params: Params) -> Result:
        preset_id = params.text("preset_id")
        for preset in PRESETS:
            if preset.id == preset_id:
                return {
                    "preset": preset.as_json(),
                    "rules": [rule.as_json() for rule in preset.rules],
                }
        raise RpcError(Fault.NOT_FOUND, f"there is no preset {preset_id[:100]!r}")

    def _preview(self, params: Params) -> Result:
        given = params.value("rules")
        rules = self._rules if given is None else parse_rules(given)
        text = prepare(
            params.text("text"),
            normalise=not params.flag("skip_normalize"),
            macros=not params.flag("skip_macros"),
        )
        replaced = self._rule_process.apply(text, rules)
        return {
            "result": replaced.text,
            "truncated": replaced.truncated,
            "applied_rules_count": replaced.applied,
        }


def _import_audio() -> None:
    with suppress(ImportError):
        importlib.import_module("codex_voice.serve.sidecar.recording")


def _unknown(_params: Params) -> Result:
    raise RpcError(Fault.METHOD_NOT_FOUND, "there is no such method")
