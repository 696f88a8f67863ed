"""`codex-voice models speed`: how fast each model is on this machine, and what would be faster."""

from __future__ import annotations

from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import CodexVoiceError, ModelInvalid, ModelMissing
from codex_voice.install_hints import build_whisper
from codex_voice.native_libraries import whisper_gpu_interfaces
from codex_voice.setup.checks.model import Trial, try_engine
from codex_voice.setup.faster_recognition import GPU_TOOLS, unused_gpu, use_other_engine
from codex_voice.setup.machine import gpu_interfaces
from codex_voice.speech.models.installed import find_models

_PATIENCE_SECONDS = 60.0


def measure(whisper: WhisperConfig) -> None:
    """Let each model on this machine recognise two seconds, and print a line for each.

    The last line names the engine, and the one command that brings a faster one.

    Args:
        whisper: Names the engine.

    Raises:
        ModelMissing: There is no model.
        ModelInvalid: No model could be tried.
    """
    found = find_models()
    if not found:
        raise ModelMissing("there is no speech model on this machine", "codex-voice models get")
    trials = []
    for model in found:
        try:
            if model.problem:
                raise ModelInvalid(model.problem)
            trial = try_engine(model.path, whisper.engine, _PATIENCE_SECONDS)
        except CodexVoiceError as error:
            print(f"{model.name:22}{error}", flush=True)
            continue
        if trial is None:
            print(f"{model.name:22}more than {_PATIENCE_SECONDS:.0f} s", flush=True)
            continue
        trials.append(trial)
        print(
            f"{model.name:22}{trial.seconds:6.2f} s for {trial.audio_seconds:.1f} s of speech",
            flush=True,
        )
    if not trials:
        raise ModelInvalid("no speech model could be tried", "codex-voice models verify")
    print(f"{whisper.engine}: {trials[0].engine}{_build(trials[0], whisper.engine)}")
    print(advice(trials[0], whisper.engine))


def advice(trial: Trial, engine: str) -> str:
    """Return the line that says what would be faster.

    Args:
        trial: What was measured.
        engine: The engine at work.
    """
    if trial.engine.startswith("GPU"):
        return "This is the fastest engine there is for this machine."
    gpu = unused_gpu(gpu_interfaces(), whisper_gpu_interfaces())
    if gpu:
        return f"Faster, on this machine's GPU, with {GPU_TOOLS[gpu]}:\n{build_whisper(gpu)}"
    if engine == "ctranslate2":
        return "This is the fastest engine there is for this machine."
    if trial.fast_build:
        return f"Faster still: {use_other_engine()}"
    return f"Faster, with a C++ compiler:\n{build_whisper()}"


def _build(trial: Trial, engine: str) -> str:
    if engine != "whisper.cpp" or trial.engine.startswith("GPU"):
        return ""
    return ", the fast build" if trial.fast_build else ", the build of the wheel"
