"""The checks of `codex-voice doctor`, one a module.

A check is a function `check(surroundings)` that yields findings. It reads no secrets, changes
nothing, and takes at most two seconds. To add one, write a module and name it in `_CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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


def survey(config: Config, project: Path) -> Iterator[Finding]:
    """Look for what talking to Codex needs, one thing after the other.

    Args:
        config: What is configured.
        project: The directory the user is in; Codex may be in its `node_modules`.
    """
    surroundings = Surroundings(config, project)
    for check in _ESSENTIAL.values():
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
    checks = [module.check for name, module in _CHECKS.items() if name in wanted]
    with ThreadPoolExecutor(max_workers=max(1, len(checks))) as pool:
        results = [pool.submit(_collect, check, surroundings) for check in checks]
        for result in results:
            yield from result.result()


def _collect(
    check: Callable[[Surroundings], Iterator[Finding]], surroundings: Surroundings
) -> list[Finding]:
    return list(check(surroundings))


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
