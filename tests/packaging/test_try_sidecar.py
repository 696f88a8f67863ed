"""The script that tries a frozen sidecar, on one that is not frozen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.virtual_mic import VirtualMic

_ROOT = Path(__file__).parents[2]


def run(program: str, directory: Path, *options: str) -> tuple[int, str]:
    """Try a program; return the exit status and what is said."""
    path = directory / "sidecar"
    quiet = {**VirtualMic.no_device_environment(), "PYTHONPATH": str(_ROOT)}
    changed = {name: value for name, value in quiet.items() if os.environ.get(name) != value}
    exports = (f"export {name}='{value}'" for name, value in changed.items())
    path.write_text("\n".join(["#!/bin/sh", *exports, f"exec {program}"]))
    path.chmod(0o755)
    done = subprocess.run(
        [sys.executable, str(_ROOT / "packaging" / "try_sidecar.py"), str(path), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_a_sidecar_passes(tmp_path: Path) -> None:
    """Ping, list_devices, meter_start, a rule; then the end of its input."""
    program = f"{sys.executable} -m codex_voice.serve.sidecar"
    status, said = run(program, tmp_path, "--starts", "1")
    assert status == 0, said
    assert said.startswith("good: ")


@pytest.mark.slow
def test_one_that_is_late_or_none_fails(tmp_path: Path) -> None:
    """With the reason."""
    program = f"{sys.executable} -m codex_voice.serve.sidecar"
    status, said = run(program, tmp_path, "--starts", "1", "--ping-seconds", "0.0001")
    assert status == 1
    assert "the first answer came after" in said
    status, said = run("true", tmp_path)
    assert status == 1
    assert said.startswith("bad: ")
