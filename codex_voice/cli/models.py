"""The commands `models list`, `get`, `remove`, `path`, `verify` and `speed`."""

from __future__ import annotations

import argparse

from codex_voice.cli import configuration
from codex_voice.cli.registration import Commands


def register(commands: Commands) -> None:
    """Register the commands."""
    models = commands.add("models", _list, "list, get, check and remove speech models")
    actions = Commands(
        models, prefix="models", metavar="[list | get | remove | path | verify | speed] [NAME]"
    )
    actions.add("list", _list, "what is here, and what can be had")
    get = actions.add("get", _get, "download a model; without a name, the recommended one")
    get.add_argument("name", metavar="NAME", nargs="?", default="", help='such as "base-q8_0"')
    remove = actions.add("remove", _remove, "delete a downloaded model")
    remove.add_argument("name", metavar="NAME")
    path = actions.add("path", _path, "print the file of a model")
    path.add_argument("name", metavar="NAME", nargs="?", default="", help="without it, the best")
    verify = actions.add("verify", _verify, "check models against the published checksums")
    verify.add_argument("name", metavar="NAME", nargs="?", default="", help="without it, all")
    actions.add(
        "speed",
        _speed,
        "measure the models on this machine, and say what would be faster",
        accepts=["config"],
    )


def _list(_options: argparse.Namespace) -> int:
    from codex_voice.setup import model_commands

    model_commands.list_all()
    return 0


def _get(options: argparse.Namespace) -> int:
    from codex_voice.setup import model_commands

    model_commands.get(options.name)
    return 0


def _remove(options: argparse.Namespace) -> int:
    from codex_voice.setup import model_commands

    model_commands.remove(options.name)
    return 0


def _path(options: argparse.Namespace) -> int:
    from codex_voice.setup import model_commands

    model_commands.show_path(options.name)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from codex_voice.setup import model_commands

    model_commands.check(options.name)
    return 0


def _speed(options: argparse.Namespace) -> int:
    from codex_voice.setup import speed

    speed.measure(configuration.read(options).whisper)
    return 0
