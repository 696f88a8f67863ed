"""`codex-voice mic`: measures the room and the voice, and finds the threshold between them."""

from __future__ import annotations

import dataclasses
import queue
from collections.abc import Callable, Sequence
from pathlib import Path

from codex_voice import configuration_file
from codex_voice.audio.format import FRAME_MS
from codex_voice.audio.level import measure
from codex_voice.audio.microphone import Microphone
from codex_voice.config import Config
from codex_voice.errors import AudioError, MicrophoneUnavailable

_ROOM_SECONDS, _VOICE_SECONDS = 3, 5
# The first frames of many devices are a click or nothing.
_SETTLING_SECONDS = 0.5
_FRAME_SECONDS = 2.0
# Speech stands at least so far above a room in which it can be told from the noise.
_LEAST_CONTRAST_DB = 10.0
_LOWEST_DBFS, _HIGHEST_DBFS = -90.0, 0.0
_SILENT_DBFS = -90.0


def run(path: Path, ask: Callable[[str], bool]) -> None:
    """Measure, print the result and, after asking, write the threshold.

    Args:
        path: The configuration file, which need not exist.
        ask: Asks a question that is answered with yes or no.

    Raises:
        AudioError: There is no microphone, it is muted, or the voice is no louder than the room.
        ConfigError: The configuration is wrong or cannot be written.
    """
    config = configuration_file.read(path) if path.exists() else Config()
    microphone = Microphone(config.audio.device)
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    microphone.open(frames.put)
    try:
        print(f"Microphone: {microphone.name}")
        _levels(frames, _SETTLING_SECONDS)
        print(f"Please be quiet for {_ROOM_SECONDS} seconds ...", flush=True)
        room = _levels(frames, _ROOM_SECONDS)
        print(f"Now speak for {_VOICE_SECONDS} seconds ...", flush=True)
        voice = _levels(frames, _VOICE_SECONDS)
    finally:
        microphone.close()
    threshold = threshold_between(room, voice)
    print(
        f"Room {_share(room, 0.5):.0f} dBFS, voice {_share(voice, 0.9):.0f} dBFS: "
        f"threshold {threshold:.0f} dBFS"
    )
    if ask(f"Write it to {path}?"):
        audio = dataclasses.replace(config.audio, threshold_dbfs=threshold)
        configuration_file.write(path, dataclasses.replace(config, audio=audio))


def threshold_between(room: Sequence[float], voice: Sequence[float]) -> float:
    """Return the level below which sound is never speech.

    Args:
        room: Levels of frames of the quiet room, in dBFS.
        voice: Levels of frames in which somebody speaks, with the gaps between the words.

    Returns:
        A third of the way up from the room (without its loudest twentieth) to the voice, in
        whole dBFS: soft sounds at the ends of words are far below the vowels.

    Raises:
        MicrophoneUnavailable: There is no sound at all.
        AudioError: The voice is hardly louder than the room.
    """
    noise, speech = _share(room, 0.95), _share(voice, 0.9)
    if speech <= _SILENT_DBFS:
        raise MicrophoneUnavailable(
            "the microphone is silent", "is it muted, or is another one meant?"
        )
    if speech - noise < _LEAST_CONTRAST_DB:
        raise AudioError(
            f"the voice ({speech:.0f} dBFS) is hardly louder than the room ({noise:.0f} dBFS)",
            "speak closer to the microphone, or turn it up",
        )
    return float(round(min(max(noise + (speech - noise) / 3, _LOWEST_DBFS), _HIGHEST_DBFS)))


def _levels(frames: queue.SimpleQueue[bytes], seconds: float) -> list[float]:
    try:
        return [
            measure(frames.get(timeout=_FRAME_SECONDS)).dbfs
            for _ in range(round(seconds * 1000 / FRAME_MS))
        ]
    except queue.Empty as error:
        raise MicrophoneUnavailable("the microphone gives no sound") from error


def _share(levels: Sequence[float], share: float) -> float:
    """Return the level that this share of the frames does not exceed."""
    return sorted(levels)[min(len(levels) - 1, int(share * len(levels)))]
