"""What this terminal can do, and what stands between it and the program."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from codex_voice.errors import TerminalError
from codex_voice.setup.checks.finding import Finding, Surroundings

# Smaller ones have no room for Codex's composer beside the bars.
_LEAST_COLUMNS, _LEAST_ROWS = 20, 6


def check(_surroundings: Surroundings) -> Iterator[Finding]:
    """Look at what the terminal says of itself in the environment."""
    program = os.environ.get("TERM_PROGRAM") or os.environ.get("TERM") or "unknown"
    if os.environ.get("TERM") in (None, "", "dumb"):
        trouble = TerminalError(
            "TERM is not set or dumb, so that nothing can be drawn", "use a terminal emulator"
        )
        yield Finding("Terminal", trouble=trouble, needed=False)
        return
    columns, rows = shutil.get_terminal_size()
    if columns < _LEAST_COLUMNS or rows < _LEAST_ROWS:
        trouble = TerminalError(
            f"{columns}x{rows} is too small",
            f"make it at least {_LEAST_COLUMNS}x{_LEAST_ROWS}",
        )
        yield Finding("Terminal", trouble=trouble, needed=False)
        return
    yield Finding("Terminal", "; ".join([_place(program), *_remarks()]))


def _place(program: str) -> str:
    if os.environ.get("TMUX"):
        return f"tmux in {program}"
    return f"GNU screen in {program}" if os.environ.get("STY") else program


def _remarks() -> Iterator[str]:
    if os.environ.get("TMUX") or os.environ.get("STY"):
        yield "tap the talk key, it tells no releases"
    if os.environ.get("SSH_CONNECTION"):
        yield "over ssh: the microphone is that of the machine you are logged in to"
    if os.environ.get("TERM") == "linux":
        yield "the Linux console has 8 colours and tells no releases of keys"
    elif os.environ.get("COLORTERM") not in ("truecolor", "24bit"):
        yield "no promise of 24-bit colours (COLORTERM)"
