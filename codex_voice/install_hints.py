"""The commands that install what is missing, in the words of this machine's package manager."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

Which = Callable[[str], str | None]

BUILD_OPTIONS = (
    "-DGGML_LLAMAFILE=ON -DCMAKE_INSTALL_RPATH=$ORIGIN -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON"
)
"""Builds whisper.cpp with llamafile's matrix products. Without the other two the library that pip
builds looks for its parts in a directory that pip has deleted."""

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


def install_with_pip(
    what: str, prefix: Path = Path(sys.prefix), which: Which = shutil.which
) -> str:
    """Return the command that installs Python packages where this program finds them.

    Args:
        what: Packages, and options of pip before them.
        prefix: The environment that this program runs in; pipx and uv leave a file of theirs in it.
        which: Finds a program on PATH.
    """
    if (prefix / "pipx_metadata.json").exists():
        return f"pipx runpip {prefix.name} install {what}"
    if (prefix / "uv-receipt.toml").exists():
        return f"uv pip install --python {shlex.quote(str(prefix))} {what}"
    own = prefix / "bin" / "pip"
    on_path = which("pip")
    if not own.exists() or (on_path and Path(on_path).resolve() == own.resolve()):
        return f"pip install {what}"
    return f"{shlex.quote(str(own))} install {what}"


def requirement(package: str) -> str:
    """Return a package in the versions that this program needs, quoted for a shell."""
    # Not at the top: it takes long to import, and is needed where something is wrong.
    from importlib import metadata

    try:
        needed = metadata.requires("codex-voice") or []
    except metadata.PackageNotFoundError:
        needed = []
    found = (need.partition(";")[0].strip() for need in needed)
    return next((f"'{need}'" for need in found if need.startswith(package)), package)


def build_whisper(gpu: str = "", prefix: Path = Path(sys.prefix)) -> str:
    """Return the command that builds whisper.cpp for this machine; it takes a C++ compiler.

    Args:
        gpu: "cuda" or "vulkan" for a build that uses such a GPU too.
        prefix: The environment that this program runs in.
    """
    variable = f"GGML_{gpu.upper()}=1 " if gpu else ""
    checkout = prefix.parent
    if prefix.name == ".venv" and (checkout / "Makefile").exists() and _is_ours(checkout):
        where = "" if Path.cwd() == checkout else f"-C {shlex.quote(str(checkout))} "
        return f"{variable}make {where}fast"
    options = "--force-reinstall --no-deps --no-cache-dir --no-binary pywhispercpp"
    command = install_with_pip(f"{options} {requirement('pywhispercpp')}", prefix)
    return f"{variable}CMAKE_ARGS='{BUILD_OPTIONS}' {command}"


def _is_ours(checkout: Path) -> bool:
    return Path(__file__).resolve().parents[1] == checkout.resolve()


def _manager(which: Which) -> str | None:
    return next((manager for manager in _MANAGERS if which(manager)), None)


def _command(manager: str, package: str) -> str:
    sudo = "" if manager == "brew" or os.geteuid() == 0 else "sudo "
    return f"{sudo}{_MANAGERS[manager][0]} {package}"
