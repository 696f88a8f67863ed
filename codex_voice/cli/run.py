"""Running the app, which is what `codex-voice` without a command does."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codex_voice.cli import configuration, microphone
from codex_voice.errors import AgentError, ConfigError
from codex_voice.own_command import runnable_in

if TYPE_CHECKING:
    from codex_voice.config.schema import Config
    from codex_voice.session.launch import Launch


# Those of editors' shell windows and of jobs without a terminal: they print what should draw.
_TERMINALS_THAT_CANNOT_DRAW = ("", "dumb", "unknown")


def start(options: argparse.Namespace) -> int:
    """Start the app, and return its exit status.

    Raises:
        ConfigError: The configuration is wrong, or there is no terminal that can draw.
    """
    launch = find_launch(options)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigError("a terminal is needed, and input or output is none")
    if os.environ.get("TERM", "") in _TERMINALS_THAT_CANNOT_DRAW:
        raise ConfigError(
            "this terminal cannot draw a screen, as its TERM says",
            runnable_in("use another one, or codex-voice listen, which prints what you say"),
        )
    # All that starts Codex is imported before the fork: after it, each page of memory that Python
    # writes to for the first time would have to be copied while Codex is waited for.
    from codex_voice.cli import app_lifecycle
    from codex_voice.cli.main import reported
    from codex_voice.native_environment import configure_native_libraries
    from codex_voice.session.crash_guard import guarded

    # Codex is to see the environment as the user has it, so the launch has taken it before.
    configure_native_libraries()
    return guarded(lambda guardian: reported(partial(app_lifecycle.run, launch, guardian)))


def find_launch(options: argparse.Namespace) -> Launch:
    """Find what the app needs to start Codex, and nothing that takes long.

    Raises:
        ConfigError: The configuration is wrong.
    """
    import dataclasses

    from codex_voice.session.launch import Launch
    from codex_voice.setup.discovery import environment_for, find_codex

    config = _startup_configuration(options)
    launch = Launch(
        config=config,
        config_path=configuration.path_of(options),
        agent=AgentError("not looked for"),
        working_directory=_working_directory(options, config),
        voice=not options.no_voice,
        verbose=options.verbose,
        microphone=microphone.named_by(options),
    )
    try:
        program = find_codex(config.codex.command)
    except AgentError as error:
        launch = dataclasses.replace(launch, agent=error)
    else:
        launch = dataclasses.replace(
            launch,
            agent=(str(program), *config.codex.args, *options.codex_arguments),
            environment=environment_for(program),
        )
    return launch.in_practice() if options.practice else launch


def _startup_configuration(options: argparse.Namespace) -> Config:
    """Read the configuration; where there is none, take what is found on this machine.

    Nothing is written: that is for `codex-voice init` and for what is changed in the app.
    """
    path = configuration.path_of(options)
    if options.config is not None or path.exists() or options.practice:
        return configuration.read(options)
    from codex_voice.setup.first_configuration import first_configuration

    return configuration.override(first_configuration(), options)


def _working_directory(options: argparse.Namespace, config: Config) -> Path:
    directory = Path(config.codex.working_dir).expanduser()
    if not directory.is_dir():
        raise ConfigError(
            f"{configuration.path_of(options)}: [codex] working_dir = "
            f'"{config.codex.working_dir}": must be a directory that exists'
        )
    return directory.absolute()
