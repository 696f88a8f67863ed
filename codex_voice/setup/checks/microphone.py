"""Whether PortAudio is there and knows a microphone, and whether that gives sound."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from codex_voice.errors import AudioError, MicrophoneSilent, MicrophoneUnavailable
from codex_voice.own_command import runnable
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.setup.devices import Microphones, find_microphones

_NAME = "Microphone"
_UNMUTE = {
    "darwin": "unmute it, and allow the terminal in System Settings, Privacy & Security, Microphone"
}


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
        remedy = _UNMUTE.get(sys.platform, "unmute it in the system's sound settings")
        trouble = MicrophoneSilent(f"{heard.name} gives exact silence: is it muted?", remedy)
        return Finding(_NAME, trouble=trouble, needed=False)
    command = runnable("codex-voice mic")
    level = ""
    if heard is not None:
        level = f", hears {heard.dbfs:.0f} dBFS at {heard.rate / 1000:g} kHz"
    return Finding(_NAME, f"{_names(microphones)}{level}; to try it: {command}")


def _names(microphones: Microphones) -> str:
    others = [name for name in microphones.names if name != microphones.default]
    return ", ".join([microphones.default, *others] if microphones.default else others)
