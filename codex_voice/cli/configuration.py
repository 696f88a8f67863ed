"""The configuration that a command works with: the file, and the options that override it."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_voice.config.schema import Config


def path_of(options: argparse.Namespace) -> Path:
    """Return the configuration file: the one that was named, or the user's own."""
    from codex_voice import paths

    return options.config or paths.configuration_file()


def read(options: argparse.Namespace) -> Config:
    """Return the configuration with what the options say in its place.

    The user's own file need not exist; one that was named must.

    Raises:
        ConfigError: It is wrong, or the file that was named cannot be read.
    """
    from codex_voice.config import file as configuration_file
    from codex_voice.config.schema import Config

    path = path_of(options)
    if options.config is None and not path.exists():
        return override(Config(), options)
    return override(configuration_file.read(path), options)


def override(config: Config, options: argparse.Namespace) -> Config:
    """Return the configuration with the Codex program and the model of the options in it."""
    if options.codex:
        config = dataclasses.replace(
            config, codex=dataclasses.replace(config.codex, command=options.codex)
        )
    if options.model:
        config = dataclasses.replace(
            config, whisper=dataclasses.replace(config.whisper, model=options.model)
        )
    return config
