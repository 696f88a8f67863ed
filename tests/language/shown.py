"""The shown halves of the language test sets, which lie beside the checkout."""

from __future__ import annotations

import csv
import os
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
