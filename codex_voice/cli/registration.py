"""How the modules of this package register their commands, and the options that commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codex_voice.own_command import PROGRAM


@dataclass(frozen=True)
class CommonOption:
    """An option that stands before a command, or after one that accepts it."""

    flag: str
    explanation: str
    settings: dict[str, Any]


OPTIONS = {
    "config": CommonOption("--config", "the configuration file", {"metavar": "FILE", "type": Path}),
    "codex": CommonOption("--codex", "the Codex program", {"metavar": "PROGRAM"}),
    "model": CommonOption("--model", "the speech model", {"metavar": "NAME_OR_FILE"}),
    "audio": CommonOption(
        "--audio",
        "the microphone of another machine, such as wyoming://127.0.0.1:10700",
        {"metavar": "URL"},
    ),
    "no_voice": CommonOption("--no-voice", "only host Codex", {"action": "store_true"}),
    "practice": CommonOption(
        "--practice", "try it without Codex, model or microphone", {"action": "store_true"}
    ),
    "verbose": CommonOption(
        "--verbose",
        "details: in the log, or of a command on standard error",
        {"action": "store_true"},
    ),
}
UNSET: dict[str, Any] = {"no_voice": False, "practice": False, "verbose": False}

Run = Callable[[argparse.Namespace], int]


class Commands:
    """Where modules register their commands.

    Args:
        parser: The parser that gets them.
        prefix: How messages begin to name them, such as "history" for "history show".
        title: The heading of the commands in the help text; none without it.
        metavar: What stands for the commands in the usage line.
    """

    def __init__(
        self,
        parser: argparse.ArgumentParser,
        *,
        prefix: str = "",
        title: str | None = None,
        metavar: str = "COMMAND",
    ) -> None:
        self._prefix = prefix
        program = f"{PROGRAM} {prefix}".rstrip()
        # argparse shows a heading for every title that is given, be it None.
        heading: dict[str, Any] = {} if title is None else {"title": title}
        self._subparsers: argparse._SubParsersAction[argparse.ArgumentParser] = (
            parser.add_subparsers(metavar=metavar, prog=program, **heading)
        )
        self.names: list[str] = []

    def add(
        self,
        name: str,
        run: Run,
        explanation: str,
        *,
        accepts: Iterable[str] = (),
        description: str = "",
    ) -> argparse.ArgumentParser:
        """Add a command.

        Args:
            name: Its name on the command line.
            run: Does it; is given all options and returns the exit status.
            explanation: One line for the list of commands.
            accepts: The common options that it honours, such as "config" and "model"; any other
                one is refused with it.
            description: What its own help says; the explanation where there is none.

        Returns:
            Its parser, for arguments of its own.
        """
        parser = self._subparsers.add_parser(
            name,
            help=explanation,
            description=description or f"{explanation[:1].upper()}{explanation[1:]}.",
        )
        accepted = (*accepts, "verbose")
        for option in accepted:
            add_option(parser, option)
        command = f"{self._prefix} {name}".strip()
        parser.set_defaults(run=run, command=command, accepts=accepted)
        self.names.append(name)
        return parser


def add_option(parser: argparse.ArgumentParser, name: str) -> None:
    """Add one of the common options to a parser."""
    option = OPTIONS[name]
    # Suppressed, or a command's own default would undo what stands before it.
    parser.add_argument(
        option.flag,
        dest=name,
        default=argparse.SUPPRESS,
        help=option.explanation,
        **option.settings,
    )
