"""`codex-voice mic`: measures the room and the voice, and sets the threshold between them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from codex_voice.audio.calibration import QUIET_SECONDS, SPEECH_SECONDS, CalibrationStep, calibrate
from codex_voice.audio.level import SILENCE_DBFS
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.config import editor
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.errors import MicrophoneUnavailable

_ANNOUNCEMENTS = {
    CalibrationStep.QUIET: f"Please be quiet for {QUIET_SECONDS:.0f} seconds ...",
    CalibrationStep.SPEECH: f"Now speak for {SPEECH_SECONDS:.0f} seconds ...",
}


def run(
    path: Path,
    ask: Callable[[str], bool],
    find_source: Callable[[str], FrameSource] = Microphone,
) -> None:
    """Measure, print the result and, after asking, write the threshold.

    Args:
        path: The configuration file, which need not exist.
        ask: Asks a question that is answered with yes or no.
        find_source: Gives the microphone of a name.

    Raises:
        AudioError: There is no microphone, or it gives no sound at all.
        ConfigError: The configuration is wrong or cannot be written.
    """
    config = configuration_file.read(path) if path.exists() else Config()
    source = find_source(config.audio.device)
    print(f"Microphone: {source.name}")
    measured = calibrate(source, lambda step: print(_ANNOUNCEMENTS[step], flush=True))
    if measured.speech_dbfs <= SILENCE_DBFS:
        raise MicrophoneUnavailable(
            f"{source.name} gives exact silence", "is it muted, or is another one meant?"
        )
    levels = f"Room {measured.noise_dbfs:.0f} dBFS, voice {measured.speech_dbfs:.0f} dBFS"
    if measured.separable:
        print(f"{levels}: threshold {measured.threshold_dbfs:.0f} dBFS")
    else:
        print(f"{levels}: no threshold parts them, so the one in use stays")
    for warning in measured.warnings:
        print(f"Warning: {warning}")
    if measured.separable and ask(f"Write the threshold to {path}?"):
        audio = dataclasses.replace(config.audio, threshold_dbfs=measured.threshold_dbfs)
        editor.write(path, dataclasses.replace(config, audio=audio))
