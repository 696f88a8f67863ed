"""The command that mends it is the one of this very machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_voice import install_hints
from codex_voice.install_hints import (
    build_whisper,
    install_codex,
    install_portaudio,
    install_with_pip,
)


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


def test_packages_go_where_the_program_finds_them(tmp_path: Path) -> None:
    """Into the environment of pipx or uv, or that of a checkout whose pip is not on PATH."""
    no_pip = machine_with()
    assert install_with_pip("soundfile", tmp_path, no_pip) == "pip install soundfile"
    own = tmp_path / "bin" / "pip"
    own.parent.mkdir()
    own.touch()
    assert install_with_pip("soundfile", tmp_path, no_pip) == f"{own} install soundfile"
    assert install_with_pip("soundfile", tmp_path, lambda _: str(own)) == "pip install soundfile"
    (tmp_path / "uv-receipt.toml").touch()
    command = install_with_pip("soundfile", tmp_path, no_pip)
    assert command == f"uv pip install --python {tmp_path} soundfile"
    (tmp_path / "pipx_metadata.json").touch()
    command = install_with_pip("soundfile", tmp_path, no_pip)
    assert command == f"pipx runpip {tmp_path.name} install soundfile"


def test_whisper_is_built_by_make_in_a_checkout_and_by_pip_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the checkout, from another directory, and for a GPU."""
    checkout = Path(install_hints.__file__).resolve().parents[1]
    monkeypatch.chdir(checkout)
    assert build_whisper("", checkout / ".venv") == "make fast"
    assert build_whisper("cuda", checkout / ".venv") == "GGML_CUDA=1 make fast"
    monkeypatch.chdir(tmp_path)
    assert build_whisper("", checkout / ".venv") == f"make -C {checkout} fast"
    elsewhere = build_whisper("vulkan", tmp_path)
    assert elsewhere.startswith("GGML_VULKAN=1 CMAKE_ARGS='-DGGML_LLAMAFILE=ON")
    assert "pip install" in elsewhere
    assert "'pywhispercpp" in elsewhere, "in the versions that we need"


def test_make_builds_whisper_with_the_same_options() -> None:
    """The two commands bring the same build."""
    checkout = Path(install_hints.__file__).resolve().parents[1]
    makefile = (checkout / "Makefile").read_text(encoding="utf-8").replace("$$", "$")
    assert install_hints.BUILD_OPTIONS in makefile
