"""whisper.cpp prints nothing, keeps its settings to itself, and lets the process end well."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

import pytest

from codex_voice.errors import SpeechError
from codex_voice.speech.engines import whisper_library
from tests.speech.conftest import MINI, PREAMBLE, run_python


def test_prints_nothing() -> None:
    """Neither loading, recognising, a short clip, freeing nor the end of the process does."""
    ended = run_python(
        PREAMBLE + "recognizer.transcribe(pcm)\nrecognizer.transcribe(b'ab' * 900)\n"
        "recognizer.close()\nWhisperRecognizer(Path(sys.argv[1]))",
        str(MINI),
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_the_process_ends_well_while_a_thread_recognises() -> None:
    """A callback into an interpreter that is gone would end it with SIGABRT."""
    ended = run_python(
        PREAMBLE + "begun = threading.Event()\n"
        "def poll():\n    begun.set()\n    return False\n"
        "def work():\n"
        "    try:\n        while True: recognizer.transcribe(pcm, poll)\n"
        "    except RecognitionFailed: pass\n"
        "threading.Thread(target=work, daemon=True).start()\n"
        "begun.wait()"
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.skipif(
    "manylinux" not in (metadata.distribution("pywhispercpp").read_text("WHEEL") or ""),
    reason="pywhispercpp was built here, for this very processor",
)
@pytest.mark.parametrize(("flags", "fits"), [("fpu sse2 avx avx2 bmi2", True), ("fpu avx", False)])
def test_a_processor_without_avx2_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, fits: bool
) -> None:
    """The published wheel would end the process with an illegal instruction."""
    (tmp_path / "cpuinfo").write_text(f"model name\t: Old\nflags\t\t: {flags}\n")
    monkeypatch.setattr(whisper_library, "_PROCESSOR", tmp_path / "cpuinfo")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    if fits:
        whisper_library.check_processor()
    else:
        with pytest.raises(SpeechError, match=r"no AVX2.*(CMAKE_ARGS|make .*fast|make fast)"):
            whisper_library.check_processor()
