"""The command `trust`: shows the words of a project, and lets them be used."""

from __future__ import annotations

import argparse
from pathlib import Path

from codex_voice.cli.questions import ask
from codex_voice.cli.registration import Commands


def register(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add("trust", _trust, "show the words of a project, and let them be used")
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=Path(), help="the project"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _trust(options: argparse.Namespace) -> int:
    from codex_voice import paths
    from codex_voice.language.project import project_words

    words = project_words.read_project_words(options.folder)
    if words is None:
        print(f"There is no {project_words.FILE_NAME} in {options.folder.resolve()}.")
        return 1
    words.words()
    print(words.path)
    for line in (*words.replace, *words.macros):
        print(f"  {line}")
    trusted_file = paths.trusted_projects_file()
    if project_words.is_trusted(words, trusted_file):
        print("It is trusted.")
    elif options.yes or ask("Use these words when you dictate in this project?"):
        project_words.trust(words, trusted_file)
        print("Trusted, until the file changes.")
    return 0
