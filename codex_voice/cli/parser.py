"""Builds the parser of the command line and reads the arguments with it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from codex_voice import __version__
from codex_voice.cli import run
from codex_voice.cli.registration import OPTIONS, UNSET, Commands, add_option
from codex_voice.own_command import PROGRAM, runnable

CODEX_COMMANDS = frozenset(
    {
        *("app-server", "apply", "archive", "cloud", "completion", "debug", "exec", "features"),
        *("fork", "login", "logout", "mcp", "plugin", "resume", "review", "sandbox", "update"),
    }
)
"""Commands of Codex 0.169 (`codex --help`), for the hint that they go after "--"."""

SESSION_COMMANDS = frozenset({"fork", "resume"})
"""Commands of Codex that open its screen, so that they are passed on with all that follows."""


class _HelpOfAll(argparse.Action):
    """Prints the help of the whole command line, on a parser that knows no commands."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS)

    def __call__(self, parser: argparse.ArgumentParser, *_arguments: Any) -> None:
        """Print it and end."""
        build()[0].print_help()
        parser.exit()


def build() -> tuple[argparse.ArgumentParser, Sequence[str]]:
    """Return the parser of the whole command line, and the names of its commands."""
    # Not at the top: the app, which Codex waits for, needs none of them.
    from codex_voice.cli.groups import GROUPS

    parser = _build_without_commands(add_help=True)
    commands = Commands(parser, title="commands")
    for group in GROUPS:
        group.register(commands)
    return parser, commands.names


def _build_without_commands(*, add_help: bool) -> argparse.ArgumentParser:
    """Return a parser of what may stand before a command, which is all that the app takes."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Talk to the Codex CLI: dictation and spoken commands around the real thing.",
        usage="%(prog)s [options] [command] [-- CODEX_ARGUMENTS]",
        epilog="What stands after -- goes to Codex, and so do resume and fork with what follows.",
        add_help=add_help,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    for name in OPTIONS:
        add_option(parser, name)
    parser.set_defaults(run=run.start, command="", accepts=tuple(OPTIONS))
    return parser


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the arguments say: `run` is the command, `codex_arguments` are for Codex.

    Those stand after "--", or begin with one of the `SESSION_COMMANDS`.

    Raises:
        SystemExit: They are wrong, or ask for the version or for help.
    """
    given = list(arguments)
    place = _place_of_command(given)
    codex_arguments: Sequence[str] = ()
    if place is not None and given[place] not in SESSION_COMMANDS:
        parser, names = build()
        if given[place] not in names:
            parser.error(_unknown(given[place], names))
    else:
        # The commands take longer to load and to build than all other arguments to read.
        parser = _build_without_commands(add_help=False)
        parser.add_argument("-h", "--help", action=_HelpOfAll)
        if place is not None:
            given, codex_arguments = given[:place], given[place:]
        elif "--" in given:
            # A command's own "--" keeps its usual meaning; without one, it begins Codex's.
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
    # Only for what is wrong: Codex waits for the parser.
    import difflib

    near = difflib.get_close_matches(command, names, n=1)
    if near:
        return f"there is no command {command}: did you mean {near[0]}?"
    if command in CODEX_COMMANDS:
        return f"{command} is a command of Codex: {runnable(f'{PROGRAM} -- {command}')}"
    return f"there is no command {command}; the commands are {', '.join(names)}"
