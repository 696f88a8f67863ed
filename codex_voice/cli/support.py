"""The commands `bug-report` and `completion`."""

from __future__ import annotations

import argparse

from codex_voice.cli import configuration
from codex_voice.cli.registration import Commands
from codex_voice.errors import ConfigError

SHELLS = ("bash", "zsh", "fish")


def register(commands: Commands) -> None:
    """Register the commands."""
    commands.add(
        "bug-report",
        _bug_report,
        "print what a report needs, without names and paths of yours",
        accepts=["config", "codex", "model"],
    )
    completion = commands.add("completion", _completion, "print the completions for a shell")
    completion.add_argument("shell", choices=SHELLS)


def _bug_report(options: argparse.Namespace) -> int:
    from pathlib import Path

    from codex_voice.config.schema import Config
    from codex_voice.setup import bug_report
    from codex_voice.setup.checks import Surroundings

    trouble = None
    try:
        config = configuration.read(options)
    except ConfigError as error:
        config, trouble = configuration.override(Config(), options), error
    path = configuration.path_of(options)
    surroundings = Surroundings(config, Path.cwd(), path, trouble, thorough=True)
    print(bug_report.render(surroundings), end="")
    return 0


def _completion(options: argparse.Namespace) -> int:
    import shtab

    from codex_voice.cli.parser import build

    parser, _ = build()
    # shtab completes what the usage line names, and ours is written by hand.
    parser.usage = None
    print(shtab.complete(parser, options.shell))
    return 0
