"""`codex-voice doctor`: what it says of a machine that has all, and of one that has nothing."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import re
import shutil
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_voice import native_libraries, paths
from codex_voice.cli import main as cli
from codex_voice.native_libraries import Library
from codex_voice.practice.recordings import model_path
from codex_voice.setup import checks, model_checksum
from codex_voice.setup.checks import NAMES, Finding, Surroundings, logfile, processor
from codex_voice.setup.checks.libraries import examine
from codex_voice.setup.checks.model import try_model
from codex_voice.setup.faster_recognition import build_features
from codex_voice.speech.models.catalogue import CATALOGUE
from tests.setup.conftest import MakeProgram


@functools.cache
def this_build() -> list[str] | None:
    """Return what whisper.cpp was built to use; a process says it, which does not change."""
    return build_features(60.0)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the checks all the time they need; the machine may be busy."""
    monkeypatch.setattr(checks, "WAIT_SECONDS", 60.0)
    monkeypatch.setattr(processor, "build_features", lambda _seconds: this_build())


def run(
    capsys: pytest.CaptureFixture[str], *arguments: str, only: str = ""
) -> tuple[int, dict[str, dict[str, str]]]:
    """Return the exit status and the findings by id: of all checks, or briefly of a single one."""
    single = ["--only", only] if only else []
    status = cli.main([*arguments, "doctor", "--json", *single])
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] == (status == 0)
    return status, {check["id"]: check for check in answer["checks"]}


def test_a_bare_machine_fails_with_a_remedy_for_each_thing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written, and every id is there once."""
    status, findings = run(capsys)
    assert status == 1
    assert findings["codex"]["status"] == "failed"
    assert "npm install -g @openai/codex" in findings["codex"]["remedy"]
    assert findings["speech-model"]["remedy"] == "codex-voice models get base-q8_0"
    assert findings["libraries"]["status"] == "ok"
    assert " cores, " in findings["processor"]["message"]
    assert findings["recogniser"]["message"].startswith("whisper.cpp, the ")
    assert {
        "graphics",
        "configuration",
        "recordings",
        "models",
        "log",
        "terminal",
        "server",
    } <= set(findings)
    assert all(finding["message"] for finding in findings.values())
    # The client of the sound server may leave files of its own.
    assert not list(home.rglob("codex-voice*"))


@pytest.mark.parametrize(
    ("status", "login"), [(0, "ok"), (1, "warning")], ids=["logged in", "logged out"]
)
def test_codex_says_itself_whether_somebody_is_logged_in(
    home: Path,
    make_program: MakeProgram,
    capsys: pytest.CaptureFixture[str],
    status: int,
    login: str,
) -> None:
    """Without any file of its being read; not being logged in is no reason to fail."""
    program = home / "bin" / "codex"
    make_program(program, f'[ "$1" = login ] && exit {status}; echo codex-cli 0.169.0')
    _, findings = run(capsys, "--model", str(model_path()))
    assert findings["codex"]["message"] == f"{program} (codex-cli 0.169.0)"
    assert findings["login"]["status"] == login
    assert re.search(r"mini\.en-q8_0, .* \(\d+\.\d\d s for a sentence\)", str(findings))


def test_what_does_not_answer_is_given_up(
    home: Path,
    make_program: MakeProgram,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither for a Codex that hangs nor for a check that never ends; the rest is said."""
    never = threading.Event()

    def hang(_surroundings: Surroundings) -> Iterator[Finding]:
        never.wait()
        yield Finding("Log", "unreachable")

    make_program(home / "bin" / "codex", "while :; do :; done")
    monkeypatch.setattr(checks, "WAIT_SECONDS", 0.5)
    monkeypatch.setattr(logfile, "check", hang)
    try:
        _, findings = run(capsys)
    finally:
        never.set()
    assert findings["log"]["status"] == "warning"
    assert "took too long" in findings["log"]["message"]
    assert findings["codex"]["status"] != "ok"


def test_a_model_that_is_not_what_was_published_is_warned_of(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is no failure: it works, and may be what its user made of it."""
    model = home / "ggml-tiny.en.bin"
    shutil.copyfile(model_path(), model)
    _, findings = run(capsys, "--model", str(model))
    assert findings["speech-model"]["status"] == "warning"
    assert "its checksum differs" in findings["speech-model"]["message"]


def test_the_checksum_of_a_large_model_is_given_up_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right and wrong are told apart, and what is not known is not called wrong."""
    model = tmp_path / "ggml-tiny.en.bin"
    model.write_bytes(b"model")
    published = dataclasses.replace(
        CATALOGUE[0], sha1=hashlib.sha1(b"model", usedforsecurity=False).hexdigest()
    )
    monkeypatch.setattr(model_checksum, "CATALOGUE", (published,))
    assert model_checksum.checksum_problem(model) == ""
    assert model_checksum.checksum_problem(model, deadline=0.0) is None
    model.write_bytes(b"other")
    assert "its checksum differs" in str(model_checksum.checksum_problem(model))
    unpublished = model.rename(tmp_path / "ggml-own.bin")
    assert model_checksum.checksum_problem(unpublished) == ""
    assert not model_checksum.has_checksum(unpublished)


@pytest.mark.parametrize("version", ["0.170.0", "1.0.0", "0.99.0"])
def test_a_version_that_was_never_tried_is_said_to_be_so(
    home: Path, make_program: MakeProgram, capsys: pytest.CaptureFixture[str], version: str
) -> None:
    """It is no failure: what is not recognised is held."""
    make_program(home / "bin" / "codex", f"echo codex-cli {version}")
    _, findings = run(capsys, only="codex")
    assert "was never tried with codex-voice (0.151 to 0.169 were)" in findings["codex"]["message"]
    assert findings["codex"]["status"] == "ok"


def test_a_broken_configuration_fails_and_the_rest_is_looked_at(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one line that the start gives, and everything else under the defaults."""
    path = home / "config.toml"
    path.write_text("[voise]\n")
    status, findings = run(capsys, "--config", str(path))
    assert status == 1
    assert "unknown [voise]: did you mean voice?" in findings["configuration"]["message"]
    assert "libraries" in findings


def test_what_the_start_refuses_the_doctor_does_not_call_found(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A configuration that was named and is not there, and a working directory that is none."""
    _, findings = run(capsys, "--config", str(home / "none.toml"))
    assert findings["configuration"]["status"] == "failed"
    path = home / "config.toml"
    path.write_text("[codex]\nworking_dir = '/nowhere'\n[audio]\ndevice = 'Yeti'\n")
    _, findings = run(capsys, "--config", str(path))
    assert findings["directory"]["status"] == "failed"
    assert findings["microphone"]["status"] == "failed"


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (None, 0o755, "is a directory, not a program"),
        ("#!/bin/sh\n", 0o644, "may not be executed: chmod +x"),
        ("#!/no/such/shell\n", 0o755, "needs /no/such/shell, which is not there"),
    ],
)
def test_the_options_are_honoured_and_the_reason_is_told(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    content: str | None,
    mode: int,
    message: str,
) -> None:
    """A directory, a file that may not be executed, and a script without its interpreter."""
    program = home / "my-codex"
    if content is None:
        program.mkdir()
    else:
        program.write_text(content)
        program.chmod(mode)
    _, findings = run(capsys, "--codex", str(program), only="codex")
    assert message in findings["codex"]["message"]


def test_single_checks_can_be_run(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """In any order; a name that is none is refused."""
    assert home.is_dir()
    assert cli.main(["doctor", "--only", "log,storage"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["Recordings", "Models", "Log"]
    assert cli.main(["doctor", "--only", "lgo"]) == cli.USAGE_STATUS
    assert f"the checks are {', '.join(NAMES)}" in capsys.readouterr().err


def test_errors_in_the_log_are_counted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those near its end."""
    assert home.is_dir()
    path = paths.log_file()
    path.parent.mkdir(parents=True)
    path.write_text("2026-11-26 ERROR   codex_voice.audio: the microphone failed\n")
    _, findings = run(capsys, only="log")
    assert "1 errors near its end: codex-voice bug-report" in findings["log"]["message"]


ARM = Library(Path("a.so"), frozenset({"aarch64"}))
INTEL = Library(Path("b.so"), frozenset({"x86_64"}))
BOTH = Library(Path("c.dylib"), frozenset({"x86_64", "aarch64"}))


@pytest.mark.parametrize(
    ("libraries", "python", "native", "status", "text"),
    [
        ({"numpy": ARM, "cffi": BOTH}, "arm64", "arm64", "ok", "numpy, cffi: all for arm64"),
        ({"numpy": INTEL, "cffi": ARM}, "arm64", "arm64", "failed", "numpy (x86_64)"),
        ({"numpy": ARM}, "x86_64", "arm64", "failed", "brew install python, pyenv, or uv"),
        ({"numpy": INTEL}, "x86_64", "arm64", "warning", "x86_64 on a arm64 processor"),
        ({"numpy": Library(None)}, "x86_64", "x86_64", "failed", "not installed: numpy"),
    ],
)
def test_libraries_of_the_wrong_architecture_are_named(
    libraries: dict[str, Library], python: str, native: str, status: str, text: str
) -> None:
    """An x86_64 Python on an arm64 machine, and the reverse, with the best remedy first."""
    finding = examine(libraries, python, native)
    assert finding.status == status
    assert text in str(finding)


@pytest.mark.parametrize(
    ("header", "architectures"),
    [
        (b"\x7fELF\x02\x01" + bytes(12) + struct.pack("<H", 62), {"x86_64"}),
        (b"\x7fELF\x02\x01" + bytes(12) + struct.pack("<H", 183), {"aarch64"}),
        (struct.pack("<II", 0xFEEDFACF, 0x0100000C), {"aarch64"}),
        (
            struct.pack(">II", 0xCAFEBABE, 2)
            + struct.pack(">IIIII", 0x01000007, 0, 0, 0, 0)
            + struct.pack(">IIIII", 0x0100000C, 0, 0, 0, 0),
            {"x86_64", "aarch64"},
        ),
        (b"", set()),
        (b"#!/bin/sh\n", set()),
    ],
)
def test_the_architecture_is_read_from_the_header(
    tmp_path: Path, header: bytes, architectures: set[str]
) -> None:
    """Of ELF and Mach-O, universal binaries included; other files have none."""
    path = tmp_path / "library"
    path.write_bytes(header)
    assert native_libraries.architectures(path) == architectures


def test_every_library_of_ours_is_found() -> None:
    """Without one of them being loaded."""
    assert all(library.architectures for library in native_libraries.find().values())


def test_a_model_is_tried_in_a_process_of_its_own() -> None:
    """It recognises a sentence; one that takes too long is given up."""
    seconds = try_model(model_path(), seconds=60)
    assert seconds is not None
    assert seconds > 0
    assert try_model(model_path(), seconds=0.01) is None
