"""The part of `codex-voice init` in which the user speaks: microphone, room, model, a sentence."""

from __future__ import annotations

import dataclasses

from codex_voice import paths
from codex_voice.audio.calibration import record
from codex_voice.config.schema import Config
from codex_voice.errors import AudioError, CodexVoiceError, SpeechError
from codex_voice.setup import model_advice, model_commands
from codex_voice.setup.checks.model import Trial, try_engine
from codex_voice.setup.devices import find_microphones
from codex_voice.setup.machine import memory_bytes, usable_cores
from codex_voice.setup.microphone_setup import FindSource, choose_microphone, measure_room
from codex_voice.setup.questions import Questions
from codex_voice.speech.factory import find_model, open_recognizer
from codex_voice.speech.models.installed import find_models, name_of

SENTENCE_SECONDS = 4.0
# On the slowest machine that anybody would talk to.
_TRIAL_SECONDS = 30.0


def run(config: Config, questions: Questions, find_source: FindSource) -> Config:
    """Let the user speak, step by step; what fails is said, and the next step comes.

    Args:
        config: What is configured so far.
        questions: Whom to ask.
        find_source: Gives the microphone of a name.

    Returns:
        The configuration with the microphone, the threshold and the model that were found.
    """
    if not questions.ask("Set up the microphone now, by speaking a few words?", default=True):
        return config
    try:
        names = find_microphones().names
        device = choose_microphone(names, config.audio.device, questions, find_source)
        config = dataclasses.replace(config, audio=dataclasses.replace(config.audio, device=device))
        audio = measure_room(config.audio, find_source)
        config = dataclasses.replace(config, audio=audio)
    except AudioError as error:
        print(error)
        return config
    if not config.whisper.server_url:
        config = _advise(config, questions)
    while questions.ask("Say a sentence, to see what is recognised?", default=True):
        try:
            _recognise(config, find_source)
        except CodexVoiceError as error:
            print(error)
        if not questions.ask("Another one?"):
            break
    return config


def _advise(config: Config, questions: Questions) -> Config:
    """Try the model, and offer another one where that suits this machine better."""
    multilingual = config.whisper.language != "en" or config.whisper.translate
    try:
        path = find_model(config.whisper)
        print(f"Trying the speech model {name_of(path)} ...", flush=True)
        trial = try_engine(path, config.whisper.engine, _TRIAL_SECONDS)
    except SpeechError as error:
        print(error)
        return config
    better = model_advice.better_than(path, trial, multilingual=multilingual)
    print(f"{_speed(trial)}, with {usable_cores()} cores and {memory_bytes() / (1 << 30):.0f} GiB.")
    if better is None:
        print(f"{name_of(path)} suits this machine.")
        return config
    gain = "hears better" if trial and trial.seconds < model_advice.QUICK_SECONDS else "is faster"
    here = any(model.name == better.name and not model.problem for model in find_models())
    size = "" if here else f" ({better.mebibytes} MiB to download)"
    if not questions.ask(f"Use {better.name} instead, which {gain}{size}?"):
        return config
    try:
        if not here:
            model_commands.get(better.name)
    except SpeechError as error:
        print(error)
        return config
    whisper = dataclasses.replace(config.whisper, model=better.name)
    return dataclasses.replace(config, whisper=whisper)


def _speed(trial: Trial | None) -> str:
    if trial is None:
        return f"More than {_TRIAL_SECONDS:.0f} s for two seconds of speech"
    return f"{trial.seconds:.1f} s for {trial.audio_seconds:.0f} s of speech"


def _recognise(config: Config, find_source: FindSource) -> None:
    """Record a sentence, and print what is heard.

    Raises:
        CodexVoiceError: It cannot be recorded or recognised.
    """
    source = find_source(config.audio.device)
    # Before anybody speaks for nothing.
    recognizer = open_recognizer(config.whisper, lambda: find_model(config.whisper), print)
    try:
        print(f"Speak now, for {SENTENCE_SECONDS:.0f} seconds ...", flush=True)
        pcm = record(source, SENTENCE_SECONDS)
        print("Recognising ...", flush=True)
        transcript = recognizer.transcribe(pcm)
    finally:
        recognizer.close()
    if transcript.text:
        print(f'Heard: "{transcript.text}" ({transcript.seconds:.1f} s)')
    else:
        print(f"No words were recognised. {paths.log_file()} may say more.")
