"""The user's words for this session: the configuration's, and those of a project they trust."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codex_voice.config.schema import WordsConfig
from codex_voice.errors import ConfigError
from codex_voice.language.own_words import NO_WORDS, OwnWords, joined
from codex_voice.language.project import project_words
from codex_voice.own_command import runnable


def words_for(
    words: WordsConfig,
    config_path: Path,
    root: Path,
    trusted_file: Path,
    report: Callable[[ConfigError], None],
) -> OwnWords:
    """Return the words that count in a project; a list that is wrong is reported and left out.

    Args:
        words: The user's own words.
        config_path: The file they stand in.
        root: The project's folder.
        trusted_file: Where is noted which projects' words the user trusts.
        report: Reports what is wrong, and that a project has words that are not trusted yet.
    """
    try:
        own = project_words.checked_words(words.replace, words.macros, config_path)
    except ConfigError as error:
        report(error)
        own = NO_WORDS
    try:
        found = project_words.read_project_words(root)
        if found is None:
            return own
        if not project_words.is_trusted(found, trusted_file):
            report(
                ConfigError(
                    f"{found.path} has words for dictation: {runnable('codex-voice trust')} "
                    "shows them, and lets them be used"
                )
            )
            return own
        return joined((found.words(), own))
    except ConfigError as error:
        report(error)
        return own
