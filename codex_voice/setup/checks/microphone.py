"""Whether PortAudio is there and knows a microphone."""

from __future__ import annotations

from collections.abc import Iterator

from codex_voice.errors import AudioError, MicrophoneUnavailable
from codex_voice.own_command import runnable
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.setup.devices import Microphones, find_microphones

# A sound server that does not answer holds PortAudio up for much longer.
_THOROUGH_SECONDS = 2.5


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Ask PortAudio, in a process of its own, and look for the configured microphone."""
    try:
        if surroundings.thorough:
            microphones = find_microphones(_THOROUGH_SECONDS)
        else:
            microphones = find_microphones()
    except MicrophoneUnavailable as error:
        yield Finding("PortAudio", "installed")
        yield Finding("Microphone", trouble=error)
        return
    except AudioError as error:
        yield Finding("PortAudio", trouble=error)
        yield Finding("Microphone", trouble=AudioError("cannot be looked for without PortAudio"))
        return
    yield Finding("PortAudio", microphones.portaudio)
    wanted = surroundings.config.audio.device
    if wanted and not any(wanted.lower() in name.lower() for name in microphones.names):
        trouble = MicrophoneUnavailable(
            f'[audio] device = "{wanted}" is not there; there are {_names(microphones)}',
            "connect it, or name another one",
        )
        yield Finding("Microphone", trouble=trouble)
    else:
        command = runnable("codex-voice mic")
        yield Finding("Microphone", f"{_names(microphones)}; to try it: {command}")


def _names(microphones: Microphones) -> str:
    others = [name for name in microphones.names if name != microphones.default]
    return ", ".join([microphones.default, *others] if microphones.default else others)
