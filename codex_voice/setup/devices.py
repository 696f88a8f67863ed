"""The microphones of this machine, as PortAudio sees them.

PortAudio and the libraries below it print to standard error and can crash the process that
asks, so the question is asked in a process of its own: `python -m codex_voice.setup.devices`
answers with one line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from codex_voice.errors import AudioError, MicrophoneUnavailable, PortAudioMissing
from codex_voice.install_hints import install_portaudio
from codex_voice.text_cleaning import clean_line

# Opening a sound server that is not answering takes PortAudio a few seconds.
_ANSWER_SECONDS = 15.0


@dataclass(frozen=True)
class Microphones:
    """What PortAudio knows: its own version, and the input devices by name."""

    portaudio: str
    names: tuple[str, ...]
    default: str


def find_microphones(seconds: float = _ANSWER_SECONDS) -> Microphones:
    """Ask PortAudio for the microphones.

    Args:
        seconds: How long to wait for the answer.

    Raises:
        PortAudioMissing: The library is not installed.
        MicrophoneUnavailable: There is no input device.
        AudioError: PortAudio crashed or did not answer.
    """
    try:
        asked = subprocess.run(
            [sys.executable, "-P", "-m", __name__], capture_output=True, timeout=seconds, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise AudioError(f"PortAudio did not answer within {seconds:.0f} s") from error
    except subprocess.CalledProcessError as error:
        raise AudioError(f"PortAudio failed with status {error.returncode}") from error
    answer = json.loads(asked.stdout)
    if "missing" in answer:
        raise PortAudioMissing("the PortAudio library is not installed", install_portaudio())
    microphones = Microphones(answer["portaudio"], tuple(answer["names"]), answer["default"])
    if not microphones.names:
        raise MicrophoneUnavailable("no microphone", "connect one, or start the sound server")
    return microphones


def main() -> None:
    """Print what PortAudio knows as one line of JSON."""
    try:
        import sounddevice
    except OSError as error:
        print(json.dumps({"missing": str(error)}))
        return
    inputs = [device for device in sounddevice.query_devices() if device["max_input_channels"]]
    default = sounddevice.default.device[0]
    names = {device["index"]: clean_line(device["name"]) for device in inputs}
    print(
        json.dumps(
            {
                "portaudio": sounddevice.get_portaudio_version()[1],
                "names": list(dict.fromkeys(names.values())),
                "default": names.get(default, ""),
            }
        )
    )


if __name__ == "__main__":
    main()
