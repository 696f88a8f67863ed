"""tmux and GNU screen between the program and the terminal; a real tmux where it is installed."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_voice.terminal import tmux

NOTIFICATION = b"\x1b]9;done\x1b\\"


def test_nothing_is_wrapped_without_a_multiplexer() -> None:
    """A bare terminal gets the sequence itself."""
    assert tmux.wrap_for_outer_terminal(NOTIFICATION, {}) == NOTIFICATION


def test_tmux_gets_escapes_doubled() -> None:
    """It passes on what stands in its own control string, with each Esc twice."""
    wrapped = tmux.wrap_for_outer_terminal(NOTIFICATION, {"TMUX": "/tmp/x,1,0"})
    assert wrapped == b"\x1bPtmux;\x1b\x1b]9;done\x1b\x1b\\\x1b\\"


@pytest.mark.parametrize("length", [1, 200, 252, 253, 5_000])
def test_screen_gets_short_pieces(length: int) -> None:
    """GNU screen passes control strings on, as long as they are short."""
    sequence = b"\x1b]52;c;" + b"A" * length + b"\x07"
    wrapped = tmux.wrap_for_outer_terminal(sequence, {"STY": "1.pts"})
    pieces = re.findall(rb"\x1bP(.*?)\x1b\\", wrapped, re.DOTALL)
    assert b"".join(pieces) == sequence
    assert all(len(piece) < 256 for piece in pieces)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start a server of tmux with one pane, and be inside of it; return its socket."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    socket = str(tmp_path / "tmux")
    subprocess.run(
        ["tmux", "-S", socket, "-f", "/dev/null", "new-session", "-d", "cat"], check=True
    )
    name = ["tmux", "-S", socket, "display-message", "-p", "#{pid},0 #{pane_id}"]
    pid, pane = subprocess.run(name, capture_output=True, text=True, check=True).stdout.split()
    monkeypatch.setenv("TMUX", f"{socket},{pid}")
    monkeypatch.setenv("TMUX_PANE", pane)
    yield socket
    subprocess.run(["tmux", "-S", socket, "kill-server"], check=True)


def ask(server: str, *command: str) -> str:
    """Run a command of tmux and return what it prints."""
    done = subprocess.run(["tmux", "-S", server, *command], capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize(
    "text",
    ["plain", "two\nlines\n", "漢字 'quoted' $x", "x" * 200_000],
    ids=["word", "lines", "symbols", "long"],
)
async def test_copied_text_is_in_tmux(server: str, text: str) -> None:
    """With tmux's defaults the paste buffer holds what was copied."""
    assert await tmux.load_buffer(text)
    assert ask(server, "show-buffer") == text


@pytest.mark.parametrize(("setting", "expected"), [("on", True), ("off", False)])
async def test_passthrough_is_asked_for(server: str, setting: str, expected: bool) -> None:
    """What the pane's tmux allows is known."""
    ask(server, "set-option", "-g", "allow-passthrough", setting)
    assert await tmux.passes_through() is expected


async def test_without_tmux_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tmux that is not there, or has gone, has copied nothing."""
    monkeypatch.setenv("TMUX", "/nonexistent/socket,1,0")
    assert not await tmux.load_buffer("text")
    monkeypatch.setenv("PATH", "")
    assert not await asyncio.wait_for(tmux.load_buffer("text"), 60)
