"""The checks of `codex-voice doctor`, one a module.

A check is a function `check(surroundings)` that yields findings. It reads no secrets, changes
nothing, and waits for nothing longer than `surroundings.seconds_left()`. To add one, write a module
and name it in `_CHECKS`.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType

from codex_voice.config.schema import Config
from codex_voice.errors import CodexVoiceError
from codex_voice.setup.checks import (
    codex,
    configuration,
    libraries,
    logfile,
    microphone,
    model,
    processor,
    server,
    storage,
    terminal,
)
from codex_voice.setup.checks.finding import Finding, Status, Surroundings
from codex_voice.setup.discovery import find_codex

__all__ = ["NAMES", "Finding", "Status", "Surroundings", "missing", "run_all", "survey"]

WAIT_SECONDS = 2.2
"""How long a thorough check may wait for other programs. With the start of Python the doctor takes
less than 3 s."""
GRACE_SECONDS = 0.2
"""Afterwards, for what is not waiting but computing; then the findings go without it."""

_ESSENTIAL = {
    "codex": codex,
    "microphone": microphone,
    "model": model,
    "server": server,
    "terminal": terminal,
}
_CHECKS = {
    "configuration": configuration,
    **_ESSENTIAL,
    "libraries": libraries,
    "processor": processor,
    "storage": storage,
    "log": logfile,
}
NAMES = tuple(_CHECKS)


def survey(config: Config, project: Path, *, ask_terminal: bool = True) -> Iterator[Finding]:
    """Look for what talking to Codex needs, one thing after the other.

    Args:
        config: What is configured.
        project: The directory the user is in; Codex may be in its `node_modules`.
        ask_terminal: Whether the terminal may be written to and read: not while the app runs.
    """
    surroundings = Surroundings(config, project)
    for check in _ESSENTIAL.values():
        if ask_terminal or check is not terminal:
            yield from check.check(surroundings)


def run_all(surroundings: Surroundings, only: Iterable[str] = NAMES) -> Iterator[Finding]:
    """Run checks side by side, since most of them wait for another program.

    Args:
        surroundings: What to look at.
        only: Names of the checks, in any order.

    Returns:
        What was found, always in the same order, each as soon as it and all before are there.
    """
    wanted = set(only)
    if surroundings.thorough:
        deadline = time.monotonic() + WAIT_SECONDS
        surroundings = dataclasses.replace(surroundings, deadline=deadline)
    results = [
        (name, _begin(module, surroundings)) for name, module in _CHECKS.items() if name in wanted
    ]
    for name, result in results:
        try:
            yield from result.result(surroundings.seconds_left() + GRACE_SECONDS)
        except TimeoutError:
            yield _unanswered(name)


def _begin(module: ModuleType, surroundings: Surroundings) -> Future[list[Finding]]:
    """Run a check on a thread that nobody has to wait for, not even the end of the process."""
    result: Future[list[Finding]] = Future()

    def collect() -> None:
        try:
            result.set_result(list(module.check(surroundings)))
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            result.set_exception(error)

    threading.Thread(target=collect, name=f"check {module.__name__}", daemon=True).start()
    return result


def _unanswered(name: str) -> Finding:
    trouble = CodexVoiceError(
        "not known: this took too long", f"codex-voice doctor --only {name} takes its time"
    )
    return Finding(name.capitalize(), trouble=trouble, needed=False)


def missing(config: Config) -> tuple[CodexVoiceError, ...]:
    """Return why Codex cannot be talked to for real, with the commands that get what is missing.

    Quick enough for the start of the app: Codex is not run, and sound is not looked at.
    """
    troubles = []
    try:
        find_codex(config.codex.command)
    except CodexVoiceError as error:
        troubles.append(error)
    if not config.whisper.server_url:
        trouble = model.find_trouble(config)
        if trouble is not None:
            troubles.append(trouble)
    return tuple(troubles)
