"""Builds the parser of the command line and reads the arguments with it."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence

from codex_voice import __version__
from codex_voice.cli import commands as spoken_commands
from codex_voice.cli import (
    history,
    interpret,
    listen,
    models,
    moshi,
    run,
    serve,
    setup,
    support,
    transcribe,
    trust,
)
from codex_voice.cli.registration import OPTIONS, UNSET, Commands, add_option
from codex_voice.own_command import PROGRAM, runnable

GROUPS = (
    setup,
    models,
    history,
    transcribe,
    interpret,
    spoken_commands,
    trust,
    listen,
    serve,
    moshi,
    support,
)
"""The modules that register commands, in the order of the help text."""

CODEX_COMMANDS = frozenset(
    {
        *("app-server", "apply", "archive", "cloud", "completion", "debug", "exec", "features"),
        *("fork", "login", "logout", "mcp", "plugin", "resume", "review", "sandbox", "update"),
    }
)
"""Commands of Codex 0.169 (`codex --help`), for the hint that they go after "--"."""

SESSION_COMMANDS = frozenset({"fork", "resume"})
"""Commands of Codex that open its screen, so that they are passed on with all that follows."""


def build() -> tuple[argparse.ArgumentParser, Sequence[str]]:
    """Return the parser of the whole command line, and the names of its commands."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Talk to the Codex CLI: dictation and spoken commands around the real thing.",
        usage="%(prog)s [options] [command] [-- CODEX_ARGUMENTS]",
        epilog="What stands after -- goes to Codex, and so do resume and fork with what follows.",
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    for name in OPTIONS:
        add_option(parser, name)
    parser.set_defaults(run=run.start, command="", accepts=tuple(OPTIONS))
    commands = Commands(parser, title="commands")
    for group in GROUPS:
        group.register(commands)
    return parser, commands.names


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the arguments say: `run` is the command, `codex_arguments` are for Codex.

    Those stand after "--", or begin with one of the `SESSION_COMMANDS`.

    Raises:
        SystemExit: They are wrong, or ask for the version or for help.
    """
    parser, names = build()
    given = list(arguments)
    place = _place_of_command(given)
    command = None if place is None else given[place]
    codex_arguments: Sequence[str] = ()
    if place is not None and command in SESSION_COMMANDS:
        given, codex_arguments = given[:place], given[place:]
    elif command is not None and command not in names:
        parser.error(_unknown(command, names))
    elif command is None and "--" in given:
        # A command's own "--" keeps its usual meaning; without one, it begins Codex's arguments.
        end = given.index("--")
        given, codex_arguments = given[:end], given[end + 1 :]
    options = parser.parse_args(given)
    for name, option in OPTIONS.items():
        if name not in options:
            setattr(options, name, UNSET.get(name))
        elif name not in options.accepts:
            parser.error(f"{option.flag} has no effect on the command {options.command}")
    options.codex_arguments = tuple(codex_arguments)
    return options


def _place_of_command(arguments: Sequence[str]) -> int | None:
    """Return the place of the first argument that is neither an option nor the value of one."""
    with_value = {option.flag for option in OPTIONS.values() if "metavar" in option.settings}
    is_value = False
    for place, argument in enumerate(arguments):
        if argument == "--":
            return None
        if not is_value and not argument.startswith("-"):
            return place
        is_value = not is_value and argument in with_value
    return None


def _unknown(command: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(command, names, n=1)
    if near:
        return f"there is no command {command}: did you mean {near[0]}?"
    if command in CODEX_COMMANDS:
        return f"{command} is a command of Codex: {runnable(f'{PROGRAM} -- {command}')}"
    return f"there is no command {command}; the commands are {', '.join(names)}"
