"""The configuration of a machine that has none: the defaults, and what they would not find.

The app asks for it before it starts Codex wherever there is no file, so what takes long to import
is imported only where it is needed.
"""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

from codex_voice.config.schema import Config
from codex_voice.errors import AgentNotFound, CodexVoiceError
from codex_voice.setup.discovery import USUAL_SERVER, find_codex, find_server


def first_configuration(project: Path | None = None) -> Config:
    """Return a configuration of what was found on this machine.

    Args:
        project: A directory in whose `node_modules` Codex may be; None does not look there.
    """
    return complete(Config(), project)


def complete(config: Config, project: Path | None) -> Config:
    """Fill in what the defaults do not find: Codex off PATH, a server where no model is."""
    try:
        program = find_codex(config.codex.command, project, ask_npm=True)
    except AgentNotFound:
        program = None
    if program is not None and not shutil.which(Path(config.codex.command).expanduser()):
        codex = dataclasses.replace(config.codex, command=str(program))
        config = dataclasses.replace(config, codex=codex)
    if not config.whisper.server_url and _only_server(config):
        whisper = dataclasses.replace(config.whisper, server_url=USUAL_SERVER)
        config = dataclasses.replace(config, whisper=whisper)
    return config


def _only_server(config: Config) -> bool:
    """Return whether a whisper.cpp server answers here and no speech model is on the disk."""
    from codex_voice.speech.models.installed import resolve

    try:
        resolve(config.whisper.model)
    except CodexVoiceError:
        try:
            find_server(USUAL_SERVER)
        except CodexVoiceError:
            return False
        return True
    return False
