"""`codex-voice models`: what is here, what can be had, getting and removing it."""

from __future__ import annotations

import sys
import time

from codex_voice import paths
from codex_voice.errors import ModelMissing
from codex_voice.speech.models.installed import CATALOGUE, download, find_models, published
from codex_voice.text_cleaning import clean_line

_MEGABYTE = 1_000_000
_PROGRESS_SECONDS = 0.2


def list_all() -> None:
    """Print the models on this machine, the best first, and those that can be had."""
    found = find_models()
    for model in found:
        state = model.problem or f"{model.size // _MEGABYTE} MB, {clean_line(str(model.path))}"
        print(f"{'here':6}{model.name:22}{state}")
    here = {model.name for model in found}
    for published_model in CATALOGUE:
        if published_model.name not in here:
            print(f"{'get':6}{published_model.name:22}{published_model.mebibytes} MiB")


def get(name: str) -> None:
    """Download a model and say where it is.

    Raises:
        ModelMissing: Nobody publishes one of that name.
        DownloadFailed: It could not be fetched.
    """
    path = download(published(name), paths.models_directory(), _Progress())
    print(f"{'here':6}{name:22}{clean_line(str(path))}")


def remove(name: str) -> None:
    """Delete a model that was downloaded.

    Raises:
        ModelMissing: There is none of that name in our own directory.
    """
    for model in find_models([paths.models_directory()]):
        if model.name == name:
            model.path.unlink(missing_ok=True)
            print(f"removed {clean_line(str(model.path))}")
            return
    raise ModelMissing(f"there is no model {name} in {paths.models_directory()}")


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
