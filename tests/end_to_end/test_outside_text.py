"""Text from outside on its way to the user's terminal, through the places that show it.

Each place gets a text with controls of every kind and with markup. What comes out is read as the
terminal reads it: nothing is obeyed, and the markup stands there as it was written.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
import wave
from collections.abc import Mapping
from pathlib import Path

import pytest

from codex_voice.practice.recordings import model_path
from tests.end_to_end.conftest import CLIPS, ESCAPE, MENU_KEY
from tests.support.outer_terminal import OuterTerminal
from tests.support.virtual_mic import VirtualMic
from tests.support.whisper_server import WhisperServer

# C0 and C1 controls that would set the clipboard, clear the screen, ask the terminal or change the
# way it draws; then what lets a line read differently from what it is.
CONTROLS = (
    "\x1b]52;c;b3duZWQ=\x1b\\\x1b]0;owned\x1b\\\x1b[2J\x1b[5n\x1bP$qm\x1b\\\x1b_Gi=1\x1b\\\x1bc"
    "\x08\x7f\x9b2J\x9d52;c;b3duZWQ=\x9c\x90q\x9c\x85\u202e\u2066\u200f\u2028"
)
MARKUP = "[b]bold[|b][@click=app.quit]x[|]"
PRINT = CLIPS / "10_espeak_print_the_size.wav"
ENTRY = "20261126-101112-abcdef"


def hostile(place: str) -> str:
    """Return a text that says where it is shown."""
    return f"{place}{CONTROLS}{MARKUP}"


def obeyed(output: bytes) -> list[str]:
    """Return what stands in an output that a terminal obeys and that is not ours."""
    text = output.decode("utf-8", "backslashreplace")
    sequences = ("\x1b]52", "owned\x1b", "owned\x07", "\x1b[5n", "\x1bP$qm", "\x1b_G", "\x1bc")
    characters = [*map(chr, range(0x80, 0xA0)), *"\u202e\u2066\u200f\u2028\x7f"]
    return [repr(found) for found in (*sequences, *characters) if found in text]


@pytest.fixture
def environment(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Fill a home directory with hostile names and texts; there is no sound."""
    models = home / ".local" / "share" / "codex-voice" / "models"
    models.mkdir(parents=True)
    shutil.copy(model_path(), models / f"ggml-small {hostile('model')}.bin")
    recordings = home / ".local" / "state" / "codex-voice" / "recordings"
    recordings.mkdir(parents=True)
    with wave.open(str(recordings / f"{ENTRY}.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(64_000))
    fields = {"id": ENTRY, "started_at": time.time(), "owner": "", "outcome": "inserted"}
    fields |= {"text": hostile("history"), "model": hostile("recogniser")}
    (recordings / f"{ENTRY}.json").write_text(json.dumps(fields))
    project = tmp_path / f"project {hostile('folder')}"
    project.mkdir()
    (project / ".codex-voice.toml").write_text(f"[words]\nreplace = [{json.dumps(CONTROLS)}]\n")
    monkeypatch.chdir(project)
    path = os.pathsep.join((str(Path(sys.executable).parent), os.defpath))
    return {**VirtualMic.no_device_environment(), "PATH": path, "TERM": "xterm-256color"}


async def test_nothing_is_obeyed_that_the_app_shows(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    """Title, notification and last words of the hosted program; bar, lists, menu and messages."""
    program = tmp_path / "codex"
    title = hostile("title").replace("\x1b\\", "").replace("\x9c", "").replace("\x1b", "")
    # A program may well set a title of its own.
    last = hostile("last").replace("\x1b]0;owned\x1b\\", "")
    said = f"\x1b[?1004h\x1b]0;{title}\x07\x1b]9;{title}\x07ready\r\n"
    program.write_text(
        f"#!{sys.executable}\nimport sys, tty\ntty.setraw(0)\nsys.stdout.write({said!r})\n"
        f"sys.stdout.flush()\nwhile sys.stdin.read(1) != 'x': pass\nprint({last!r})\n"
    )
    program.chmod(0o755)
    config = tmp_path / f"config {hostile('file')}.toml"
    config.touch()
    terminal = OuterTerminal(
        [sys.executable, "-m", "codex_voice", "--config", str(config), "--codex", str(program)],
        160,
        40,
        environment=environment,
    )
    try:
        await terminal.until_text("ready")
        await terminal.until_text("│ small model]52;c;")
        terminal.type(b"\x1b[O")
        for action, shown in (
            ("History", "history]52;c;"),
            ("Speech model", MARKUP),
            ("Microphone", "The system's default"),
        ):
            terminal.type(MENU_KEY)
            await terminal.until_text("Search actions")
            terminal.type(action.encode() + b"\r")
            await terminal.until_text(f"╭─ {action}")
            await terminal.until_text(shown)
            terminal.type(ESCAPE)
            await terminal.until(lambda: "╭─" not in terminal.text(), "the end of the dialog")
        assert "title" in terminal.emulator.title
        terminal.type(b"x")
        await terminal.until_text("Codex has ended")
        await terminal.until_text("q  quit")
        terminal.type(b"q")
        await terminal.ended()
    finally:
        await terminal.close()
    assert obeyed(bytes(terminal.output)) == []
    assert terminal.emulator.title != "owned"


COMMANDS = """
codex-voice --config "$1" history list
codex-voice history show 1
codex-voice doctor --only model
codex-voice models list
codex-voice --model "$2" transcribe "$3"
codex-voice transcribe "$4"
codex-voice --config "$5" transcribe "$3"
codex-voice interpret "$2"
echo end of all
"""


async def test_nothing_is_obeyed_that_the_commands_print(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    """File names, errors of the configuration, the history, answers of a server, and the doctor."""
    sound = tmp_path / f"{hostile('sound')}.wav"
    shutil.copy(PRINT, sound)
    no_sound = tmp_path / f"{hostile('text')}.wav"
    no_sound.write_text(CONTROLS)
    wrong = tmp_path / f"{hostile('wrong')}.toml"
    wrong.write_text(f"[voice]\nmode = {json.dumps(hostile('mode'))}\n")
    served = tmp_path / "served.toml"
    with WhisperServer({"Print the size.": hostile("heard")}) as server:
        served.write_text(f'[whisper]\nserver_url = "{server.url}"\n')
        files = [str(wrong), hostile("name"), str(sound), str(no_sound), str(served)]
        terminal = OuterTerminal(
            ["/bin/sh", "-c", COMMANDS, "sh", *files], 160, 100, environment=environment
        )
        try:
            await terminal.until_text("end of all")
        finally:
            await terminal.close()
    assert obeyed(bytes(terminal.output)) == []
    for place in ("wrong", "history", "recogniser", "name", "text", "heard", "model"):
        assert f"{place}]52;c;".encode() in terminal.output, place
