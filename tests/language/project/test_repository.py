"""The names of a project are read from its files, with Git and without."""

from __future__ import annotations

from pathlib import Path

from codex_voice.language.project.repository import read_names
from tests.language.shown import make_repository


def _write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def test_without_git_what_gitignore_excludes_is_left_out(tmp_path: Path) -> None:
    """Wildcards, folders, exceptions, and files of folders further in count as Git has them."""
    root = _write(
        tmp_path,
        {
            ".gitignore": "*.log\n/out/\ngenerated_*\n!keep.log\n",
            "cart.py": "CartItem",
            "noise.log": "NoiseName",
            "keep.log": "KeptName",
            "out/made.py": "MadeName",
            "src/out/real.py": "RealName",
            "src/generated_api.py": "GeneratedName",
            "src/.gitignore": "!loud.log\nlocal.py\n",
            "src/loud.log": "LoudName",
            "src/local.py": "LocalName",
            "node_modules/left.js": "LeftName",
        },
    )
    found = read_names(root)
    assert set(found.files) == {
        ".gitignore",
        "cart.py",
        "keep.log",
        "src/.gitignore",
        "src/out/real.py",
        "src/loud.log",
    }
    assert {"CartItem", "KeptName", "RealName", "LoudName"} <= set(found.identifiers)
    assert not {"NoiseName", "MadeName", "GeneratedName", "LocalName"} & set(found.identifiers)


def test_a_wrong_pattern_spoils_no_other(tmp_path: Path) -> None:
    """What Git itself would skip is skipped."""
    root = _write(tmp_path, {".gitignore": "!\n*.log\n", "a.log": "", "b.py": ""})
    assert set(read_names(root).files) == {".gitignore", "b.py"}


def test_git_is_asked_where_it_is(tmp_path: Path) -> None:
    """Files that are new count, ignored ones do not, and branches are names too."""
    root = make_repository(tmp_path / "p", ["cart.py"], ["CartItem"], ["main", "fix/cart-total"])
    _write(root, {".gitignore": "*.log\n", "a.log": "NoiseName", "new.py": "NewName"})
    found = read_names(root)
    assert set(found.files) == {"cart.py", ".gitignore", "new.py"}
    assert "NewName" in found.identifiers
    assert "NoiseName" not in found.identifiers
    assert set(found.branches) == {"main", "fix/cart-total"}
