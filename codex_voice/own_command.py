"""How this program is called here, for messages that name one of its commands."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

PROGRAM = "codex-voice"


def runnable(command: str) -> str:
    """Return a command of ours in the form that works in this shell.

    Args:
        command: Such as "codex-voice models get". What begins otherwise is returned as it is.

    Returns:
        The same where `codex-voice` is on PATH, or it is not known how this process was called;
        else with the path that was typed, such as ".venv/bin/codex-voice models get".
    """
    called = sys.argv[0] if sys.argv else ""
    if command.split(" ", 1)[0] != PROGRAM or Path(called).name != PROGRAM:
        return command
    return command if shutil.which(PROGRAM) else called + command.removeprefix(PROGRAM)
