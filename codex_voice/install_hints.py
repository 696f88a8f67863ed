"""The commands that install what is missing, in the words of this machine's package manager."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

Which = Callable[[str], str | None]

# Package manager -> how it installs, and what it calls PortAudio's library and npm.
_MANAGERS = {
    "brew": ("brew install", "portaudio", "node"),
    "apt-get": ("apt-get install", "libportaudio2", "npm"),
    "dnf": ("dnf install", "portaudio", "nodejs-npm"),
    "pacman": ("pacman -S", "portaudio", "npm"),
    "zypper": ("zypper install", "libportaudio2", "npm"),
    "apk": ("apk add", "portaudio", "npm"),
}


def install_portaudio(which: Which = shutil.which) -> str:
    """Return the command that installs the PortAudio library."""
    manager = _manager(which)
    return _command(manager, _MANAGERS[manager][1]) if manager else "install PortAudio"


def install_codex(which: Which = shutil.which) -> str:
    """Return the command that installs the Codex CLI, and npm before it where that is missing."""
    install = "npm install -g @openai/codex"
    if which("npm"):
        return install
    manager = _manager(which)
    if manager == "brew":
        return "brew install --cask codex"
    return f"{_command(manager, _MANAGERS[manager][2])} && {install}" if manager else install


def _manager(which: Which) -> str | None:
    return next((manager for manager in _MANAGERS if which(manager)), None)


def _command(manager: str, package: str) -> str:
    sudo = "" if manager == "brew" or os.geteuid() == 0 else "sudo "
    return f"{sudo}{_MANAGERS[manager][0]} {package}"
