"""`codex-voice models`: what is here, what can be had, getting, checking and removing it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from codex_voice import paths
from codex_voice.errors import ModelInvalid, ModelMissing
from codex_voice.own_command import runnable_in
from codex_voice.setup.machine import memory_bytes, usable_cores
from codex_voice.setup.model_checksum import checksum_problem
from codex_voice.speech.models.catalogue import SPEAKER_MODEL, recommended
from codex_voice.speech.models.download import download
from codex_voice.speech.models.installed import (
    CATALOGUE,
    FoundModel,
    find_models,
    published,
    resolve,
    verify,
)

_MEGABYTE = 1_000_000
_PROGRESS_SECONDS = 0.2


def list_all() -> None:
    """Print the models on this machine, the best first, and those that can be had.

    Of these the one that suits this machine comes first.
    """
    found = find_models()
    for model in found:
        state = model.problem or f"{model.size // _MEGABYTE:5} MB  {model.path}"
        print(f"{'here':6}{model.name:22}{state}")
    here = {model.name for model in found}
    best = recommended_name()
    for published_model in sorted(CATALOGUE, key=lambda model: model.name != best):
        if published_model.name not in here:
            languages = "many languages" if published_model.multilingual else "English"
            advice = ", recommended for this machine" if published_model.name == best else ""
            size = f"{published_model.mebibytes:5} MiB"
            print(f"{'get':6}{published_model.name:22}{size} {languages}{advice}")
    speaker = paths.speaker_model()
    if speaker.exists():
        size = f"{speaker.stat().st_size // _MEGABYTE:5} MB  {speaker}"
        print(f"{'here':6}{SPEAKER_MODEL.name:22}{size}")
    else:
        size = f"{SPEAKER_MODEL.mebibytes:5} MiB"
        print(f"{'get':6}{SPEAKER_MODEL.name:22}{size} tells speakers apart (mic --enrol)")


def recommended_name() -> str:
    """Return the name of the model that suits this machine."""
    return recommended(usable_cores(), memory_bytes()).name


def get(name: str) -> None:
    """Download a model and say where it is.

    Args:
        name: Its name; "" gets the one that suits this machine.

    Raises:
        ModelMissing: Nobody publishes one of that name.
        DownloadFailed: It could not be fetched.
    """
    model = published(name or recommended_name())
    path = paths.models_directory() / model.file_name
    if _is_intact(path):
        print(f"{'here':6}{model.name:22}{path}, already")
        return
    path = download(model, paths.models_directory(), _Progress())
    print(f"{'here':6}{model.name:22}{path}")


def remove(name: str) -> None:
    """Delete a model that was downloaded.

    Raises:
        ModelMissing: There is none of that name in our own directory.
    """
    directory = paths.models_directory()
    files = [f"ggml-{name}.bin"]
    if name == SPEAKER_MODEL.name:
        files = [SPEAKER_MODEL.file_name]
    found = [directory / f"{file}{part}" for file in files for part in ("", ".part")]
    removed = [path for path in found if path.parent == directory and path.is_file()]
    for path in removed:
        path.unlink(missing_ok=True)
        print(f"removed {path}")
    if not removed:
        raise ModelMissing(
            f"there is no model {name} in {directory}",
            runnable_in("files of other programs are not removed; codex-voice models list"),
        )


def show_path(name: str) -> None:
    """Print the file of a model, and nothing else.

    Args:
        name: Its name or file; "" is the best one on this machine.

    Raises:
        SpeechError: It is not on this machine, or damaged.
    """
    path = resolve(name)
    verify(path)
    print(path)


def check(name: str) -> None:
    """Check a model, or all of them, and print a line for each.

    Args:
        name: Its name or file; "" checks all that are on this machine.

    Raises:
        ModelMissing: There is none.
        ModelInvalid: One is damaged, or not what its authors published.
    """
    if name:
        path = resolve(name)
        header = verify(path)
        found = [FoundModel(path.stem.removeprefix("ggml-"), path, 0, header.multilingual)]
    else:
        found = find_models()
    if not found:
        raise ModelMissing("there is no speech model on this machine", "codex-voice models get")
    damaged = 0
    for model in found:
        problem = model.problem or checksum_problem(model.path)
        damaged += bool(problem)
        print(f"{'bad' if problem else 'good':6}{model.name:22}{problem or model.path}")
    if damaged:
        raise ModelInvalid(f"{damaged} of {len(found)} models cannot be trusted")


def _is_intact(path: Path) -> bool:
    found = [model for model in find_models([path.parent]) if model.path == path]
    return bool(found) and not (found[0].problem or checksum_problem(path))


class _Progress:
    """A line on standard error that counts up, where somebody sees it."""

    def __init__(self) -> None:
        self._shown = float("-inf")

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        complete = done == total
        if not sys.stderr.isatty() or (now - self._shown < _PROGRESS_SECONDS and not complete):
            return
        self._shown = now
        of_total = f" of {total / _MEGABYTE:.0f}" if total else ""
        end = "\n" if complete else ""
        print(f"\r{done / _MEGABYTE:.0f}{of_total} MB", end=end, file=sys.stderr, flush=True)
