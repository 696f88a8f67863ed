"""The shown halves of the language test sets, which lie beside the checkout."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from functools import partial
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SHOWN = REPOSITORY.parent / "shared" / "language" / "shown"
PROJECTS = SHOWN.parent / "projects"

require_shown = pytest.mark.skipif(
    not SHOWN.is_dir() and not os.environ.get("CODEX_VOICE_REQUIRE_ALL"),
    reason="needs the language test sets in ../shared",
)


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a test set, by column."""
    with (SHOWN / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def make_project(name: str, folder: Path) -> Path:
    """Make a Git repository with the files, identifiers and branches of a project.

    Returns:
        Its root.
    """
    project = json.loads((PROJECTS / f"{name}.json").read_text(encoding="utf-8"))
    return make_repository(
        folder / name, project["files"], project["identifiers"], project["branches"]
    )


def make_repository(
    root: Path, files: list[str], identifiers: list[str], branches: list[str]
) -> Path:
    """Make a Git repository; the identifiers stand in its source files."""
    git = partial(subprocess.run, check=True, capture_output=True)
    git(["git", "init", "-q", "-b", "main", str(root)])
    sources = [path for path in files if Path(path).suffix in (".py", ".ts", ".tsx", ".rs", ".go")]
    for path in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("\n", encoding="utf-8")
    for place, identifier in enumerate(identifiers):
        with (root / sources[place % len(sources)]).open("a", encoding="utf-8") as file:
            file.write(f"{identifier}\n")
    person = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    git(["git", "-C", str(root), "add", "-A"])
    git(["git", "-C", str(root), *person, "commit", "-q", "-m", "Begin"])
    for branch in branches:
        if branch != "main":
            git(["git", "-C", str(root), "branch", branch])
    return root
