"""What is made for packagers from the version and the parser."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from codex_voice import __version__

ROOT = Path(__file__).parents[2]
RENDER = """
import pathlib, runpy, sys
render = runpy.run_path(sys.argv[1])["render"]
recipes = render(pathlib.Path(sys.argv[2]), "https://x/y", "https://x")
print(recipes["codex-voice.rb"], recipes["PKGBUILD"], sep="=====")
"""


def test_the_recipes_have_the_version_and_the_checksum(tmp_path: Path) -> None:
    """Of the source distribution that they are made for; the shell can read the PKGBUILD."""
    source = tmp_path / "codex_voice.tar.gz"
    source.write_bytes(b"sources")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            RENDER,
            str(ROOT / "packaging" / "make_recipes.py"),
            str(source),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    formula, build = done.stdout.split("=====")
    checksum = hashlib.sha256(b"sources").hexdigest()
    assert f'sha256 "{checksum}"' in formula
    assert f"sha256sums=({checksum})" in build
    assert f"pkgver={__version__}\n" in build
    assert 'url "https://x/y"' in formula
    assert 'homepage "https://x"' in formula
    subprocess.run(["/bin/bash", "-n"], input=build, text=True, check=True)


def test_the_manual_names_every_command(tmp_path: Path) -> None:
    """It is made from the parser, like the completions."""
    pytest.importorskip("argparse_manpage")
    script = ROOT / "packaging" / "make_manual.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, capture_output=True)
    page = (tmp_path / "codex-voice.1").read_text()
    for command in ("doctor", "models", "history", "bug\\-report"):
        assert command in page
    assert {path.name for path in tmp_path.iterdir()} >= {"_codex-voice", "codex-voice.fish"}
