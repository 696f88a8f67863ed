"""The commands `models list`, `models get` and `models remove`."""

from __future__ import annotations

import argparse

from codex_voice.cli.registration import Commands


def register(commands: Commands) -> None:
    """Register the commands."""
    models = commands.add("models", _list, "list, get and remove speech models")
    actions = Commands(models, prefix="models", metavar="[list | get NAME | remove NAME]")
    actions.add("list", _list, "what is here, and what can be had")
    for action, run, explanation in (
        ("get", _get, "download a model, such as base.en"),
        ("remove", _remove, "delete a downloaded model"),
    ):
        actions.add(action, run, explanation).add_argument("name", metavar="NAME")


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
