"""Which model is meant by a name, a file or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_voice.errors import ModelInvalid, ModelMissing
from codex_voice.speech.models import installed as models
from tests.speech.conftest import MINI, run_python


@pytest.fixture
def shelf(tmp_path: Path, make_model: Callable[..., Path]) -> Path:
    """Fill a directory with models: good, multilingual, cut off, and made for tests."""
    english, several = make_model(" Hi."), make_model(" Hi.", multilingual=True)
    for name in ("tiny.en", "base.en", "base.en-q5_1", "base.en-q8_0"):
        shutil.copy(english, tmp_path / f"ggml-{name}.bin")
    for name in ("base", "large-v3"):
        shutil.copy(several, tmp_path / f"ggml-{name}.bin")
    (tmp_path / "ggml-small.en.bin").write_bytes(english.read_bytes()[:1000])
    shutil.copy(MINI, tmp_path / "ggml-mini.en-q8_0.bin")
    (tmp_path / "ggml-silero-v6.2.0.bin").write_bytes(b"lmgg")
    (tmp_path / "readme.txt").write_text("no model")
    return tmp_path


def test_finds_models_best_first(shelf: Path) -> None:
    """Fast and good before slow, eight bits before sixteen, damaged last, test models never."""
    assert [model.name for model in models.find_models([shelf])] == [
        "base.en-q8_0",
        "base.en",
        "base.en-q5_1",
        "base",
        "tiny.en",
        "large-v3",
        "small.en",
    ]


def test_a_damaged_file_is_found_with_its_problem(shelf: Path) -> None:
    """So that a list of models can say what is wrong with it."""
    problems = {model.name: model.problem for model in models.find_models([shelf])}
    assert "cut off" in problems.pop("small.en")
    assert not any(problems.values())


def test_nothing_named_takes_the_best(shelf: Path) -> None:
    """The best one for English, or the best that knows other languages."""
    assert models.resolve("", directories=[shelf]).name == "ggml-base.en-q8_0.bin"
    assert models.resolve("", multilingual=True, directories=[shelf]).name == "ggml-base.bin"


def test_a_name_takes_exactly_that_model(shelf: Path) -> None:
    """Not one that begins alike."""
    assert models.resolve("base.en", directories=[shelf]) == shelf / "ggml-base.en.bin"


def test_the_miniature_model_is_taken_only_by_its_file(shelf: Path) -> None:
    """It must never type into the real Codex unasked."""
    for other in shelf.glob("ggml-*"):
        if "mini" not in other.name:
            other.unlink()
    with pytest.raises(ModelMissing, match=r"no speech model on this machine.*get base-q8_0"):
        models.resolve("", directories=[shelf])
    with pytest.raises(ModelMissing):
        models.resolve("mini.en-q8_0", directories=[shelf])
    mini = shelf / "ggml-mini.en-q8_0.bin"
    assert models.resolve(str(mini), directories=[]) == mini


def test_a_damaged_model_is_said_to_be_so(shelf: Path) -> None:
    """With the command that mends it."""
    with pytest.raises(ModelInvalid, match=r"cut off.*models get small\.en"):
        models.resolve("small.en", directories=[shelf])


def test_a_model_that_is_not_here_names_the_command(shelf: Path) -> None:
    """Where it is published; else the names that are."""
    with pytest.raises(ModelMissing, match=r"codex-voice models get medium\.en"):
        models.resolve("medium.en", directories=[shelf])
    with pytest.raises(ModelMissing, match=r"bas\.en.*is it base\.en or"):
        models.resolve("bas.en", directories=[shelf])


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    """A path is never taken for a name."""
    with pytest.raises(ModelMissing, match="no speech model"):
        models.resolve(str(tmp_path / "my-model.bin"))


def test_looks_where_other_programs_keep_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_model: Callable[..., Path]
) -> None:
    """A checkout of whisper.cpp in the home directory, for one."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    checkout = tmp_path / "src" / "whisper.cpp" / "models"
    checkout.mkdir(parents=True)
    shutil.copy(make_model(" Hi."), checkout / "ggml-tiny.en.bin")
    assert models.resolve("tiny.en").parent == checkout


def test_the_catalogue_is_well_formed() -> None:
    """Names are unique, checksums are SHA-1, addresses end in the file's name."""
    assert len({model.name for model in models.CATALOGUE}) == len(models.CATALOGUE)
    for model in models.CATALOGUE:
        assert len(bytes.fromhex(model.sha1)) == 20
        assert model.url.endswith(f"/{model.file_name}")


def test_needs_neither_numpy_nor_whisper() -> None:
    """Setup commands use it, and must start at once."""
    ended = run_python(
        "import sys, codex_voice.speech.models.installed, codex_voice.recordings.journal\n"
        "print({'numpy', '_pywhispercpp', 'pywhispercpp', 'textual'} & set(sys.modules))"
    )
    assert ended.stdout == "set()\n"
