"""Ended while the app is still being loaded."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.outer_terminal import OuterTerminal
from tests.support.process_tree import tree_of, until_gone

# The app is never loaded to the end, as if the machine were too busy.
NEVER_LOADED = """
import sys, threading
from importlib.util import spec_from_loader

class Finder:
    def find_spec(self, name, path=None, target=None):
        return spec_from_loader(name, self) if name == "codex_voice.ui" else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        threading.Event().wait()

sys.meta_path.insert(0, Finder())
from codex_voice.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
STAND_IN = f"""#!{sys.executable} -SE
print("FIRST", flush=True)
input()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["term", "hup"])
async def test_a_signal_ends_what_is_still_being_loaded(home: Path, number: signal.Signals) -> None:
    """Codex is ended, the terminal given back, and the status says which signal it was."""
    codex = home / "bin" / "codex"
    codex.write_text(STAND_IN)
    codex.chmod(0o755)
    terminal = OuterTerminal(
        [sys.executable, "-c", NEVER_LOADED], 60, 10, environment=dict(os.environ)
    )
    try:
        await terminal.until_text("FIRST")
        processes = tree_of(terminal.process.pid)
        os.killpg(terminal.process.pid, number)
        assert (await terminal.ended()).code == 128 + number
        assert not terminal.emulator.alternate_screen
        assert terminal.output.endswith(b"\x1b[?1049l")
        assert until_gone(processes) == set()
    finally:
        await terminal.close()
