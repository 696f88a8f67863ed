"""The command `transcribe`: the text of sound files, without a microphone and a screen."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codex_voice.cli import configuration
from codex_voice.cli.registration import Commands
from codex_voice.errors import AudioError, CodexVoiceError, RecognitionFailed
from codex_voice.own_command import PROGRAM

if TYPE_CHECKING:
    from codex_voice.speech.recognizer import Recognizer, Transcript


def register(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add(
        "transcribe",
        _transcribe,
        "print what is said in sound files",
        accepts=["config", "model"],
        description="Prints the text of each sound file on a line: WAV, and whatever libsndfile "
        "reads where the package soundfile is installed. Long files are cut at pauses.",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument(
        "--language", metavar="CODE", help='the spoken language, such as de, or "auto"'
    )


def _transcribe(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import configure_native_libraries

    configure_native_libraries()
    recognizer = _open(options)
    status = 0
    try:
        for file in options.files:
            try:
                transcript = transcribe(file, recognizer)
            except (AudioError, RecognitionFailed) as error:
                # What has been said so far comes first, wherever the two streams end up.
                sys.stdout.flush()
                _complain(error)
                status = 1
            else:
                print(as_json(file, transcript) if options.json else transcript.text, flush=True)
    finally:
        recognizer.close()
    return status


def _open(options: argparse.Namespace) -> Recognizer:
    from codex_voice.speech import factory

    whisper = configuration.read(options).whisper
    if options.language:
        whisper = dataclasses.replace(whisper, language=options.language)
    if options.model:
        whisper = factory.with_model(whisper, options.model)
    return factory.open_recognizer(whisper, lambda: factory.find_model(whisper), _complain)


def transcribe(file: Path, recognizer: Recognizer) -> Transcript:
    """Return what is said in a file.

    Raises:
        AudioError: It is no sound file.
        SpeechError: There is no answer.
    """
    from codex_voice.audio.sound_file import read_sound

    return recognizer.transcribe(read_sound(file))


def as_json(file: Path, transcript: Transcript) -> str:
    """Return a transcript as one line of JSON."""
    return json.dumps(
        {
            # A name that is not UTF-8 is shown as near as JSON can.
            "file": str(file).encode("utf-8", "replace").decode(),
            "text": transcript.text,
            "confidence": round(transcript.confidence, 4),
            "language": transcript.language,
            "audio_seconds": round(transcript.audio_seconds, 3),
            "seconds": round(transcript.seconds, 3),
            "model": transcript.model,
        },
        ensure_ascii=False,
    )


def _complain(error: CodexVoiceError) -> None:
    print(f"{PROGRAM}: {error}", file=sys.stderr)
