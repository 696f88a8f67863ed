"""A whisper.cpp server recognises, and goes away."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codex_voice.practice.recordings import model_path
from tests.end_to_end.conftest import CLIPS, ENTER, HOME, Start
from tests.support.unused_port import unused_port
from tests.support.whisper_server import WhisperServer

pytestmark = [pytest.mark.codex, pytest.mark.microphone, pytest.mark.usefixtures("room")]

PRINT = CLIPS / "10_espeak_print_the_size.wav"
EXPLAIN = CLIPS / "15_espeak_now_explain_this_function.wav"
COMMIT = CLIPS / "25_flite_now_commit_the_changes.wav"


async def test_a_server_that_is_killed_while_it_recognises_loses_no_sentence(start: Start) -> None:
    """The bar says that it is gone; the model of this machine does what it left undone."""
    with WhisperServer({"Print the size.": "Said the server."}) as server:
        person = await start(config=f'[whisper]\nserver_url = "{server.url}"\n', columns=200)
        await person.sees("Ask Codex to do anything")
        await person.sees("│ server 127.0.0.1")
        await person.says(PRINT)
        await person.inserts("Said the server.")
        server.freeze()
        await person.says(EXPLAIN)
        await person.sees("recognising")
        server.kill()
        await person.sees(f"the whisper.cpp server at {server.url} cannot be reached")
        await person.inserts("Said the server. Now explain this function.")
        await person.sees("│ mini.en-q8_0 │")
        await person.says(COMMIT)
        await person.inserts("Said the server. Now explain this function. Now commit the changes.")
    await person.terminal.close()
    first, *others = [entry.model for entry in reversed(person.journal().entries())]
    assert first.startswith("server 127.0.0.1")
    assert others == ["mini.en-q8_0"] * 2


async def test_without_server_and_model_what_was_said_is_kept(start: Start) -> None:
    """The bar says both, and the recording waits in the history for either."""
    port = unused_port()
    url = f"http://127.0.0.1:{port}"
    config = f'[whisper]\nserver_url = "{url}"\nmodel = ""\n'
    person = await start(config=config, model="", columns=200)
    await person.sees("Ask Codex to do anything")
    await person.sees("│ server 127.0.0.1")
    await person.says(PRINT)
    await person.sees("cannot be reached")
    await person.sees("there is no speech model on this machine")
    await person.sees("Not recognised: the recording is in the history.")
    with WhisperServer(port=port):
        await person.chooses_in_menu("History")
        await person.sees("(not recognised)")
        person.press(b"r")
        await person.inserts("Print the size.")


async def test_a_model_chosen_in_the_menu_takes_the_place_of_the_server(
    start: Start, tmp_path: Path
) -> None:
    """Also for what is said afterwards, and for what is recognised again."""
    models = tmp_path / "home" / "data" / "codex-voice" / "models"
    models.mkdir(parents=True)
    shutil.copy(model_path(), models / "ggml-other.en.bin")
    with WhisperServer({"Print the size.": "Said the server."}) as server:
        person = await start(config=f'[whisper]\nserver_url = "{server.url}"\n')
        await person.sees("Ask Codex to do anything")
        await person.sees("│ server 127.0.0.1")
        await person.chooses_in_menu("Speech model")
        # The first of the list: what can be downloaded comes after what is here.
        await person.sees("other.en")
        person.press(HOME + ENTER)
        await person.sees("│ other.en │")
        await person.says(PRINT)
        await person.inserts("Print the size.")
        await person.chooses_in_menu("History")
        await person.sees("inserted   Print the size.")
        person.press(b"r")
        await person.inserts("Print the size. Print the size.")


async def test_nothing_that_a_server_writes_commands_the_terminal(start: Start) -> None:
    """Controls in a text reach neither the bar, the composer, the history nor the command line."""
    hostile = "Said\x1b]52;c;aGVsbG8=\x1b\\ the\x9b2J\u202e server\x1b]0;gotcha\x07."
    with WhisperServer({"Print the size.": hostile}) as server:
        person = await start(config=f'[whisper]\nserver_url = "{server.url}"\n', columns=200)
        await person.sees("Ask Codex to do anything")
        await person.sees("│ server 127.0.0.1")
        await person.says(PRINT)
        await person.sees("the2J server]0;gotcha.” inserted")
        await person.chooses_in_menu("History")
        await person.sees("inserted   Said]52")
        output = bytes(person.terminal.output)
    assert b"\x1b]52" not in output
    assert b"gotcha\x07" not in output
    assert "\x9b".encode() not in output
    assert "\u202e".encode() not in output
    await person.terminal.close()
    listed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "codex_voice", "history", "show", "1"],
        env={**os.environ, "HOME": str(person.home), "XDG_STATE_HOME": str(person.home / "state")},
        capture_output=True,
        check=True,
    )
    assert b"Said]52;c;" in listed.stdout
    assert b"\x1b" not in listed.stdout
