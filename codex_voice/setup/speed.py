"""`codex-voice models speed`: how fast each model is on this machine, and what would be faster."""

from __future__ import annotations

from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import CodexVoiceError, ModelInvalid, ModelMissing
from codex_voice.setup.checks.model import Trial, try_engine
from codex_voice.speech.models.installed import find_models

_PATIENCE_SECONDS = 60.0
FASTER_BUILD = (
    "CMAKE_ARGS='-DGGML_LLAMAFILE=ON -DCMAKE_INSTALL_RPATH=$ORIGIN"
    " -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON'"
    " pip install --force-reinstall --no-deps --no-cache-dir --no-binary pywhispercpp pywhispercpp"
)
"""Builds whisper.cpp here, with llamafile's matrix products. The libraries of a build of its own
are found beside it only with such a path in it."""


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
    if engine == "ctranslate2" or trial.engine.startswith("GPU"):
        return "This is the fastest engine there is for this machine."
    if trial.fast_build:
        return (
            "Faster still: pip install 'codex-voice[fast]' and [whisper] engine = \"ctranslate2\"."
        )
    return f"Faster, with a C++ compiler (in a checkout: make fast):\n{FASTER_BUILD}"


def _build(trial: Trial, engine: str) -> str:
    if engine != "whisper.cpp" or trial.engine.startswith("GPU"):
        return ""
    return ", the fast build" if trial.fast_build else ", the build of the wheel"
