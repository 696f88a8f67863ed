"""The methods `asr.*` that load the model and transcribe files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codex_voice.errors import AudioError, SpeechError
from codex_voice.serve.sidecar.protocol import Fault, Params, Result, RpcError
from codex_voice.serve.sidecar.recognition import Recognition, language_in
from codex_voice.serve.sidecar.status import SidecarStatus


class AsrMethods:
    """Loading and transcribing.

    Args:
        recognition: The model.
        status: Told of the loading.
        written: Returns what is written for a transcript; may raise an `RpcError`.
    """

    def __init__(
        self, recognition: Recognition, status: SidecarStatus, written: Callable[[str], str]
    ) -> None:
        self._recognition = recognition
        self._status = status
        self._written = written

    def initialize(self, params: Params) -> Result:
        """Answer `asr.initialize`."""
        if not self._recognition.asr_status()["ready"]:
            self._status.report("loading_model")
        try:
            return self._recognition.initialize(params)
        finally:
            self._status.report()

    def transcribe(self, params: Params) -> Result:
        """Answer `asr.transcribe`: recognise a WAV file, in its own language where it is given."""
        from codex_voice.audio.sources.wav_file import read_wave

        path = Path(params.text("audio_path")).expanduser()
        language = language_in(params)
        try:
            pcm = read_wave(path)
        except (AudioError, ValueError) as error:
            raise RpcError(Fault.TRANSCRIBE, str(error)) from error
        try:
            transcript = self._recognition.submit(pcm, language).result()
        except SpeechError as error:
            raise RpcError(Fault.TRANSCRIBE, str(error)) from error
        return {
            "text": self._written(transcript.text),
            "duration_ms": round(1000 * transcript.seconds),
            "confidence": round(transcript.confidence, 4),
            "language": transcript.language or None,
        }
