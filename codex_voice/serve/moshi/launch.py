"""The command that starts Moshi's server so that it never outlives us."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from codex_voice.native_environment import of_user
from codex_voice.serve.moshi.configuration import ServerManagerConfig

MODULE_MISSING_STATUS = 117
"""The exit status that says that the interpreter does not have the module."""

# Run by the server's own interpreter, Python 3.10 or later, which knows nothing of this package.
# Its standard input is a pipe of which we hold the other end. It ends when we do, however that
# happens, and then so does the server with all that it started.
_BOOT = f"""\
import importlib.util, os, runpy, signal, sys, threading

def end_with_parent():
    try:
        while os.read(0, 4096):
            pass
    finally:
        os.killpg(0, signal.SIGKILL)

threading.Thread(target=end_with_parent, daemon=True).start()
module = sys.argv[2]
sys.argv = sys.argv[2:]
sys.path[:] = [path for path in sys.path if path]
if module.endswith(".py"):
    runpy.run_path(module, run_name="__main__")
else:
    try:
        missing = importlib.util.find_spec(module) is None
    except ModuleNotFoundError:
        missing = True
    if missing:
        sys.exit({MODULE_MISSING_STATUS})
    runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def command(config: ServerManagerConfig, marker: str) -> list[str]:
    """Return the command line.

    Args:
        config: What is run.
        marker: A word that tells this process from any other one later.
    """
    return [
        *(str(Path(config.python_exe).expanduser()), "-c", _BOOT, marker, config.module),
        *("--host", config.host, "--port", str(config.port), *config.arguments),
    ]


def environment(config: ServerManagerConfig) -> Mapping[str, str]:
    """Return its environment: the user's, with what the server needs."""
    return {**of_user(os.environ), **config.env_vars}
