"""The first ten minutes on machines that lack something: a working app, or one clear line each."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support.outer_terminal import OuterTerminal
from tests.support.virtual_mic import VirtualMic

COMMANDS = (
    "--version",
    "models list",
    "models get tiny.en-q8_0",
    "history list",
    "history clear",
    "commands",
    "interpret 'dash dash verbose'",
    "doctor --only configuration,storage,log,terminal",
    "init --yes",
    "mic",
    "",
)
# Runs commands one after the other, and prints as JSON how each ended. What Python writes to a disk
# that is full or read-only itself would only be in the way.
RUN = """
import contextlib, io, json, resource, shlex, sys
from codex_voice.cli.main import main
limit = int(sys.argv[1])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
ends = []
for command in json.loads(sys.argv[2]):
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            status = main(shlex.split(command))
        except SystemExit as ended:
            status = ended.code
    ends.append([command, status, output.getvalue(), errors.getvalue()])
print(json.dumps(ends))
"""
SENTENCE = "Write a unit test for the main loop."
NEXT_RECORDING = b"\x1bOQ"


def unwritable(tmp_path: Path) -> str:
    """Return a directory in which nobody can make anything, not even root."""
    if os.geteuid() == 0:
        return "/sys" if Path("/sys").is_dir() else "/dev"
    directory = tmp_path / "read-only"
    directory.mkdir(mode=0o500)
    return str(directory)


def environment(home: str | None, **changes: str) -> dict[str, str]:
    """Return the environment of a machine with nothing on it: no sound, no network, no Codex."""
    kept = {
        name: value
        for name, value in VirtualMic.no_device_environment().items()
        if name.startswith(("ALSA_", "PULSE_", "PYTHON", "CODEX_VOICE_REQUIRE"))
    }
    return {
        **kept,
        "PATH": "/nowhere",
        "TERM": "xterm-256color",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Nothing answers there, and no name is asked for.
        "CODEX_VOICE_MODEL_URL": "http://127.0.0.1:1",
        **({} if home is None else {"HOME": home}),
        **changes,
    }


def no_home(tmp_path: Path) -> dict[str, str]:
    """Return an environment without HOME, in which the user's real one is not touched."""
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    return environment(None, **{name: str(tmp_path / name) for name in names})


Machine = tuple[Callable[[Path], Mapping[str, str]], int]
MACHINES: dict[str, Machine] = {
    "empty": (lambda path: environment(str(path)), 0),
    "read-only": (lambda path: environment(unwritable(path)), 0),
    "full": (lambda path: environment(str(path)), 512),
    "no-home": (no_home, 0),
    "c-locale": (
        lambda path: environment(
            str(path), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LANG="C"
        ),
        0,
    ),
    "narrow": (lambda path: environment(str(path), COLUMNS="40", LINES="12"), 0),
}
"""The environment of each machine by the test's directory, and how large a file may be in bytes."""


@pytest.mark.parametrize("machine", MACHINES)
def test_each_command_works_or_says_in_one_line_why_not(tmp_path: Path, machine: str) -> None:
    """Without a terminal, as in a script; no traceback, and nothing half done."""
    make_environment, limit = MACHINES[machine]
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(limit), json.dumps(COMMANDS)],
        cwd=Path(__file__).parents[2],
        env=dict(make_environment(tmp_path)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    ends = {command: rest for command, *rest in json.loads(done.stdout)}
    assert tuple(ends) == COMMANDS
    for command, (status, output, errors) in ends.items():
        assert status in (0, 1, 2), command
        assert "Traceback" not in errors, command
        if status and not output:
            assert errors.startswith("codex-voice: "), command
            assert errors.count("\n") == 1, errors
    assert ends["--version"][0] == ends["models list"][0] == ends["commands"][0] == 0
    assert ends["interpret 'dash dash verbose'"][1].strip() == "--verbose"
    # No network: where the file goes, and what else can be done.
    assert "ggml-tiny.en-q8_0.bin" in ends["models get tiny.en-q8_0"][2]
    assert "a terminal is needed" in ends[""][2]
    written = ends["init --yes"][0] == 0
    assert written == (machine not in ("read-only", "full"))


@pytest.fixture
def in_tmux(tmp_path: Path) -> list[str]:
    """Return what runs a command in a tmux of its own."""
    program = shutil.which("tmux")
    if program is None:
        pytest.skip("no tmux (apt-get install tmux)")
    return [program, "-S", str(tmp_path / "tmux"), "-f", "/dev/null", "new-session"]


async def practise(terminal: OuterTerminal, columns: int = 100, rows: int = 30) -> None:
    """See practice mode, let the first sentence be said, and see it written.

    Args:
        terminal: Has begun to run it.
        columns: The width in which the sentence is said, with the height `rows`; while the model
            is being loaded there is room for its name.
        rows: The height.
    """
    try:
        await terminal.until_text("F2 says")
        terminal.resize(100, 30)
        await terminal.until_text("mini.en-q8_0 │")
        terminal.resize(columns, rows)
        terminal.type(NEXT_RECORDING)
        beginning = f"› {SENTENCE[: columns // 2]}"
        await terminal.until(
            lambda: any(line.startswith(beginning) for line in terminal.text().splitlines()),
            beginning,
        )
        assert "Traceback" not in terminal.text()
    finally:
        await terminal.close()


@pytest.mark.parametrize("machine", MACHINES)
async def test_a_sentence_is_written_on_each_of_them(tmp_path: Path, machine: str) -> None:
    """Practice mode, whatever is missing: it needs nothing, and keeps what can be kept."""
    make_environment, limit = MACHINES[machine]
    script = (
        "import os, resource, sys; limit = int(sys.argv[1])\n"
        "if limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "os.execv(sys.executable, [sys.executable, '-m', 'codex_voice', '--practice'])"
    )
    columns, rows = (40, 16) if machine == "narrow" else (100, 30)
    terminal = OuterTerminal(
        [sys.executable, "-c", script, str(limit)],
        columns,
        rows,
        environment=dict(make_environment(tmp_path)),
        directory=Path(__file__).parents[2],
    )
    await practise(terminal, columns, rows)


async def test_a_sentence_is_written_in_tmux(tmp_path: Path, in_tmux: list[str]) -> None:
    """Which stands between the terminal and the program."""
    terminal = OuterTerminal(
        [*in_tmux, sys.executable, "-m", "codex_voice", "--practice"],
        100,
        30,
        environment={**environment(str(tmp_path)), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        directory=Path(__file__).parents[2],
    )
    try:
        await practise(terminal)
    finally:
        ending = await asyncio.create_subprocess_exec(*in_tmux[:3], "kill-server")
        await ending.wait()
