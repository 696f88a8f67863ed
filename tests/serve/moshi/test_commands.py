"""`moshi start`, `status`, `stop` and `talk` as real commands."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.serve.conftest import with_inherited
from tests.serve.moshi.conftest import FAKE_SERVER
from tests.support.process_tree import tree_of, until_gone
from tests.support.unused_port import unused_port

_PATIENCE_SECONDS = 100


@pytest.fixture
def command(own_files: dict[str, str], tmp_path: Path, moshi_packages: None) -> list[str]:
    """Return the beginning of a command line that knows the fake server."""
    port = unused_port()
    settings = {
        "python": sys.executable,
        "module": str(FAKE_SERVER),
        "port": port,
        "minimum_vram_mb": 0,
    }
    path = tmp_path / "config.toml"
    rows = (f"{name} = {json.dumps(value)}" for name, value in settings.items())
    path.write_text("\n".join(["[moshi]", *rows]))
    return [sys.executable, "-m", "codex_voice", "--config", str(path), "moshi"]


@pytest.fixture
def started(command: list[str], own_files: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run `moshi start` until its server is ready."""
    with subprocess.Popen(
        [*command, "start"], env=with_inherited(own_files), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            until_said(process.stderr, "is ready at ws://127.0.0.1:")
            yield process
        finally:
            process.kill()


def until_said(output: IO[str], wanted: str) -> str:
    """Read lines until one holds that; return it."""
    said = []
    for line in output:
        said.append(line)
        if wanted in line:
            return line
    raise AssertionError(said)


def run(command: list[str], action: str, own_files: dict[str, str]) -> tuple[int, str]:
    """Run a command to its end; return its exit status and what it printed."""
    done = subprocess.run(
        [*command, action],
        env=with_inherited(own_files),
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_one_command_runs_the_server_and_another_ends_it(
    command: list[str], own_files: dict[str, str], started: subprocess.Popen[str]
) -> None:
    """In between its state is told, and a second one is told who runs it."""
    status, said = run(command, "status", own_files)
    assert status == 0
    found = re.search(r"server  answers at .* \(process (\d+), run by .* process (\d+)\)", said)
    assert found is not None, said
    assert int(found[2]) == started.pid
    server = int(found[1])

    status, said = run(command, "start", own_files)
    assert status == 1
    assert f"(process {started.pid}) runs Moshi's server" in said

    status, said = run(command, "stop", own_files)
    assert (status, said.strip()) == (0, f"Moshi's server (process {server}) is ended")
    assert started.wait(_PATIENCE_SECONDS) == 0
    assert not until_gone({server})
    assert run(command, "stop", own_files) == (0, "Moshi's server is not running\n")
    status, said = run(command, "status", own_files)
    assert status == 1
    assert "server  stopped" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "int"])
def test_a_signal_ends_it_in_order(number: signal.Signals, started: subprocess.Popen[str]) -> None:
    """With exit status 0, and nothing left running."""
    processes = tree_of(started.pid)
    assert len(processes) == 2
    started.send_signal(number)
    assert started.wait(_PATIENCE_SECONDS) == 0
    assert not until_gone(processes)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems need lsof")
def test_a_server_of_somebody_else_is_not_ended(
    command: list[str], own_files: dict[str, str], tmp_path: Path
) -> None:
    """It is named; `stop` is for ours."""
    port = int(re.findall(r"port = (\d+)", (tmp_path / "config.toml").read_text())[0])
    with socket.create_server(("127.0.0.1", port)):
        assert run(command, "stop", own_files) == (0, "Moshi's server is not running\n")
        status, said = run(command, "start", own_files)
        assert status == 1
        assert f"(process {os.getpid()})" in said


@pytest.mark.microphone
@pytest.mark.usefixtures("room")
def test_what_the_microphone_hears_comes_back(
    command: list[str], own_files: dict[str, str]
) -> None:
    """`talk` starts the server, sends it the microphone, and prints what it says."""
    with subprocess.Popen(
        [*command, "talk"],
        env=with_inherited(own_files),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as talk:
        assert talk.stdout is not None
        try:
            said = ""
            while "frame12" not in said:
                said += talk.stdout.read(1)
            assert said.startswith(" frame2 frame3 frame4")
            processes = tree_of(talk.pid)
            talk.send_signal(signal.SIGTERM)
            talk.stdout.read()
            assert talk.wait(_PATIENCE_SECONDS) == 0
            assert not until_gone(processes)
        finally:
            talk.kill()
