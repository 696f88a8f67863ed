"""Whether Codex is there, its version was tried, and somebody is logged in."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from codex_voice.errors import AgentError, CodexVoiceError
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.setup.discovery import codex_version, environment_for, find_codex

OLDEST_TRIED = (0, 151)
NEWEST_TRIED = (0, 169)
"""Versions that the tests of the composer, prompts and approvals ran against."""

_SECONDS = 2.0


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Find Codex and ask for its version; thoroughly, also whether somebody is logged in."""
    try:
        command = surroundings.config.codex.command
        program = find_codex(command, surroundings.project, ask_npm=True)
        version = codex_version(program)
    except CodexVoiceError as error:
        yield Finding("Codex", trouble=error)
        return
    yield Finding("Codex", f"{program} ({version}{_remark(version)})")
    if surroundings.thorough and Path(command).name.startswith("codex"):
        yield from _login(program)


def _remark(version: str) -> str:
    """Return what is to be known about a version; nothing for one that was tried."""
    numbers = re.search(r"(\d+)\.(\d+)\.", version)
    if numbers is None:
        return ""
    found = (int(numbers[1]), int(numbers[2]))
    if found < OLDEST_TRIED or found > NEWEST_TRIED:
        oldest, newest = (".".join(map(str, each)) for each in (OLDEST_TRIED, NEWEST_TRIED))
        return f", never tried: {oldest} to {newest} were; what is not recognised is held"
    return ""


def _login(program: Path) -> Iterator[Finding]:
    """Ask Codex itself, so that no file with secrets is opened."""
    try:
        asked = subprocess.run(
            [program, "login", "status"],
            env=environment_for(program),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return
    if asked.returncode == os.EX_OK:
        yield Finding("Login", "Codex is logged in")
    else:
        trouble = AgentError("Codex is not logged in", "codex login")
        yield Finding("Login", trouble=trouble, needed=False)
