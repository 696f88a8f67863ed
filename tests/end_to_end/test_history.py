"""What was said is recognised again, and what a crash left is taken up."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from codex_voice.practice.recordings import model_path
from tests.end_to_end.conftest import CLIPS, ENTER, Person, Start

pytestmark = [pytest.mark.codex, pytest.mark.microphone, pytest.mark.usefixtures("room")]

PRINT = CLIPS / "10_espeak_print_the_size.wav"
EXPLAIN = CLIPS / "15_espeak_now_explain_this_function.wav"


async def is_ready(person: Person) -> None:
    """Wait for Codex, the model and the microphone."""
    await person.sees("Ask Codex to do anything")
    await person.sees("● idle")
    await person.sees("│ mini.en-q8_0 │")
    await person.sees("mic default")


async def test_trying_again_takes_the_model_that_is_set_for_it(
    start: Start, tmp_path: Path
) -> None:
    """And the next sentence is recognised by the first model again."""
    larger = tmp_path / "ggml-larger.en.bin"
    shutil.copy(model_path(), larger)
    person = await start(config=f'[whisper]\nretry_model = "{larger}"\n')
    await is_ready(person)
    await person.says(PRINT)
    await person.inserts("Print the size.")
    await person.chooses_in_menu("History")
    await person.sees("inserted   Print the size.")
    person.press(b"r")
    await person.inserts("Print the size. Print the size.")
    await person.sees("│ mini.en-q8_0 │")
    await person.says(EXPLAIN)
    await person.inserts("Print the size. Print the size. Now explain this function.")
    await person.terminal.close()
    models = [entry.model for entry in reversed(person.journal().entries())]
    assert models == ["larger.en", "mini.en-q8_0"]


async def test_kill_9_in_hands_free_loses_nothing(start: Start) -> None:
    """In the middle of an utterance nobody pressed a key for; the next start offers it."""
    config = '[voice]\nmode = "hands_free"\nend_silence_ms = 5000\n'
    person = await start(config=config)
    await is_ready(person)
    await person.speaks(PRINT)
    await person.sees("Print the size.")
    os.kill(person.app(), signal.SIGKILL)
    await person.terminal.ended()
    assert "what you said is kept" in person.terminal.text()
    again = await start()
    await again.sees("A recording was left by an earlier session")
    await is_ready(again)
    await again.chooses_in_menu("History")
    await again.sees("(not recognised)")
    again.press(ENTER)
    await again.inserts("Print the size.")
