"""`codex-voice mic --enrol`: records half a minute of the user's voice and keeps its profile."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from codex_voice import paths
from codex_voice.audio.calibration import record
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.config import editor
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.speech.samples import decode
from codex_voice.speech.speaker.encoder import SpeakerEncoder
from codex_voice.speech.speaker.profile import enrol
from codex_voice.speech.speaker.weights import read_weights

SECONDS = 30.0


def run(
    path: Path,
    ask: Callable[[str], bool],
    find_source: Callable[[str], FrameSource] = Microphone,
) -> None:
    """Record, keep the profile and, after asking, have nobody else listened to.

    Args:
        path: The configuration file, which need not exist.
        ask: Asks a question that is answered with yes or no.
        find_source: Gives the microphone of a name.

    Raises:
        AudioError: There is no microphone, or it gives no sound.
        SpeechError: There is no speaker encoder, or too little voice was heard.
        ConfigError: The configuration is wrong or cannot be written.
    """
    config = configuration_file.read(path) if path.exists() else Config()
    # Before anybody speaks for nothing.
    encoder = SpeakerEncoder(read_weights(paths.speaker_model()))
    source = find_source(config.audio.device)
    print(f"Microphone: {source.name}")
    print(f"Please read something aloud for {SECONDS:.0f} seconds ...", flush=True)
    profile = enrol(encoder, decode(record(source, SECONDS)))
    profile.save(paths.voice_profile())
    print(f"The profile of your voice is in {paths.voice_profile()}, readable by you alone.")
    print("It keeps others out of a dictation; it is no security: a recording of you passes too.")
    if not config.voice.only_my_voice and ask("Insert only your own voice in hands-free modes?"):
        voice = dataclasses.replace(config.voice, only_my_voice=True)
        editor.write(path, dataclasses.replace(config, voice=voice))
