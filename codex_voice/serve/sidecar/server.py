"""The sidecar: what it answers, and on which thread.

Requests are read on the main thread, which answers what costs nothing. Everything else goes to
one of four lanes, each a thread with its own order: audio, devices, model, text. So a ping is
answered while a model loads, a sound server hangs, or a regular expression runs. What takes long
to import is imported when the host has asked for the microphones.
"""

from __future__ import annotations

import logging
import platform
import sys
import threading
from collections.abc import Callable
from functools import partial

from codex_voice import __version__
from codex_voice.config.schema import Config
from codex_voice.errors import CodexVoiceError
from codex_voice.recordings.journal import Journal
from codex_voice.serve.sidecar import protocol
from codex_voice.serve.sidecar.asr_methods import AsrMethods
from codex_voice.serve.sidecar.audio_methods import AudioMethods
from codex_voice.serve.sidecar.devices import Devices
from codex_voice.serve.sidecar.lane import Lane
from codex_voice.serve.sidecar.line_io import LineWriter
from codex_voice.serve.sidecar.protocol import Fault, Params, Request, Result, RpcError
from codex_voice.serve.sidecar.recognition import Recognition
from codex_voice.serve.sidecar.recording_methods import RecordingMethods
from codex_voice.serve.sidecar.regex_process import RuleProcess
from codex_voice.serve.sidecar.replacement_methods import ReplacementMethods
from codex_voice.serve.sidecar.status import HostEvents

_LOG = logging.getLogger(__name__)

# What was asked before standard input ended is answered within so long.
_DRAIN_SECONDS = 2.0

_FAULTS = (ArithmeticError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError)
"""What our own mistakes and failing libraries raise."""

Handler = Callable[[Params], Result]


class Sidecar:
    """Answers requests.

    Args:
        config: The configuration.
        writer: Where answers and events go.
        journal: Keeps recordings on disk.
        devices: The microphones.
        rule_process: Applies the rules.
        own_words: Writes the user's own words in a transcript.
    """

    def __init__(
        self,
        config: Config,
        writer: LineWriter,
        journal: Journal,
        devices: Devices,
        rule_process: RuleProcess,
        own_words: Callable[[str], str],
    ) -> None:
        self.shutting_down = False
        self._writer = writer
        self._journal = journal
        self._rule_process = rule_process
        self._unanswered = 0
        self._answered = threading.Condition()
        self._audio_lane, self._device_lane = Lane("audio"), Lane("devices")
        self._model_lane, self._text_lane = Lane("model"), Lane("text")
        events = HostEvents(writer)
        self._recognition = Recognition(config.whisper, partial(events.send, "model_progress"))
        self._replacements = ReplacementMethods(rule_process, own_words)
        self._audio = AudioMethods(devices, events)
        self._recording = RecordingMethods(
            config,
            devices,
            journal,
            self._recognition,
            self._replacements.written,
            events,
            self._audio_lane,
            self._text_lane,
        )
        self._asr = AsrMethods(
            self._recognition, self._recording.status, self._replacements.written
        )
        self._methods = self._table()

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
        elif lane is self._model_lane:
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
        if self._recording.recording or self._audio.metering:
            self._audio_lane.submit(self._release_microphone)
            self._audio_lane.drain(_DRAIN_SECONDS)
        self._recognition.close()
        self._rule_process.close()
        self._journal.close()

    def _table(self) -> dict[str, tuple[Lane | None, Handler]]:
        """Return each method with its lane; None is the main thread."""
        now: dict[str, Handler] = {
            "system.ping": self._ping,
            "system.info": self._info,
            "system.shutdown": self._shutdown,
            "status.get": lambda _params: self._recording.status.as_json(),
            "audio.meter_status": self._audio.meter_status,
            "asr.status": lambda _params: self._recognition.asr_status(),
            "recording.status": self._recording.get_status,
            "replacements.get_presets": self._replacements.get_presets,
            "replacements.get_preset_rules": self._replacements.get_preset_rules,
        }
        audio: dict[str, Handler] = {
            "audio.set_device": self._audio.set_device,
            "audio.meter_start": self._audio.meter_start,
            "audio.meter_stop": self._audio.meter_stop,
            "recording.start": self._recording.start,
            "recording.stop": self._recording.stop,
            "recording.cancel": self._recording.cancel,
        }
        devices_too: dict[str, Handler] = {
            "audio.list_devices": self._audio.list_devices,
            # Looks on the disk; a download on the model lane must not hold it up.
            "model.get_status": lambda _params: self._recognition.status(),
        }
        model: dict[str, Handler] = {
            "model.download": self._recognition.download,
            "model.install": self._recognition.download,
            "model.purge_cache": self._recognition.purge,
            "asr.initialize": self._asr.initialize,
            "asr.transcribe": self._asr.transcribe,
        }
        text: dict[str, Handler] = {
            "replacements.set_rules": self._replacements.set_rules,
            "replacements.get_rules": self._replacements.get_rules,
            "replacements.preview": self._replacements.preview,
        }
        return {
            name: (lane, handler)
            for lane, handlers in (
                (None, now),
                (self._audio_lane, audio),
                (self._device_lane, devices_too),
                (self._model_lane, model),
                (self._text_lane, text),
            )
            for name, handler in handlers.items()
        }

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

    def _release_microphone(self) -> None:
        self._audio.close()
        self._recording.close()

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


def _unknown(_params: Params) -> Result:
    raise RpcError(Fault.METHOD_NOT_FOUND, "there is no such method")
