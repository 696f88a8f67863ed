"""Without a usable speech model the app starts all the same, and says how to get one."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_voice.practice.recordings import model_path
from tests.end_to_end.conftest import TALK_KEY, Person, Start

pytestmark = [pytest.mark.codex, pytest.mark.microphone]

READY = "Ask Codex to do anything"


async def expect_codex(person: Person) -> None:
    """Type to Codex and see its answer."""
    # Codex shows its composer before it has started, and forgets what is typed into it.
    await person.sees("● idle")
    person.sends("hello")
    await person.sees("Worked for")


async def test_where_there_is_no_model_the_bar_says_how_to_get_one(start: Start) -> None:
    """A home without models, none named: Codex is hosted, and the command is on the screen."""
    person = await start(config='[whisper]\nmodel = ""\n', model="")
    await person.sees("no speech model")
    await person.sees("codex-voice models get base-q8_0")
    await expect_codex(person)
    person.press(TALK_KEY)
    await person.sees("codex-voice models get base-q8_0")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ggml-base.en.bin", model_path().read_bytes()[:100_000]),
        ("page.bin", b"<!DOCTYPE html><html><body>Not found</body></html>" * 40),
    ],
    # The name of a test is in its environment, which children are started with.
    ids=["cut off", "web page"],
)
async def test_a_file_that_is_no_model_is_one_clear_line(
    start: Start, tmp_path: Path, name: str, content: bytes
) -> None:
    """A download that broke off, or a web page: whisper.cpp never sees it, Codex works."""
    file = tmp_path / name
    file.write_bytes(content)
    person = await start(model=str(file))
    await person.sees("no speech model")
    await person.sees(READY)
    person.press(TALK_KEY)
    await person.sees(name)
    await expect_codex(person)


async def test_without_voice_codex_alone_is_hosted(start: Start) -> None:
    """With --no-voice the talk key is Codex's like any other; no recording is ever made."""
    person = await start("--no-voice")
    await person.sees("voice off")
    await expect_codex(person)
    person.press(TALK_KEY)
    person.press(b"still hosted")
    await person.sees("› still hosted")
    assert not list(person.home.glob("state/**/recordings"))
