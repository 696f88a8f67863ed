"""What the terminal is asked outside of the app, and what is made of its answers."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from pathlib import Path

import pytest

from codex_voice.config.schema import Config
from codex_voice.setup import terminal_probe
from codex_voice.setup.checks import survey
from codex_voice.setup.checks.terminal import describe
from codex_voice.setup.terminal_probe import TerminalAbilities, probe
from tests.support.outer_terminal import OuterTerminal

# As a program of its own: it changes the modes of its terminal. It is given all the time it needs.
PROBE = """
import subprocess
from codex_voice.setup.terminal_probe import probe
modes = subprocess.check_output(["stty", "-g"])
print("answer", probe(60 if {answers} else 0.2))
print("restored", subprocess.check_output(["stty", "-g"]) == modes)
"""


async def probed(*, kitty: bool = False, answers: bool = True) -> str:
    """Return what a probe in a terminal prints."""
    environment = {**os.environ, "TERM": "xterm-256color"}
    # Which terminal the tests run in is of no interest.
    for name in ("STY", "TERM_PROGRAM"):
        environment.pop(name, None)
    terminal = OuterTerminal(
        [sys.executable, "-c", PROBE.format(answers=answers)],
        200,
        kitty=kitty,
        environment=environment,
        directory=Path.cwd(),
    )
    terminal.answers = answers
    try:
        await terminal.until(lambda: bool(re.search("restored (True|False)", terminal.text())))
        return terminal.text()
    finally:
        await terminal.close()


@pytest.mark.parametrize("kitty", [True, False], ids=["kitty", "legacy"])
async def test_the_terminal_itself_says_whether_keys_can_be_held(kitty: bool) -> None:
    """Its modes are as they were afterwards, and nothing of its answers is on the screen."""
    screen = await probed(kitty=kitty)
    assert f"key_release={kitty}" in screen
    assert "synchronized_output=True" in screen
    assert "true_colour=True" in screen
    assert "restored True" in screen
    assert "^[" not in screen


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (b"\x1bP1+r524742=382F382F38\x1b\\", True),
        (b"\x1bP1+r5463\x1b\\", True),
        (b"\x1bP0+r5463\x1b\\", False),
        (b"\x1bP1$r0;48:2:1:2:3m\x1b\\", True),
        (b"\x1bP1$r0;48:2::1:2:3m\x1b\\", True),
        (b"\x1bP1$r0;48:2:1:1:2:3m\x1b\\", True),
        (b"\x1bP1$r48;2;1;2;3m\x1b\\", True),
        (b"\x1bP1$r0;48:5:16m\x1b\\", False),
        (b"\x1bP0$r\x1b\\", False),
    ],
    ids=["rgb", "tc", "no", "colons", "empty-space", "space", "semicolons", "palette", "unknown"],
)
def test_the_terminal_says_whether_it_draws_24_bit_colours(
    monkeypatch: pytest.MonkeyPatch, reply: bytes, expected: bool
) -> None:
    """By XTGETTCAP or by DECRQSS, in the forms that terminals use."""
    for name in ("STY", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(reply + b"\x1b[?62c")
        abilities = terminal_probe._ask(theirs.fileno(), theirs.fileno(), time.monotonic() + 60)
    assert abilities is not None
    assert abilities.true_colour is expected


async def test_a_terminal_that_answers_nothing_is_waited_for_no_longer() -> None:
    """Nothing is known of it then."""
    screen = await probed(answers=False)
    assert "answer None" in screen
    assert "restored True" in screen


def test_where_there_is_no_terminal_nothing_is_asked(capfd: pytest.CaptureFixture[str]) -> None:
    """Files and pipes get no questions."""
    assert probe() is None
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("abilities", "variables", "texts"),
    [
        (
            TerminalAbilities("kitty(0.36)", True, True, True),
            {"TERM": "xterm-kitty"},
            ["kitty(0.36)", "hold or tap", "OSC 52"],
        ),
        (TerminalAbilities(), {"TERM": "xterm"}, ["xterm", "tap the talk key", "may flicker"]),
        (None, {"TERM": "screen", "TMUX": "x"}, ["tmux in screen", "tap the talk key"]),
        (None, {"TERM": "xterm", "SSH_CONNECTION": "x"}, ["the machine you are logged in to"]),
        (None, {"TERM": "linux"}, ["8 colours"]),
        (None, {"TERM": "xterm", "COLORTERM": "truecolor"}, ["24-bit colours (COLORTERM says so)"]),
        (
            TerminalAbilities(true_colour=True),
            {"TERM": "xterm"},
            ["24-bit colours, as the terminal itself reports, but only 256 are used"],
        ),
        (TerminalAbilities(), {"TERM": "xterm"}, ["256 colours: neither COLORTERM, terminfo"]),
    ],
    ids=["kitty", "legacy", "tmux", "ssh", "console", "colorterm", "answers", "256"],
)
def test_what_it_means_is_said(
    monkeypatch: pytest.MonkeyPatch,
    abilities: TerminalAbilities | None,
    variables: dict[str, str],
    texts: list[str],
) -> None:
    """In the line of the doctor."""
    for name in ("TERM", "TERM_PROGRAM", "TMUX", "STY", "SSH_CONNECTION", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    line = describe(abilities)
    for text in texts:
        assert text in line


@pytest.mark.parametrize("ask_terminal", [True, False], ids=["before", "in-the-app"])
def test_the_terminal_of_a_running_app_is_not_asked(
    home: Path, monkeypatch: pytest.MonkeyPatch, ask_terminal: bool
) -> None:
    """The app has it, or has just given it back: a question would be printed into the shell."""
    asked = []
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LINES", "30")
    monkeypatch.setattr(terminal_probe, "probe", lambda: asked.append(True))
    findings = list(survey(Config(), home, ask_terminal=ask_terminal))
    assert bool(asked) is ask_terminal
    assert ("Terminal" in [finding.name for finding in findings]) is ask_terminal
