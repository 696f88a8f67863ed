"""How this program is called here, for messages that name one of its commands."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

PROGRAM = "codex-voice"

# The program with a command or an option behind it; not a package, such as "codex-voice[serve]",
# and not where it has a path already.
_COMMAND = re.compile(rf"(?<![\w./-]){PROGRAM} (?:-[a-z-]|[a-z])[a-z-]*")


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


def runnable_in(sentence: str) -> str:
    """Return a sentence with the commands of ours in it as `runnable` writes them.

    Not for what is to be typed on another machine.
    """
    return _COMMAND.sub(lambda found: runnable(found.group()), sentence)
