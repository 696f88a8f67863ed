"""`codex-voice init` as somebody at a terminal sees it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from codex_voice.config import file as configuration_file
from codex_voice.practice.recordings import model_path
from tests.end_to_end.conftest import RECORDINGS
from tests.support.outer_terminal import OuterTerminal
from tests.support.virtual_mic import VirtualMic

pytestmark = [pytest.mark.microphone, pytest.mark.usefixtures("room")]


async def test_a_newcomer_is_led_to_the_first_sentence(
    virtual_mic: VirtualMic, tmp_path: Path
) -> None:
    """A meter, the room, the model, a sentence, the keys of this terminal, and what comes next."""
    home = tmp_path / "home"
    home.mkdir()
    path = home / "config.toml"
    path.write_text(f'[whisper]\nmodel = "{model_path()}"  # small\n', encoding="utf-8")
    terminal = OuterTerminal(
        [sys.executable, "-m", "codex_voice", "--config", str(path), "init"],
        160,
        60,
        kitty=True,
        environment={
            **os.environ,
            "TERM": "xterm-kitty",
            "HOME": str(home),
            "PATH": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_DATA_HOME": str(home / "data"),
        },
        directory=home,
    )
    try:
        await terminal.until_text("Install Codex now")
        terminal.type(b"\n")
        await terminal.until_text("Set up the microphone now, by speaking a few words? [Y/n]")
        terminal.type(b"\n")
        await terminal.until(
            lambda: "Which microphone?" in terminal.text() or "Say something:" in terminal.text()
        )
        if "Which microphone?" in terminal.text():
            terminal.type(b"\n")
        await terminal.until_text("[----")
        speech = virtual_mic.play(RECORDINGS / "run_the_tests.wav")
        await terminal.until_text("dBFS at the loudest")
        speech.wait()
        if "Which microphone?" in terminal.text():
            await terminal.until_text("Did the meter move")
            terminal.type(b"\n")
        await terminal.until_text("Now speak for 3 seconds")
        virtual_mic.play(RECORDINGS / "explain_this_function.wav").wait()
        await terminal.until_text("Say a sentence, to see what is recognised? [Y/n]")
        terminal.type(b"y\n")
        await terminal.until_text("Speak now, for 4 seconds")
        virtual_mic.play(RECORDINGS / "run_the_tests.wav").wait()
        await terminal.until_text("Another one? [y/N]")
        assert "Heard: " in terminal.text() or "No words" in terminal.text()
        terminal.type(b"n\n")
        await terminal.until_text("Your values stay. [y/N]")
        terminal.type(b"y\n")
        assert (await terminal.ended()).code == 0
        screen = terminal.text()
    finally:
        await terminal.close()
    assert "Ctrl-Space: hold it while you speak, or tap it to begin and to end" in screen
    assert screen.rstrip().splitlines()[-1].startswith("Next: codex-voice --practice")
    assert path.read_text(encoding="utf-8").startswith("[whisper]\nmodel = ")
    assert "# small" in path.read_text(encoding="utf-8")
    assert configuration_file.read(path).whisper.model == str(model_path())
