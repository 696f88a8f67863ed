"""How texts are understood and written as the user configured it: for the app and the services."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codex_voice import paths
from codex_voice.config.schema import Config
from codex_voice.dictation.own_words import words_for
from codex_voice.errors import ConfigError
from codex_voice.language.grammar import Grammar
from codex_voice.language.own_words import OwnWords
from codex_voice.language.phrases import own_phrases
from codex_voice.language.pipeline import Interpreter
from codex_voice.language.project.background import ProjectNames
from codex_voice.language.steps import Writing

Report = Callable[[ConfigError], None]
"""Called with what is wrong with the user's words and phrases; what is wrong is left out."""


def own_words_for(config: Config, config_path: Path, project: Path, report: Report) -> OwnWords:
    """Return the words of a configuration and of a project whose words the user trusts.

    Args:
        config: What is configured.
        config_path: The file it came from.
        project: The folder of the project.
        report: Called with what is wrong.
    """
    return words_for(config.words, config_path, project, paths.trusted_projects_file(), report)


def writing_for(config: Config, config_path: Path, project: Path, report: Report) -> Writing:
    """Return how texts are written in a project; its names are read in the background.

    Args:
        config: What is configured.
        config_path: The file it came from.
        project: The folder of the project.
        report: Called with what is wrong.
    """
    return Writing(
        config.whisper.language,
        ProjectNames(project),
        own_words_for(config, config_path, project, report),
        config.language,
    )


def interpreter_for(config: Config, writing: Writing, report: Report) -> Interpreter:
    """Return what tells commands, the user's own phrases for them too, from texts.

    Args:
        config: What is configured.
        writing: How texts are written.
        report: Called with what is wrong.
    """
    try:
        phrases = own_phrases(config.language.phrases)
    except ConfigError as error:
        report(error)
        phrases = {}
    return Interpreter(
        Grammar(config.whisper.language, config.voice.wake_phrase, phrases),
        trailing_send=config.voice.trailing_send,
        steps=writing.steps,
    )
