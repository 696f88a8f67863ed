"""Whether the configuration is right, and the directory there that it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from codex_voice.errors import ConfigError
from codex_voice.own_command import runnable
from codex_voice.setup.checks.finding import Finding, Surroundings

_NAME = "Configuration"


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Look at the configuration file; without one the defaults hold."""
    path = surroundings.config_path
    if surroundings.config_error is not None:
        yield Finding(_NAME, trouble=surroundings.config_error)
    elif path.exists():
        yield Finding(_NAME, str(path))
    else:
        init = runnable("codex-voice init")
        yield Finding(_NAME, f"the defaults; to change them: {init} writes {path}")
    directory = Path(surroundings.config.codex.working_dir).expanduser()
    if not directory.is_dir():
        trouble = ConfigError(f"[codex] working_dir: {directory} is not a directory", str(path))
        yield Finding("Directory", trouble=trouble)
