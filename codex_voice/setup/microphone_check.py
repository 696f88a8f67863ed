"""`codex-voice mic`: measures the room and the voice, and sets the threshold between them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.config import editor
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.setup.microphone_setup import measure_room


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
    audio = measure_room(config.audio, find_source)
    if audio is not config.audio and ask(f"Write the threshold to {path}?"):
        editor.write(path, dataclasses.replace(config, audio=audio))
