"""What codex-voice needs, and what of it is on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codex_voice.config.schema import Config
from codex_voice.errors import AudioError, CodexVoiceError, MicrophoneUnavailable
from codex_voice.setup.devices import Microphones, find_microphones
from codex_voice.setup.discovery import USUAL_SERVER, codex_version, find_codex, find_server


@dataclass(frozen=True)
class Finding:
    """One thing: where it is, or what is wrong with it.

    Args:
        name: What it is, for people.
        found: Where or which it is; empty when it is missing.
        trouble: Why it is missing, with the command that gets it.
        needed: Whether talking to Codex is impossible without it.
    """

    name: str
    found: str = ""
    trouble: CodexVoiceError | None = None
    needed: bool = True

    def __str__(self) -> str:
        if self.trouble is None:
            return f"{'found':9}{self.name:14}{self.found}"
        state = "missing" if self.needed else "none"
        remedy = f": {self.trouble.remedy}" if self.trouble.remedy else ""
        return f"{state:9}{self.name:14}{self.trouble.message}{remedy}"


def survey(config: Config, project: Path) -> Iterator[Finding]:
    """Look for everything, one thing after the other.

    Args:
        config: What is configured.
        project: The directory the user is in; Codex may be in its `node_modules`.
    """
    yield _codex(config.codex.command, project)
    yield from _sound()
    server = _server(config.whisper.server_url)
    yield _model(config, needed=not (config.whisper.server_url and server.trouble is None))
    yield server
    yield _terminal()


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
        model = _model(config, needed=True)
        if model.trouble is not None:
            troubles.append(model.trouble)
    return tuple(troubles)


def _codex(command: str, project: Path) -> Finding:
    try:
        program = find_codex(command, project, ask_npm=True)
        return Finding("Codex", f"{program} ({codex_version(program)})")
    except CodexVoiceError as error:
        return Finding("Codex", trouble=error)


def _sound() -> Iterator[Finding]:
    try:
        microphones = find_microphones()
    except MicrophoneUnavailable as error:
        yield Finding("PortAudio", "installed")
        yield Finding("Microphone", trouble=error)
    except AudioError as error:
        yield Finding("PortAudio", trouble=error)
        yield Finding("Microphone", trouble=AudioError("cannot be looked for without PortAudio"))
    else:
        yield Finding("PortAudio", microphones.portaudio)
        yield Finding("Microphone", _names(microphones))


def _names(microphones: Microphones) -> str:
    others = [name for name in microphones.names if name != microphones.default]
    return ", ".join([microphones.default, *others] if microphones.default else others)


def _model(config: Config, needed: bool) -> Finding:
    from codex_voice.speech.models.installed import name_of, resolve, verify

    whisper = config.whisper
    multilingual = whisper.language != "en" or whisper.translate
    try:
        path = resolve(whisper.model, multilingual=multilingual)
        verify(path)
    except CodexVoiceError as error:
        return Finding("Speech model", trouble=error, needed=needed)
    return Finding("Speech model", f"{name_of(path)}, {path}")


def _server(url: str) -> Finding:
    try:
        find_server(url or USUAL_SERVER)
    except CodexVoiceError as error:
        return Finding("Server", trouble=error, needed=bool(url))
    return Finding("Server", url or f'{USUAL_SERVER}; to use it: [whisper] server_url = "..."')


def _terminal() -> Finding:
    program = os.environ.get("TERM_PROGRAM") or os.environ.get("TERM") or "unknown"
    if os.environ.get("TMUX"):
        return Finding("Terminal", f"tmux in {program}: tap the talk key, tmux tells no releases")
    return Finding("Terminal", program)
