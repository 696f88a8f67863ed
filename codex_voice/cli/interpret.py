"""The command `interpret`: what becomes of words that were heard, without a microphone."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from codex_voice.cli import configuration
from codex_voice.cli.registration import Commands
from codex_voice.errors import ConfigError
from codex_voice.own_command import PROGRAM

if TYPE_CHECKING:
    from codex_voice.language.pipeline import Interpreted


def register(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add(
        "interpret", _interpret, "show what becomes of words that were heard", accepts=["config"]
    )
    parser.add_argument(
        "text", metavar="TEXT", nargs="*", help="what was heard; without it lines of the input"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument(
        "--project", metavar="DIR", type=Path, help="take names from the files of this project"
    )
    parser.add_argument("--language", metavar="CODE", help="the spoken language, such as de")
    parser.add_argument(
        "--trailing-send", action="store_true", help='let a last sentence "send it" send'
    )


def _interpret(options: argparse.Namespace) -> int:
    from codex_voice import paths
    from codex_voice.dictation.own_words import words_for
    from codex_voice.language.grammar import Grammar
    from codex_voice.language.phrases import own_phrases
    from codex_voice.language.pipeline import Interpreter
    from codex_voice.language.project.project_words import checked_words
    from codex_voice.language.project.repository import read_names
    from codex_voice.language.project.vocabulary import EMPTY, build
    from codex_voice.language.steps import writing_steps

    config = configuration.read(options)
    language = options.language or config.whisper.language
    phrases = own_phrases(config.language.phrases)
    vocabulary = EMPTY
    own = checked_words(config.words.replace, config.words.macros, configuration.path_of(options))
    if options.project is not None:
        if not options.project.is_dir():
            raise ConfigError(f"{options.project}: is no folder")
        vocabulary = build(read_names(options.project))
        own = words_for(
            config.words,
            configuration.path_of(options),
            options.project,
            paths.trusted_projects_file(),
            lambda error: print(f"{PROGRAM}: {error}", file=sys.stderr),
        )
    interpreter = Interpreter(
        Grammar(language, config.voice.wake_phrase, phrases),
        trailing_send=options.trailing_send,
        steps=writing_steps(language, vocabulary, own, config.language),
    )
    texts: Iterable[str] = options.text or (line.rstrip("\r\n") for line in sys.stdin)
    for text in texts:
        interpreted = interpreter.interpret(text)
        print(as_json(interpreted) if options.json else as_line(interpreted), flush=True)
    return 0


def as_line(interpreted: Interpreted) -> str:
    """Return a result for people: the text, or the command in square brackets."""
    if interpreted.command is not None:
        return f"[{interpreted.command.value}]"
    text = interpreted.text.replace("\n", "\\n")
    return f"{text} [send]" if interpreted.send else text


def as_json(interpreted: Interpreted) -> str:
    """Return a result as one line of JSON."""
    command = interpreted.command
    return json.dumps(
        {
            "heard": interpreted.heard,
            "action": "dictation" if command is None else command.value,
            "text": interpreted.text,
            "send": interpreted.send,
            "changes": [
                {
                    "from": change.heard,
                    "to": change.written,
                    "why": ", ".join(change.why),
                    "start": change.start,
                    "end": change.end,
                    **({"choices": change.choices} if change.choices else {}),
                }
                for change in interpreted.changes
            ],
        },
        ensure_ascii=False,
    )
