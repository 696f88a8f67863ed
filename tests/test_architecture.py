"""The layers, held by tools and not by good will."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import grimp
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
HEAVY = ("numpy", "textual", "rich", "_pywhispercpp", "pywhispercpp", "sounddevice", "pyghostty")
RUN_AND_LIST_MODULES = """
import sys
from codex_voice.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print("loaded:", *sys.modules, file=sys.stderr)
"""
ARCHITECTURE = REPOSITORY / "docs" / "architecture.md"
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def test_dependencies_point_down_only() -> None:
    """import-linter finds every contract of pyproject.toml kept."""
    linted = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("arguments", [["--version"], ["init", "--yes"], ["doctor"], ["models"]])
def test_small_commands_load_nothing_heavy(home: Path, arguments: list[str]) -> None:
    """They answer at once, and also where one of the heavy parts is broken."""
    done = subprocess.run(
        [sys.executable, "-c", RUN_AND_LIST_MODULES, *arguments],
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    loaded = done.stderr.rpartition("loaded:")[2].split()
    assert "codex_voice.cli.main" in loaded
    assert not set(HEAVY) & set(loaded)


Imports = dict[str, set[str]]
CLASS = re.compile(r"\bclass\s+(\w+)")


def imports_between_packages() -> Imports:
    """Return which top-level packages of ours each one imports; single modules are left out."""
    graph = grimp.build_graph("codex_voice", cache_dir=None)
    packages = {
        module.rpartition(".")[2]
        for module in graph.find_children("codex_voice")
        if graph.find_children(module)
    }
    found: Imports = {package: set() for package in packages}
    for module in graph.modules:
        importer = module.split(".")[1:2]
        for imported in graph.find_modules_directly_imported_by(module):
            edge = (*importer, *imported.split(".")[1:2])
            if len(set(edge) & packages) == 2:
                found[edge[0]].add(edge[1])
    return found


def reachable(imports: Imports, start: str) -> set[str]:
    """Return what a package imports, directly or not."""
    reached: set[str] = set()
    pending = [start]
    while pending:
        new = imports[pending.pop()] - reached
        reached |= new
        pending += new
    return reached


def essential(imports: Imports) -> set[tuple[str, str]]:
    """Return the imports that do not follow from others."""
    return {
        (importer, imported)
        for importer, several in imports.items()
        for imported in several
        if not any(imported in reachable(imports, other) for other in several - {imported})
    }


def test_the_picture_shows_the_imports() -> None:
    """The one drawn in docs/architecture.md, arrow for arrow."""
    drawn = re.findall(
        r"^ +(\w+) --> (\w+)$", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE
    )
    there = essential(imports_between_packages())
    lines = "\n".join(f"    {importer} --> {imported}" for importer, imported in sorted(there))
    assert set(drawn) == there, f"the picture should have\n{lines}"


def test_the_documents_name_what_exists() -> None:
    """Each path in docs/architecture.md is a file or a package of today."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    named = re.findall(r"`((?:\w+/)+[\w.]*\w)(?:\.\w+)?`", text)
    missing = [
        path
        for path in named
        if "LANGUAGE" not in path
        and not any((REPOSITORY / "codex_voice" / f"{path}{end}").exists() for end in ("", ".py"))
        and not (REPOSITORY / path).exists()
    ]
    assert not missing


def test_every_module_of_the_user_interface_is_one() -> None:
    """It imports Textual or Rich, or builds on widgets of ours; what does neither belongs below."""
    graph = grimp.build_graph("codex_voice", include_external_packages=True, cache_dir=None)
    strangers = [
        module
        for module in graph.find_descendants("codex_voice.ui")
        if not graph.find_children(module)
        and not any(
            imported.partition(".")[0] in ("textual", "rich")
            or imported.startswith("codex_voice.ui.")
            for imported in graph.find_modules_directly_imported_by(module)
        )
    ]
    assert strangers == []


def test_no_two_classes_have_one_name() -> None:
    """A name in a traceback or a search leads to one class, also of tests and benchmarks."""
    trees = ("codex_voice", "tests", "benchmarks", "packaging")
    sources = {
        path: path.read_text(encoding="utf-8")
        for tree in trees
        for path in sorted((REPOSITORY / tree).rglob("*.py"))
    }
    # Also those in the texts of programs that a test starts: only what may have a twin is parsed.
    mentioned = Counter(name for source in sources.values() for name in CLASS.findall(source))
    homes: dict[str, list[str]] = {}
    for path, source in sources.items():
        if any(mentioned[name] > 1 for name in CLASS.findall(source)):
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.ClassDef):
                    homes.setdefault(node.name, []).append(str(path.relative_to(REPOSITORY)))
    assert len(mentioned) > 100
    assert {name: twins for name, twins in homes.items() if len(twins) > 1} == {}
