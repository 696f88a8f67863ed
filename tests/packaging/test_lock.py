"""The lock file has a version for everything that pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def locked_versions() -> dict[str, list[str]]:
    """Return the versions of each package; several where they depend on the Python."""
    text = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.+!]+)", text, re.MULTILINE):
        found.setdefault(name, []).append(version)
    return found


def test_every_requirement_is_locked() -> None:
    """`make lock` writes it anew after a change of pyproject.toml."""
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)
    extras = declared["project"]["optional-dependencies"].values()
    wanted = [
        Requirement(line)
        for lines in (
            declared["project"]["dependencies"],
            *extras,
            declared["dependency-groups"]["dev"],
        )
        for line in lines
    ]
    locked = locked_versions()
    missing = [
        str(requirement)
        for requirement in wanted
        if not any(
            requirement.specifier.contains(version, prereleases=True)
            for version in locked.get(requirement.name, [])
        )
    ]
    assert missing == [], "run: make lock"
