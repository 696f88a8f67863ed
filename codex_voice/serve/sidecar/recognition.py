"""The speech model of the sidecar: found, downloaded, loaded, removed, and asked."""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from codex_voice import paths
from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import DownloadFailed, ModelInvalid, SpeechError
from codex_voice.serve.sidecar.protocol import Fault, Params, RpcError, invalid_params
from codex_voice.serve.transcriber import ModelState, Transcriber
from codex_voice.speech.models.catalogue import CATALOGUE
from codex_voice.speech.recognizer import Recognizer, Transcript

_LOG = logging.getLogger(__name__)

_DEVICE_PREFERENCES = ("auto", "cuda", "cpu")
# Progress of a download is told after so many more bytes.
_PROGRESS_STEP = 4 << 20


class Recognition:
    """The model and what can be asked of it.

    Args:
        whisper: The configuration; requests may ask for another model and language.
        report_progress: Takes the parameters of `event.model_progress`.
    """

    def __init__(
        self, whisper: WhisperConfig, report_progress: Callable[[Mapping[str, Any]], None]
    ) -> None:
        self._whisper = whisper
        self._report_progress = report_progress
        self._transcriber: Transcriber | None = None
        self._loaded: tuple[str, str] = ("", "")
        self._loading = False
        self._downloading: str | None = None
        self._progress: dict[str, Any] | None = None
        self._download_error = ""
        self._lock = threading.Lock()

    @property
    def loading(self) -> bool:
        """Whether a model is being downloaded or loaded."""
        return self._loading or self._downloading is not None

    @property
    def busy(self) -> bool:
        """Whether recordings wait for their texts."""
        return self._transcriber is not None and self._transcriber.pending > 0

    # model.*

    def status(self) -> dict[str, Any]:
        """Answer `model.get_status`."""
        answer: dict[str, Any] = {"model_id": self._loaded[0] or self._wanted(None)}
        if self._downloading is not None:
            answer.update(status="downloading", model_id=self._downloading)
            if self._progress is not None:
                answer["progress"] = self._progress
            return answer
        from codex_voice.speech.models.installed import name_of

        try:
            path = self._find(answer["model_id"])
        except ModelInvalid as error:
            return {**answer, "status": "error", "error": str(error), "error_message": str(error)}
        except SpeechError:
            if self._download_error:
                message = self._download_error
                return {**answer, "status": "error", "error": message, "error_message": message}
            return {**answer, "status": "missing"}
        return {**answer, "status": "ready", "model_id": name_of(path), "cache_path": str(path)}

    def download(self, params: Params) -> dict[str, Any]:
        """Answer `model.download`: fetch a model if it is not here.

        Raises:
            RpcError: It cannot be fetched.
        """
        model_id = self._wanted(params.optional_text("model_id"))
        try:
            self._find(model_id)
        except SpeechError:
            self._fetch(model_id)
        return {**self.status(), "model_id": model_id}

    def purge(self, params: Params) -> dict[str, Any]:
        """Answer `model.purge_cache`: delete what was downloaded; other programs' files stay.

        Raises:
            RpcError: The model is in use.
        """
        model_id = params.optional_text("model_id")
        directory = paths.models_directory()
        for model in CATALOGUE:
            if model_id in (None, "", model.name):
                path = directory / model.file_name
                if self._loaded[0] == model.name and path.exists():
                    raise RpcError(Fault.NOT_READY, f"the model {model.name} is in use")
                for file in (path, directory / f"{model.file_name}.part"):
                    try:
                        file.unlink(missing_ok=True)
                    except OSError as error:
                        raise RpcError(Fault.INTERNAL, f"{file}: {error.strerror}") from error
        return {"purged": True}

    # asr.*

    def asr_status(self) -> dict[str, Any]:
        """Answer `asr.status`."""
        transcriber = self._transcriber
        if self._downloading is not None:
            state = "downloading"
        elif self._loading:
            state = "loading"
        elif transcriber is None:
            state = "error" if self._download_error else "uninitialized"
        else:
            state = {ModelState.READY: "ready", ModelState.FAILED: "error"}.get(
                transcriber.state, "loading"
            )
        answer: dict[str, Any] = {"state": state, "ready": state == "ready"}
        if state == "ready" and transcriber is not None:
            answer.update(model_id=transcriber.name, device=_device(transcriber))
        return answer

    def initialize(self, params: Params) -> dict[str, Any]:
        """Answer `asr.initialize`: load a model; the same one again costs nothing.

        Raises:
            RpcError: It cannot be loaded, or recordings still wait for the one before.
        """
        model_id = self._wanted(params.optional_text("model_id"))
        preference = params.text("device_pref", "auto")
        if preference not in _DEVICE_PREFERENCES:
            invalid_params(f"device_pref must be one of {', '.join(_DEVICE_PREFERENCES)}")
        language = language_in(params) or self._whisper.language
        with self._lock:
            if (model_id, language) != self._loaded or self._transcriber is None:
                self._load(model_id, language)
            assert self._transcriber is not None
            return {
                "status": "ready",
                "model_id": model_id,
                "device": _device(self._transcriber),
            }

    def submit(self, pcm: bytes, language: str = "") -> Future[Transcript]:
        """Recognise a recording.

        Args:
            pcm: int16 mono, 16 kHz.
            language: Code of its language, or "auto"; "" for the one the model was loaded with.

        Raises:
            RpcError: No model is loaded.
        """
        transcriber = self._transcriber
        if transcriber is None or transcriber.state is not ModelState.READY:
            raise RpcError(Fault.NOT_INITIALIZED, "no model is loaded: call asr.initialize first")
        return transcriber.submit(pcm, language)

    def close(self) -> None:
        """Free the model."""
        if self._transcriber is not None:
            self._transcriber.close()

    def _load(self, model_id: str, language: str) -> None:
        if self.busy:
            raise RpcError(Fault.NOT_READY, "recordings still wait for the model before")
        whisper = replace(self._whisper, language=language)
        self._loading = True
        try:
            try:
                path = self._find(model_id, language)
            except SpeechError as error:
                raise RpcError(Fault.MODEL_LOAD, str(error)) from error
            loaded: Future[SpeechError | None] = Future()

            def load() -> Recognizer:
                from codex_voice.speech.factory import load_model

                return load_model(whisper, path)

            transcriber = Transcriber(load, model_id, on_loaded=loaded.set_result)
            if (failure := loaded.result()) is not None:
                transcriber.close()
                raise RpcError(Fault.MODEL_LOAD, str(failure)) from failure
        finally:
            self._loading = False
        if self._transcriber is not None:
            self._transcriber.close()
        self._transcriber, self._loaded = transcriber, (model_id, language)

    def _wanted(self, model_id: str | None) -> str:
        if model_id:
            return model_id
        if self._whisper.model:
            return self._whisper.model
        # Brings an HTTP client: not before it is needed.
        from codex_voice.speech.factory import find_model
        from codex_voice.speech.models.installed import DEFAULT_MODEL, name_of

        try:
            return name_of(find_model(self._whisper))
        except SpeechError:
            return DEFAULT_MODEL

    def _find(self, model_id: str, language: str = "") -> Path:
        from codex_voice.speech.models.installed import resolve

        multilingual = (language or self._whisper.language) != "en" or self._whisper.translate
        return resolve(model_id, multilingual=multilingual)

    def _fetch(self, model_id: str) -> None:
        model = next((model for model in CATALOGUE if model.name == model_id), None)
        if model is None:
            names = ", ".join(model.name for model in CATALOGUE)
            raise RpcError(Fault.MODEL_LOAD, f"there is no model {model_id[:100]!r}: {names}")
        from codex_voice.speech.models.download import download

        reported_at = -_PROGRESS_STEP

        def on_progress(current: int, total: int) -> None:
            nonlocal reported_at
            self._progress = {"current": current, "total": total or None, "unit": "bytes"}
            if current - reported_at >= _PROGRESS_STEP or current == total:
                reported_at = current
                self._report_progress({**self._progress, "model_id": model_id, "stage": "download"})

        self._downloading, self._download_error = model_id, ""
        try:
            download(model, paths.models_directory(), on_progress)
        except DownloadFailed as error:
            self._download_error = str(error)
            raise RpcError(_download_fault(error), str(error)) from error
        finally:
            self._downloading = self._progress = None


def language_in(params: Params) -> str:
    """Return the language that a request names; "" where it names none.

    Raises:
        RpcError: It is no language code.
    """
    language = params.optional_text("language") or ""
    if language and not (language.isascii() and language.isalpha()):
        invalid_params('language must be a code such as "en", "auto" or null')
    return language


def _download_fault(error: DownloadFailed) -> Fault:
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return Fault.DISK_FULL
    return Fault.CACHE_CORRUPT if cause is None or isinstance(cause, SpeechError) else Fault.NETWORK


def _device(transcriber: Transcriber) -> str:
    """Return what computes, as the protocol names it."""
    return "cuda" if "CUDA" in transcriber.description else "cpu"
