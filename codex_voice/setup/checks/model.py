"""Whether there is a sound speech model, and how fast it is here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from codex_voice.config.schema import Config
from codex_voice.errors import CodexVoiceError, ModelInvalid
from codex_voice.own_command import runnable
from codex_voice.setup.checks.finding import Finding, Surroundings

_NAME = "Speech model"
_SECONDS = 2.5


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Find the model and look at its form; thoroughly, load it and recognise a sentence."""
    from codex_voice.speech.models.installed import name_of

    config = surroundings.config
    found = _find(config)
    if isinstance(found, CodexVoiceError):
        # A server may recognise instead; whether it answers is another check.
        yield Finding(_NAME, trouble=found, needed=not config.whisper.server_url)
        return
    place = f"{name_of(found)}, {found}"
    if surroundings.thorough:
        yield _try(found, place, surroundings)
    else:
        yield Finding(_NAME, place)


def _try(path: Path, place: str, surroundings: Surroundings) -> Finding:
    """Compare the model with its checksum, and let it recognise a sentence meanwhile."""
    from codex_voice.setup.model_checksum import checksum_problem, has_checksum
    from codex_voice.speech.models.installed import name_of

    needed = not surroundings.config.whisper.server_url
    with ThreadPoolExecutor(max_workers=1) as pool:
        compared = pool.submit(checksum_problem, path, surroundings.deadline)
        try:
            seconds = try_model(path, surroundings.seconds_left())
        except CodexVoiceError as error:
            return Finding(_NAME, trouble=error, needed=needed)
        problem = compared.result()
    if problem:
        # It works, and may be what its user made of it.
        remedy = f"codex-voice models remove {name_of(path)}, then get it again"
        return Finding(_NAME, trouble=ModelInvalid(problem, remedy), needed=False)
    speed = "slow" if seconds is None else f"{seconds:.2f} s for a sentence"
    checksum = ""
    if has_checksum(path):
        verify = runnable("codex-voice models verify")
        checksum = ", checksum right" if problem == "" else f", checksum: {verify}"
    return Finding(_NAME, f"{place} ({speed}{checksum})")


def find_trouble(config: Config) -> CodexVoiceError | None:
    """Return why there is no usable model, or nothing."""
    found = _find(config)
    return found if isinstance(found, CodexVoiceError) else None


@dataclass(frozen=True)
class Trial:
    """What a model did on this machine.

    Args:
        seconds: How long the recognition took.
        audio_seconds: How long the speech was.
        engine: What did the work, for people.
        fast_build: Whether whisper.cpp is built with llamafile's matrix products.
    """

    seconds: float
    audio_seconds: float
    engine: str
    fast_build: bool


def try_model(path: Path, seconds: float = _SECONDS) -> float | None:
    """Load a model in a process of its own, which it may crash, and let it recognise a sentence.

    Args:
        path: The model.
        seconds: How long to wait.

    Returns:
        How long the sentence took, in seconds; None when there was no answer in time.

    Raises:
        ModelInvalid: The process failed.
    """
    trial = try_engine(path, "whisper.cpp", seconds)
    return trial.seconds if trial else None


def try_engine(path: Path, engine: str, seconds: float) -> Trial | None:
    """Load a model into an engine, as `try_model` does.

    Args:
        path: The model.
        engine: The engine's name in the configuration.
        seconds: How long to wait.

    Returns:
        What was measured; None when there was no answer in time.

    Raises:
        ModelInvalid: The process failed.
    """
    try:
        tried = subprocess.run(
            [sys.executable, "-P", "-m", "codex_voice.setup.model_trial", path, engine],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
        return Trial(**json.loads(tried.stdout))
    except subprocess.TimeoutExpired:
        return None
    except (subprocess.SubprocessError, OSError, ValueError, TypeError) as error:
        raise ModelInvalid(
            f"{path} cannot be loaded: the recogniser failed on it", "codex-voice models verify"
        ) from error


def _find(config: Config) -> Path | CodexVoiceError:
    from codex_voice.speech.models.installed import resolve, verify

    whisper = config.whisper
    try:
        multilingual = whisper.language != "en" or whisper.translate
        path = resolve(whisper.model, multilingual=multilingual)
        verify(path)
    except CodexVoiceError as error:
        return error
    return path
