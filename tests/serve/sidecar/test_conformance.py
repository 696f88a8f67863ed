"""The published conformance checks of the sidecar protocol, against the real command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.serve.conftest import with_inherited
from tests.serve.shared_files import shared_file
from tests.support.virtual_mic import VirtualMic

# Some checks measure seconds, and what they measure is a process that starts.
pytestmark = pytest.mark.alone

# The checks' own limit for the start; the machine may be busy with other tests.
START_SECONDS = "15"
TRIES = 5
"""For what others do on the machine."""


def _failed(directory: Path, environment: dict[str, str], *options: str) -> list[dict[str, Any]]:
    """Run the checks and return the reports of those that failed, facts left out."""
    script = str(shared_file("services/sidecar_conformance.py"))
    given = ("--json", "--start-seconds", START_SECONDS, *options)
    done = subprocess.run(
        [sys.executable, script, *given, "--", sys.executable, "-m", "codex_voice", "sidecar"],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    reports = json.loads(done.stdout)
    assert len(reports) >= (2 if options else 45)
    return [report for report in reports if not report["ok"] and report["level"] != "FACT"]


def _check(directory: Path, environment: dict[str, str]) -> None:
    for report in _failed(directory, environment):
        again = ("--only", report["check"].removesuffix("_quick"))
        assert not all(_failed(directory, environment, *again) for _ in range(TRIES)), report


@pytest.mark.timeout(600)
def test_every_must_and_should_without_a_microphone(
    tmp_path: Path, own_files: dict[str, str]
) -> None:
    """Where there is no device it answers as the contract says."""
    _check(tmp_path, {**VirtualMic.no_device_environment(), **own_files})


@pytest.mark.microphone
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("virtual_mic")
def test_every_must_and_should_with_a_microphone(tmp_path: Path, own_files: dict[str, str]) -> None:
    """With a microphone the checks also record, cancel and meter."""
    _check(tmp_path, with_inherited(own_files))
