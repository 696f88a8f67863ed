"""The environment variables of native libraries, and what the hosted program sees of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codex_voice.native_environment import of_user
from tests.support.outer_terminal import OuterTerminal

VARIABLES = ("OMP_WAIT_POLICY", "GGML_NO_BACKTRACE", "OPENBLAS_NUM_THREADS")
WITHOUT_HINTS = ("env", *(part for name in VARIABLES for part in ("-u", name)))
LOAD = """
import os
from codex_voice.native_environment import configure_native_libraries
configure_native_libraries()
import _pywhispercpp, numpy
names = ("OMP_WAIT_POLICY", "GGML_NO_BACKTRACE", "OPENBLAS_NUM_THREADS")
print(*(os.environ[name] for name in names))
"""
PROGRAM = """#!/bin/sh
echo "$(env | grep -c -e OMP_WAIT_POLICY -e GGML_NO_BACKTRACE -e OPENBLAS_NUM) hints"
exec sleep 1000
"""


def load(*settings: str) -> subprocess.CompletedProcess[str]:
    """Load whisper.cpp in a process with these settings and no others of ours."""
    command = [*WITHOUT_HINTS, "OMP_DISPLAY_ENV=TRUE", *settings, sys.executable, "-c", LOAD]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_waiting_threads_sleep() -> None:
    """OpenMP tells its settings when asked to; they are read once, when it is loaded."""
    loaded = load()
    assert loaded.stdout == "PASSIVE 1 1\n"
    if "OPENMP DISPLAY ENVIRONMENT" not in loaded.stderr:
        pytest.skip("whisper.cpp is built without OpenMP here")
    assert "OMP_WAIT_POLICY = 'PASSIVE'" in loaded.stderr


def test_what_the_user_has_set_stays() -> None:
    """Somebody who wants threads that spin gets them."""
    assert load("OMP_WAIT_POLICY=ACTIVE").stdout == "ACTIVE 1 1\n"


async def test_the_hosted_program_sees_the_environment_as_the_user_has_it(tmp_path: Path) -> None:
    """The hints are for our own libraries."""
    program = tmp_path / "program"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    config = tmp_path / "config.toml"
    config.touch()
    app = (sys.executable, "-m", "codex_voice", "--config", str(config), "--no-voice")
    home = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    terminal = OuterTerminal(
        [*WITHOUT_HINTS, *app, "--codex", str(program)],
        environment={**os.environ, **home},
        directory=tmp_path,
    )
    await terminal.until_text("0 hints")
    await terminal.close()


BUNDLE = {
    "PATH": "/bin",
    "LD_LIBRARY_PATH": "/tmp/_MEI1",
    "LD_LIBRARY_PATH_ORIG": "/opt/lib",
    "DYLD_LIBRARY_PATH": "/tmp/_MEI1",
    "_PYI_ARCHIVE_FILE": "/opt/codex-voice",
    "_PYI_PARENT_PROCESS_LEVEL": "1",
    "_MEIPASS2": "/tmp/_MEI1",
}


def test_a_frozen_program_keeps_its_libraries_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codex gets the environment that the user has."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert of_user(BUNDLE) == {"PATH": "/bin", "LD_LIBRARY_PATH": "/opt/lib"}


def test_a_program_that_is_not_frozen_passes_all_on() -> None:
    """What looks like a bundle's is then the user's own."""
    assert of_user(BUNDLE) == BUNDLE
