"""Whatever is kept is for its user's eyes alone."""

from __future__ import annotations

import ast
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import codex_voice
from codex_voice.config.schema import HistoryConfig
from codex_voice.language.project.project_words import ProjectWords, trust
from codex_voice.paths import make_private_directory
from codex_voice.recordings.journal import Journal

PACKAGE = Path(codex_voice.__file__).parent


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Let new files be open to everybody, as some machines do."""
    before = os.umask(0)
    yield
    os.umask(before)


def keep_a_recording(folder: Path) -> None:
    """Record something."""
    journal = Journal(folder / "recordings", HistoryConfig(), lambda error: pytest.fail(str(error)))
    journal.begin("one")
    journal.append("one", bytes(640))
    journal.finish("one")
    journal.close()


def trust_a_project(folder: Path) -> None:
    """Trust a project's words."""
    trust(ProjectWords(folder / ".codex-voice.toml", "digest", (), ()), folder / "trusted.json")


@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize(
    "keep",
    [make_private_directory, keep_a_recording, trust_a_project],
    ids=lambda keep: keep.__name__,
)
def test_what_is_kept_is_private_whatever_the_umask(
    tmp_path: Path, keep: Callable[[Path], None]
) -> None:
    """The files, their folder, and the folders above it that were missing."""
    tmp_path.chmod(0o700)
    keep(tmp_path / "state" / "codex-voice")
    kept = list(tmp_path.rglob("*"))
    assert len(kept) >= 2
    assert [path for path in kept if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_folders_are_made_in_one_place() -> None:
    """`Path.mkdir` gives parents what the umask allows, so no other module makes any."""
    sources = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    makers = {
        path.relative_to(PACKAGE).as_posix()
        for path, source in sources.items()
        if "mkdir" in source or "makedirs" in source
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr in ("mkdir", "makedirs")
    }
    # The second makes one in a scratch folder of its own.
    assert makers == {"paths.py", "speech/engines/ct2_conversion.py"}
