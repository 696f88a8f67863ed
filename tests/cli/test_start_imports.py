"""What is imported before Codex is started, and before it is shown: each module delays it."""

from __future__ import annotations

import shutil
import site
import sys
from pathlib import Path

import pytest

from codex_voice import paths
from codex_voice.practice.recordings import model_path
from tests.support.outer_terminal import OuterTerminal

# Writes the modules, with their files, at the moment that is asked about, and ends the process:
# "codex" is when a terminal for Codex is about to be made, "screen" when Codex's first screen is
# drawn and the first module of the user interface is looked for.
REPORT = """
import os, sys

ours = set(sys.modules)
report, moment = sys.argv[1:3]

def end():
    with open(report, "w", encoding="utf-8") as file:
        for name in set(sys.modules) - ours:
            print(name, getattr(sys.modules[name], "__file__", None), file=file)
    os._exit(0)

class Finder:
    def find_spec(self, name, path=None, target=None):
        if moment == "screen" and name == "codex_voice.ui":
            end()

sys.meta_path.insert(0, Finder())
sys.addaudithook(
    lambda event, _arguments: end() if moment == "codex" and event == "os.forkpty" else None
)
from codex_voice.cli.main import main
sys.exit(main(sys.argv[3:]))
"""

BEFORE_CODEX = {
    "agent.process",
    "cli.app_lifecycle",
    "cli.configuration",
    "cli.main",
    "cli.microphone",
    "cli.parser",
    "cli.registration",
    "cli.run",
    "cli.standard_streams",
    "config.file",
    "config.schema",
    "errors",
    "install_hints",
    "key_names",
    "native_environment",
    "own_command",
    "paths",
    "session.app_result",
    "session.crash_guard",
    "session.job_control",
    "session.launch",
    "session.start",
    "session.stderr_redirect",
    "setup.discovery",
    "text_cleaning",
    "write_queue",
}
"""Modules of ours that read the command line and the configuration, and find and start Codex."""

WITHOUT_A_FILE = {
    "setup.first_configuration",
    "speech.models.catalogue",
    "speech.models.file_check",
    "speech.models.installed",
}
"""Modules that find out what the configuration would be, where there is no file."""

SLOW_STANDARD_MODULES = {
    *("asyncio", "ctypes", "difflib", "email", "hashlib", "http", "json", "logging", "socket"),
    *("ssl", "subprocess", "unittest"),
}
"""Those that took a twentieth of all that precedes Codex, or bring one that did."""

PARTS_OF_FIRST_SCREEN = {"agent", "cli", "log", "native_libraries", "session", "terminal"}


async def imported(home: Path, moment: str, *arguments: str) -> tuple[set[str], set[str], set[str]]:
    """Start the app, and return what it has imported at a moment.

    Returns:
        Modules of ours, without packages and without `codex_voice.`; the names of other people's
        packages; those of the standard library.
    """
    codex = home / "bin" / "codex"
    codex.write_text("#!/bin/sh\n")
    codex.chmod(0o755)
    report = home / "modules"
    command = [sys.executable, "-c", REPORT, str(report), moment, *arguments]
    await OuterTerminal(command, 80, 24).ended()
    ours, others, standard = set(), set(), set()
    for line in report.read_text(encoding="utf-8").splitlines():
        name, _, file = line.partition(" ")
        if name.startswith("codex_voice"):
            if not file.endswith("__init__.py"):
                ours.add(name.removeprefix("codex_voice."))
        elif any(file.startswith(directory) for directory in site.getsitepackages()):
            others.add(name.partition(".")[0])
        else:
            standard.add(name.partition(".")[0])
    return ours, others, standard


@pytest.fixture
def configured(home: Path) -> Path:
    """Give the user a configuration file, and return the home directory."""
    file = paths.configuration_file()
    file.parent.mkdir(parents=True)
    file.write_text("[voice]\nsend = true\n")
    return home


async def test_only_what_finds_codex_is_imported_before_it_is_started(configured: Path) -> None:
    """The reader of the command line without the commands, and of the configuration."""
    ours, others, standard = await imported(configured, "codex")
    assert ours == BEFORE_CODEX
    assert others == {"platformdirs", "ptyprocess"}
    assert not standard & SLOW_STANDARD_MODULES


async def test_without_a_configuration_hardly_more_is_imported(home: Path) -> None:
    """Where a model is there, whatever `init` needs besides stays out."""
    models = paths.models_directory()
    models.mkdir(parents=True)
    shutil.copy(model_path(), models / "ggml-base.en.bin")
    ours, others, standard = await imported(home, "codex")
    assert ours - BEFORE_CODEX == WITHOUT_A_FILE
    assert others == {"platformdirs", "ptyprocess"}
    assert not standard & SLOW_STANDARD_MODULES - {"difflib"}


async def test_only_the_terminal_is_imported_before_codex_is_shown(configured: Path) -> None:
    """The emulator and what draws it; neither Textual nor NumPy, voice input or the network."""
    ours, others, standard = await imported(configured, "screen")
    assert {name.partition(".")[0] for name in ours - BEFORE_CODEX} <= PARTS_OF_FIRST_SCREEN
    assert {"session.first_screen", "terminal.emulator"} <= ours
    assert others <= {"platformdirs", "ptyprocess", "_cffi_backend"}
    assert not standard & {"ctypes", "email", "http", "importlib.metadata", "unittest"}
