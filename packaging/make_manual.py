"""Writes the manual page and the completions of the shells, from the parser of the command line.

python packaging/make_manual.py DIRECTORY
"""

from __future__ import annotations

import sys
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

from codex_voice import __version__
from codex_voice.cli.parser import build
from codex_voice.cli.support import SHELLS

NAMES = {"bash": "codex-voice.bash", "zsh": "_codex-voice", "fish": "codex-voice.fish"}


def main(directory: Path) -> None:
    """Write the files into a directory, which is made when missing."""
    directory.mkdir(parents=True, exist_ok=True)
    parser, _ = build()
    page = Manpage(
        parser,
        _data={
            "project_name": "codex-voice",
            "version": __version__,
            "description": "talk to the Codex CLI",
            "manual_title": "codex-voice manual",
        },
    )
    (directory / "codex-voice.1").write_text(str(page), encoding="utf-8")
    parser.usage = None
    for shell in SHELLS:
        (directory / NAMES[shell]).write_text(shtab.complete(parser, shell), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
