"""`codex-voice models speed`: each model is measured, and what would be faster is one command."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from codex_voice import paths
from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import ModelInvalid, ModelMissing
from codex_voice.install_hints import BUILD_OPTIONS, build_whisper
from codex_voice.practice.recordings import model_path
from codex_voice.setup import speed
from codex_voice.setup.checks.model import Trial

WHEEL = Trial(0.5, 2.0, "CPU (AVX2), 1 thread", fast_build=False)


@pytest.fixture
def models(home: Path) -> Path:
    """Make the empty folder of downloaded models."""
    assert home.is_dir()
    directory = paths.models_directory()
    directory.mkdir(parents=True)
    return directory


def test_every_model_recognises_two_seconds(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Really; a damaged one has its own line, and the engine comes last."""
    good = Path(shutil.copyfile(model_path(), models / "ggml-good.bin"))
    (models / "ggml-torn.bin").write_bytes(good.read_bytes()[:1000])
    speed.measure(WhisperConfig())
    lines = capsys.readouterr().out.splitlines()
    measured = next(line for line in lines if line.startswith("good "))
    assert measured.endswith(" s for 2.0 s of speech")
    assert float(measured.split()[1]) > 0
    assert " s of speech" not in next(line for line in lines if line.startswith("torn "))
    assert any(line.startswith("whisper.cpp: ") for line in lines)


def test_without_a_model_that_works_there_is_an_error(models: Path) -> None:
    """With the command that helps."""
    with pytest.raises(ModelMissing, match="models get"):
        speed.measure(WhisperConfig())
    (models / "ggml-torn.bin").write_bytes(model_path().read_bytes()[:1000])
    with pytest.raises(ModelInvalid, match="could be tried"):
        speed.measure(WhisperConfig())


def test_the_advice_is_the_next_faster_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast build for the wheel, the other engine for that, and then nothing; first a GPU."""
    monkeypatch.setattr(speed, "gpu_interfaces", tuple)
    assert build_whisper() in speed.advice(WHEEL, "whisper.cpp")
    fast = replace(WHEEL, fast_build=True)
    assert 'engine = "ctranslate2"' in speed.advice(fast, "whisper.cpp")
    assert "fastest" in speed.advice(fast, "ctranslate2")
    monkeypatch.setattr(speed, "gpu_interfaces", lambda: ("cuda",))
    assert "GGML_CUDA=1 " in speed.advice(fast, "ctranslate2")
    assert "fastest" in speed.advice(replace(WHEEL, engine="GPU CUDA0"), "whisper.cpp")


def test_make_fast_builds_what_the_advice_names() -> None:
    """The options stand in the Makefile, too."""
    makefile = Path(__file__).resolve().parents[2] / "Makefile"
    assert BUILD_OPTIONS.replace("$", "$$") in makefile.read_text(encoding="utf-8")
