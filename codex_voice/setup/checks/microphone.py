"""Whether PortAudio is there and knows a microphone, and whether that gives sound."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping

from codex_voice.errors import AudioError, MicrophoneSilent, MicrophoneUnavailable
from codex_voice.own_command import runnable
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.setup.devices import Microphones, find_microphones

_NAME = "Microphone"
_MAC_APPLICATIONS = {
    "Apple_Terminal": "Terminal",
    "iTerm.app": "iTerm2",
    "ghostty": "Ghostty",
    "kitty": "kitty",
    "vscode": "Visual Studio Code",
    "WarpTerminal": "Warp",
    "WezTerm": "WezTerm",
}
"""TERM_PROGRAM -> what macOS calls the application. tmux hides it; iTerm2 then sets LC_TERMINAL."""


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Ask PortAudio, in a process of its own, and look for the configured microphone.

    Thoroughly, also listen to it for a moment.
    """
    wanted = surroundings.config.audio.device
    try:
        if surroundings.thorough:
            microphones = find_microphones(surroundings.seconds_left(), listen_to=wanted)
        else:
            microphones = find_microphones()
    except MicrophoneUnavailable as error:
        yield Finding("PortAudio", "installed")
        yield Finding(_NAME, trouble=error)
        return
    except AudioError as error:
        yield Finding("PortAudio", trouble=error)
        yield Finding(_NAME, trouble=AudioError("cannot be looked for without PortAudio"))
        return
    yield Finding("PortAudio", microphones.portaudio)
    if wanted and not any(wanted.lower() in name.lower() for name in microphones.names):
        trouble = MicrophoneUnavailable(
            f'[audio] device = "{wanted}" is not there; there are {_names(microphones)}',
            "connect it, or name another one",
        )
        yield Finding(_NAME, trouble=trouble)
    else:
        yield _examine(microphones)


def _examine(microphones: Microphones) -> Finding:
    heard = microphones.heard
    if heard is not None and heard.trouble:
        return Finding(_NAME, trouble=MicrophoneUnavailable(heard.trouble, heard.remedy))
    if heard is not None and heard.silent:
        trouble = why_silent(heard.name, sys.platform, os.environ)
        return Finding(_NAME, trouble=trouble, needed=False)
    command = runnable("codex-voice mic")
    level = ""
    if heard is not None:
        level = f", hears {heard.dbfs:.0f} dBFS at {heard.rate / 1000:g} kHz"
    return Finding(_NAME, f"{_names(microphones)}{level}; to try it: {command}")


def why_silent(name: str, platform: str, environment: Mapping[str, str]) -> MicrophoneSilent:
    """Return what it means that a microphone gives nothing but zeros.

    CoreAudio opens every microphone for everybody, and gives zeros to an application that the user
    has not allowed to listen. What macOS asks about is the terminal in which all this runs.

    Args:
        name: The microphone.
        platform: As `sys.platform`.
        environment: Names the terminal.
    """
    message = f"{name} gives exact silence"
    if platform != "darwin":
        return MicrophoneSilent(
            f"{message}: is it muted?", "unmute it in the system's sound settings"
        )
    terminal = environment.get("TERM_PROGRAM", "")
    known = _MAC_APPLICATIONS.get(terminal) or environment.get("LC_TERMINAL")
    if not known and environment.get("TERM") == "xterm-kitty":
        known = "kitty"
    application = known or "your terminal"
    return MicrophoneSilent(
        f"{message}: {application} has no permission, or it is muted",
        f"System Settings > Privacy & Security > Microphone: allow {application}, then restart it",
    )


def _names(microphones: Microphones) -> str:
    others = [name for name in microphones.names if name != microphones.default]
    return ", ".join([microphones.default, *others] if microphones.default else others)
