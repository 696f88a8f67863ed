"""The commands `history list`, `show`, `play`, `retry`, `copy` and `clear`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from codex_voice.cli import configuration
from codex_voice.cli.questions import ask
from codex_voice.cli.registration import Commands

if TYPE_CHECKING:
    from codex_voice.setup.history_commands import History


def register(commands: Commands) -> None:
    """Register the commands."""
    history = commands.add(
        "history", _list, "what was said: list, show, play, retry, ...", accepts=["config"]
    )
    actions = Commands(
        history, prefix="history", metavar="[list | show | play | retry | copy | clear]"
    )
    actions.add("list", _list, "what was said, the newest first", accepts=["config"])
    for action, run, explanation, accepts in (
        ("show", _show, "everything known about one recording", ["config"]),
        ("play", _play, "play a recording", ["config"]),
        ("retry", _retry, "recognise a recording again", ["config", "model"]),
        ("copy", _copy, "copy a recording's text to the clipboard", ["config"]),
    ):
        parser = actions.add(action, run, explanation, accepts=accepts)
        parser.add_argument(
            "which", metavar="NUMBER", nargs="?", default="1", help="as in the list; 1 is the last"
        )
    clear = actions.add("clear", _clear, "delete all recordings", accepts=["config"])
    clear.add_argument("--yes", action="store_true", help="do not ask")


def _open(options: argparse.Namespace) -> History:
    from codex_voice.native_environment import configure_native_libraries
    from codex_voice.setup.history_commands import History

    configure_native_libraries()
    return History(configuration.read(options))


def _list(options: argparse.Namespace) -> int:
    _open(options).list_all()
    return 0


def _show(options: argparse.Namespace) -> int:
    _open(options).show(options.which)
    return 0


def _play(options: argparse.Namespace) -> int:
    _open(options).play(options.which)
    return 0


def _retry(options: argparse.Namespace) -> int:
    _open(options).retry(options.which, options.model or "")
    return 0


def _copy(options: argparse.Namespace) -> int:
    _open(options).copy(options.which)
    return 0


def _clear(options: argparse.Namespace) -> int:
    history = _open(options)
    if options.yes or ask("Delete all recordings?"):
        history.clear()
    return 0
