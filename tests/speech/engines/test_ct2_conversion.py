"""Copies of models in CTranslate2's layout."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_voice.errors import ModelInvalid
from codex_voice.speech.engines import whisper_library
from codex_voice.speech.engines.ct2_conversion import converted

pytest.importorskip("ctranslate2", reason="CTranslate2 is not installed (codex-voice[fast])")

MakeModel = Callable[..., Path]


@pytest.fixture
def language_of() -> Callable[[int], str]:
    """Return Whisper's languages by number."""
    return whisper_library.load().whisper_lang_str  # type: ignore[no-any-return]


def test_a_copy_is_made_once(
    tmp_path: Path, make_model: MakeModel, language_of: Callable[[int], str]
) -> None:
    """And again when the file was replaced; the old copy goes."""
    model = make_model(" Hi.")
    first = converted(model, tmp_path, language_of)
    made = (first / "model.bin").stat().st_mtime_ns
    assert converted(model, tmp_path, language_of) == first
    assert (first / "model.bin").stat().st_mtime_ns == made
    os.utime(model, ns=(1, 1))
    second = converted(model, tmp_path, language_of)
    assert second != first
    assert list(tmp_path.iterdir()) == [second]


def test_a_copy_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, make_model: MakeModel, language_of: Callable[[int], str]
) -> None:
    """One line says what is in the way."""
    (tmp_path / "file").touch()
    with pytest.raises(ModelInvalid, match="cannot be written"):
        converted(make_model(" Hi."), tmp_path / "file" / "copies", language_of)

    def fail(number: int) -> str:
        raise OSError(28, "No space left on device")

    with pytest.raises(ModelInvalid, match="make room"):
        converted(make_model(" Hi."), tmp_path / "copies", fail)
    assert list((tmp_path / "copies").iterdir()) == []
