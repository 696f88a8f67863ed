"""Whether Codex is there, its version was tried, and somebody is logged in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from codex_voice.agent.versions import untested_note
from codex_voice.errors import AgentError, CodexVoiceError
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.setup.discovery import (
    VERSION_SECONDS,
    codex_version,
    environment_for,
    find_codex,
)

_SECONDS = 2.0


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Find Codex and ask for its version; thoroughly, also whether somebody is logged in."""
    wait = surroundings.seconds_left
    try:
        command = surroundings.config.codex.command
        program = find_codex(command, surroundings.project, ask_npm=True, wait=wait)
        version = codex_version(program, wait(VERSION_SECONDS))
    except CodexVoiceError as error:
        yield Finding("Codex", trouble=error)
        return
    note = untested_note(version)
    yield Finding("Codex", f"{program}: {note}" if note else f"{program} ({version})")
    if surroundings.thorough and Path(command).name.startswith("codex"):
        yield from _login(program, surroundings.seconds_left(_SECONDS))


def _login(program: Path, seconds: float) -> Iterator[Finding]:
    """Ask Codex itself, so that no file with secrets is opened."""
    try:
        asked = subprocess.run(
            [program, "login", "status"],
            env=environment_for(program),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return
    if asked.returncode == os.EX_OK:
        yield Finding("Login", "Codex is logged in")
    else:
        trouble = AgentError("Codex is not logged in", "codex login")
        yield Finding("Login", trouble=trouble, needed=False)
