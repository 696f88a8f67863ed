"""`codex-voice models`: what it prints, checks and removes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codex_voice import paths
from codex_voice.errors import ModelInvalid, ModelMissing
from codex_voice.practice.recordings import model_path
from codex_voice.setup import model_commands


@pytest.fixture
def model(home: Path) -> Path:
    """Put a model that works under a published name where downloads go."""
    assert home.is_dir()
    directory = paths.models_directory()
    directory.mkdir(parents=True)
    return Path(shutil.copyfile(model_path(), directory / "ggml-tiny.en.bin"))


def test_the_list_says_what_is_here_and_what_suits_this_machine(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each with its size; a model that is here is not offered again."""
    model_commands.list_all()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["here", "tiny.en"]
    assert lines[0].endswith(str(model))
    assert sum(" tiny.en " in line for line in lines) == 1
    assert [line.split()[1] for line in lines if "recommended" in line] == [
        model_commands.recommended_name()
    ]


def test_a_model_that_is_not_what_was_published_is_found_out(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model without a published checksum can only be checked for its form."""
    other = Path(shutil.copyfile(model, model.with_name("ggml-my-own.bin")))
    with pytest.raises(ModelInvalid, match="1 of 2 models cannot be trusted"):
        model_commands.check("")
    lines = sorted(capsys.readouterr().out.splitlines())
    assert "its checksum differs" in lines[0]
    assert lines[1] == f"{'good':6}{'my-own':22}{other}"
    model_commands.check(str(other))
    with pytest.raises(ModelMissing):
        model_commands.check("medium")


def test_the_path_is_all_that_is_printed(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts; a damaged model has none."""
    model_commands.show_path("tiny.en")
    assert capsys.readouterr().out == f"{model}\n"
    model.write_bytes(model.read_bytes()[:1000])
    with pytest.raises(ModelInvalid):
        model_commands.show_path("tiny.en")


def test_only_downloaded_models_are_removed(model: Path) -> None:
    """With what an interrupted download left; never a file elsewhere."""
    part = model.with_name(f"{model.name}.part")
    part.touch()
    model_commands.remove("tiny.en")
    assert not model.exists()
    assert not part.exists()
    outside = paths.models_directory().parent / "ggml-outside.bin"
    outside.touch()
    for name in ("tiny.en", "x/../../ggml-outside", str(outside)):
        with pytest.raises(ModelMissing, match="there is no model"):
            model_commands.remove(name)
    assert outside.exists()
