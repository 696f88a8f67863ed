"""The microphones of this machine, as PortAudio sees them.

PortAudio and the libraries below it print to standard error and can crash the process that
asks, so the question is asked in a process of its own: `python -m codex_voice.setup.devices`
answers with one line of JSON, and with another one about what the microphone hears when it is given
the name of one ("" is the default).
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from codex_voice.errors import AudioError, MicrophoneUnavailable, PortAudioMissing
from codex_voice.install_hints import install_portaudio

# Opening a sound server that is not answering takes PortAudio a few seconds.
_ANSWER_SECONDS = 15.0
# A muted microphone gives zeros from the first frame on; devices settle for less than this.
_LISTEN_SECONDS = 0.4
_FIRST_FRAME_SECONDS = 1.5


@dataclass(frozen=True)
class Heard:
    """What a microphone gave when it was listened to for a moment.

    Args:
        name: The device, as PortAudio calls it.
        dbfs: The loudest frame; `level.SILENCE_DBFS` where there were only zeros.
        silent: Whether there were only zeros.
        rate: What it was opened at, in Hz.
        trouble: Why nothing could be heard; "" where something was.
        remedy: What may help.
    """

    name: str = ""
    dbfs: float = 0.0
    silent: bool = False
    rate: float = 0.0
    trouble: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Microphones:
    """What PortAudio knows.

    Args:
        portaudio: Its own version.
        names: The input devices.
        default: The one of them that is used unless another is named.
        heard: What one of them gave; None where none was listened to, or it did not answer.
    """

    portaudio: str
    names: tuple[str, ...]
    default: str
    heard: Heard | None = None


def find_microphones(seconds: float = _ANSWER_SECONDS, listen_to: str | None = None) -> Microphones:
    """Ask PortAudio for the microphones.

    Args:
        seconds: How long to wait for the answer.
        listen_to: The (part of the) name of a microphone that is listened to for a moment; "" is
            the default one, None listens to none.

    Raises:
        PortAudioMissing: The library is not installed.
        MicrophoneUnavailable: There is no input device.
        AudioError: PortAudio crashed or did not answer.
    """
    command = [sys.executable, "-P", "-m", __name__]
    if listen_to is not None:
        command.append(listen_to)
    try:
        asked = subprocess.run(command, capture_output=True, timeout=seconds, check=True).stdout
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        # What was written before listening hung or crashed is an answer all the same.
        asked = error.stdout or b""
        if not asked.endswith(b"\n"):
            raise _failure(error, seconds) from error
    lines = asked.splitlines()
    answer = json.loads(lines[0])
    if "missing" in answer:
        raise PortAudioMissing("the PortAudio library is not installed", install_portaudio())
    microphones = Microphones(
        answer["portaudio"],
        tuple(answer["names"]),
        answer["default"],
        Heard(**json.loads(lines[1])) if len(lines) > 1 else None,
    )
    if not microphones.names:
        raise MicrophoneUnavailable("no microphone", "connect one, or start the sound server")
    return microphones


def _failure(
    error: subprocess.TimeoutExpired | subprocess.CalledProcessError, seconds: float
) -> AudioError:
    if isinstance(error, subprocess.CalledProcessError):
        return AudioError(f"PortAudio failed with status {error.returncode}")
    return AudioError(f"PortAudio did not answer within {seconds:.0f} s")


def main() -> None:
    """Print what PortAudio knows as one line of JSON, and what a microphone hears as another."""
    from codex_voice.audio import portaudio

    try:
        microphones = portaudio.list_microphones(renew=False)
    except PortAudioMissing as error:
        print(json.dumps({"missing": error.message}), flush=True)
        return
    answer = {
        "portaudio": portaudio.version(),
        "names": [microphone.name for microphone in microphones],
        "default": next((each.name for each in microphones if each.default), ""),
    }
    print(json.dumps(answer), flush=True)
    if microphones and len(sys.argv) > 1:
        print(json.dumps(_listen(sys.argv[1])), flush=True)


def _listen(name: str) -> dict[str, Any]:
    """Return the fields of a `Heard`."""
    from codex_voice.audio.level import measure
    from codex_voice.audio.sources.microphone import Microphone
    from codex_voice.pcm import frames_in

    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    try:
        microphone = Microphone(name)
        microphone.open(frames.put)
    except AudioError as error:
        return {"name": name, "trouble": error.message, "remedy": error.remedy}
    try:
        heard = [
            frames.get(timeout=_FIRST_FRAME_SECONDS)
            for _ in range(frames_in(1000 * _LISTEN_SECONDS))
        ]
    except queue.Empty:
        return {"name": microphone.name, "trouble": f"{microphone.name} gives no sound"}
    finally:
        microphone.close()
    return {
        "name": microphone.name,
        "dbfs": round(max(measure(frame).dbfs for frame in heard), 1),
        "silent": not any(map(any, heard)),
        "rate": microphone.rate,
    }


if __name__ == "__main__":
    main()
