"""An utterance and what it means, as other programs are told of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codex_voice.audio.utterance import Utterance
from codex_voice.config.schema import Config
from codex_voice.dictation.user_language import interpreter_for, writing_for
from codex_voice.errors import ConfigError
from codex_voice.language.pipeline import Interpreted, Interpreter
from codex_voice.speech.recognizer import Transcript
from codex_voice.text_cleaning import clean_line


@dataclass(frozen=True)
class HeardUtterance:
    """An utterance and what it means.

    Args:
        started_at: When it began, in seconds since the epoch.
        transcript: What was recognised.
        meaning: A command, or the text as it is written.
    """

    started_at: float
    transcript: Transcript
    meaning: Interpreted

    def as_line(self) -> str:
        """Return it for people: the text, or the command in square brackets."""
        command = self.meaning.command
        return f"[{command.value}]" if command is not None else clean_line(self.meaning.text)

    def as_object(self) -> dict[str, Any]:
        """Return it as an object for JSON."""
        command = self.meaning.command
        return {
            "text": self.meaning.text,
            "command": None if command is None else command.value,
            "send": self.meaning.send,
            "heard": self.transcript.text,
            "confidence": round(self.transcript.confidence, 4),
            "language": self.transcript.language,
            "model": self.transcript.model,
            "started_at": round(self.started_at, 3),
            "audio_seconds": round(self.transcript.audio_seconds, 3),
            "seconds": round(self.transcript.seconds, 3),
        }

    def as_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(self.as_object(), ensure_ascii=False)


def meaning_of(
    utterance: Utterance, transcript: Transcript, interpreter: Interpreter
) -> Interpreted:
    """Return what an utterance means: who was cut short gave no command, and sends nothing."""
    meaning = interpreter.interpret(transcript.text, transcript.confidence)
    if meaning.command is not None and not utterance.whole:
        return interpreter.interpret(transcript.text, transcript.confidence, literal=True)
    return dataclasses.replace(meaning, send=meaning.send and utterance.complete)


def interpreter_here(
    config: Config, config_path: Path, report: Callable[[str], None]
) -> Interpreter:
    """Return what interprets transcripts as the app would in this directory.

    Args:
        config: What is configured.
        config_path: The file it came from.
        report: Called, with one line, with what is wrong with the user's words.
    """

    def report_error(error: ConfigError) -> None:
        report(str(error))

    writing = writing_for(config, config_path, Path.cwd(), report_error)
    writing.names.refresh()
    return interpreter_for(config, writing, report_error)
