"""No bad file ever reaches whisper.cpp, where it would end the process."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_voice.errors import ModelInvalid, ModelMissing
from codex_voice.speech.models.file_check import verify
from tests.speech.conftest import MINI, run_python


def test_accepts_the_miniature_model() -> None:
    """A good quantised file passes, and its header is read."""
    header = verify(MINI)
    assert (header.audio_state, header.text_layers, header.multilingual) == (128, 3, False)


def test_accepts_a_multilingual_model(make_model: Callable[..., Path]) -> None:
    """A 16-bit file with another vocabulary passes."""
    assert verify(make_model(" Hallo.", multilingual=True)).multilingual


def test_an_absent_file_is_missing(tmp_path: Path) -> None:
    """It is said to be missing, with the command that gets one."""
    with pytest.raises(ModelMissing, match="codex-voice models get"):
        verify(tmp_path / "ggml-base.en.bin")


def _changed(offset: int, data: bytes) -> bytes:
    good = MINI.read_bytes()
    return good[:offset] + data + good[offset + len(data) :]


_FIRST_TENSOR = 586_836

BAD_FILES: dict[str, Callable[[], bytes]] = {
    "is empty": lambda: b"",
    "web page": lambda: b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
    "GGUF": lambda: b"GGUF\x03\x00\x00\x00" + bytes(100),
    "not a speech model": lambda: bytes(range(256)) * 10,
    "another kind of ggml": lambda: struct.pack("<I11i", 0x67676D6C, *range(100, 111)) + bytes(99),
    "cut off": lambda: MINI.read_bytes()[:7],
    "cut off: its": lambda: MINI.read_bytes()[:5_000_000],
    "cut off: its download": lambda: MINI.read_bytes()[:-1],
    "did not finish": lambda: MINI.read_bytes()[:500_000],
    "no weights": lambda: MINI.read_bytes()[:_FIRST_TENSOR],
    "damaged mel": lambda: _changed(48, struct.pack("<i", 7)),
    "damaged vocabulary": lambda: _changed(56 + 4 * 80 * 201, struct.pack("<i", -5)),
    "damaged in the middle": lambda: _changed(_FIRST_TENSOR, struct.pack("<i", 99)),
    "does not fit its own header": lambda: _changed(_FIRST_TENSOR + 12, struct.pack("<i", 77)),
    "ggml file": lambda: _changed(4 + 4 * 4, struct.pack("<i", 1_000_000)),
    "damaged": lambda: MINI.read_bytes() + bytes(40),
}


@pytest.mark.parametrize("reason", BAD_FILES)
def test_says_what_is_wrong_with_a_file(reason: str, tmp_path: Path) -> None:
    """Each kind of damage has its own words."""
    path = tmp_path / "ggml-base.en.bin"
    path.write_bytes(BAD_FILES[reason]())
    with pytest.raises(ModelInvalid, match=reason):
        verify(path)


def test_refuses_a_directory(tmp_path: Path) -> None:
    """A directory of that name is not a model."""
    with pytest.raises(ModelInvalid, match="is not a file"):
        verify(tmp_path)


def test_refuses_a_pipe_without_waiting_for_it(tmp_path: Path) -> None:
    """Opening a pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe.bin")
    with pytest.raises(ModelInvalid, match="is not a file"):
        verify(tmp_path / "pipe.bin")


def test_refuses_a_name_that_whisper_cannot_be_told() -> None:
    """The binding takes UTF-8 only."""
    with pytest.raises(ModelInvalid, match="not UTF-8"):
        verify(Path(os.fsdecode(b"/tmp/ggml-\xff.bin")))


_LOAD_ALL = """
import sys
from pathlib import Path
from codex_voice.errors import SpeechError
from codex_voice.speech.engines.whisper import WhisperRecognizer
for name in sys.argv[1:]:
    try:
        WhisperRecognizer(Path(name))
    except SpeechError:
        continue
    raise SystemExit(f"{name} was loaded")
"""


def test_the_recogniser_survives_every_bad_file(tmp_path: Path) -> None:
    """Loading each of them is an error, not a crash, and prints nothing."""
    paths = [tmp_path / "absent.bin", tmp_path]
    for number, make in enumerate(BAD_FILES.values()):
        paths.append(tmp_path / f"{number}.bin")
        paths[-1].write_bytes(make())
    ended = run_python(_LOAD_ALL, *map(str, paths))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
