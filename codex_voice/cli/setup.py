"""The commands `init`, `doctor` and `mic`."""

from __future__ import annotations

import argparse

from codex_voice.cli import configuration
from codex_voice.cli.questions import ask
from codex_voice.cli.registration import Commands


def register(commands: Commands) -> None:
    """Register the commands."""
    init = commands.add(
        "init", _init, "find what is here and write the configuration", accepts=["config"]
    )
    init.add_argument("--yes", action="store_true", help="do not ask")
    commands.add(
        "doctor",
        _doctor,
        "say what is here and what is missing",
        accepts=["config", "codex", "model"],
    )
    commands.add(
        "mic",
        _mic,
        "measure the room and your voice, and set the threshold",
        accepts=["config"],
    )


def _init(options: argparse.Namespace) -> int:
    from codex_voice.setup import init

    init.run(configuration.path_of(options), sure=options.yes, ask=ask)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from codex_voice.setup import doctor

    return 0 if doctor.run(configuration.path_of(options), configuration.read(options)) else 1


def _mic(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import tell_libraries
    from codex_voice.setup import microphone_check

    tell_libraries()
    microphone_check.run(configuration.path_of(options), ask)
    return 0
