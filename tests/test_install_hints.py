"""The command that mends it is the one of this very machine."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from codex_voice.install_hints import install_codex, install_portaudio


def machine_with(*programs: str) -> Callable[[str], str | None]:
    """Return a `which` that knows these programs only."""
    return lambda name: f"/usr/bin/{name}" if name in programs else None


@pytest.mark.parametrize(
    ("programs", "command"),
    [
        (["apt-get"], "sudo apt-get install libportaudio2"),
        (["dnf"], "sudo dnf install portaudio"),
        (["pacman"], "sudo pacman -S portaudio"),
        (["brew"], "brew install portaudio"),
        ([], "install PortAudio"),
    ],
)
def test_portaudio_comes_from_the_package_manager(
    monkeypatch: pytest.MonkeyPatch, programs: list[str], command: str
) -> None:
    """Each system has its own word for it."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert install_portaudio(machine_with(*programs)) == command


def test_root_needs_no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container there often is none."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert install_portaudio(machine_with("apt-get")) == "apt-get install libportaudio2"


@pytest.mark.parametrize(
    ("programs", "command"),
    [
        (["npm", "apt-get"], "npm install -g @openai/codex"),
        (["apt-get"], "sudo apt-get install npm && npm install -g @openai/codex"),
        (["brew"], "brew install --cask codex"),
        ([], "npm install -g @openai/codex"),
    ],
)
def test_codex_comes_from_npm_and_npm_from_the_system(
    monkeypatch: pytest.MonkeyPatch, programs: list[str], command: str
) -> None:
    """Where npm is missing, the command gets that first."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert install_codex(machine_with(*programs)) == command
