"""What is written otherwise than it was heard: seen, put back, and received by the real Codex."""

from __future__ import annotations

import os

import pytest

from tests.end_to_end.conftest import CLIPS, ENTER, Start
from tests.language.shown import REPOSITORY, make_repository
from tests.support.start_fake_codex import FakeCodex

pytestmark = [pytest.mark.codex, pytest.mark.microphone, pytest.mark.usefixtures("room")]

SHARED = REPOSITORY.parent / "shared"
BASE = SHARED / "models" / "ggml-base-q8_0.bin"
RENAME = (
    SHARED / "audio" / "natural" / "sentence_00_rename_the_session_manager_class_to_conn_heart.wav"
)
require_real_speech = pytest.mark.skipif(
    not (BASE.is_file() and RENAME.is_file()) and not os.environ.get("CODEX_VOICE_REQUIRE_ALL"),
    reason="needs real weights and speech in ../shared",
)

PUT_BACK_KEY = b"\x1bOR"
OWN_WORD = '[words]\nreplace = ["size -> length"]\n'


async def test_a_key_puts_back_what_was_heard(start: Start) -> None:
    """As long as the bar offers it; the composer has the words in place of the text."""
    person = await start(config=OWN_WORD)
    await person.sees("Ask Codex to do anything")
    await person.sees("● idle")
    await person.sees("mini.en-q8_0 │")
    await person.says(CLIPS / "10_espeak_print_the_size.wav")
    await person.inserts("Print the length.")
    await person.sees("F3 puts back what was heard")
    person.press(PUT_BACK_KEY)
    await person.inserts("Print the size.")


@pytest.mark.real_model
@require_real_speech
async def test_codex_gets_the_names_of_the_project_for_what_is_said(
    start: Start, fake_codex: FakeCodex
) -> None:
    """Spoken to OpenAI's weights in a repository that has them, sent with Enter."""
    names = ["SessionManager", "ConnectionPool"]
    make_repository(fake_codex.workdir, ["web/session.py"], names, ["main"])
    person = await start(model=str(BASE))
    await person.sees("Ask Codex to do anything")
    await person.sees("● idle")
    await person.sees("base-q8_0 │")
    await person.says(RENAME)
    await person.inserts("Rename the SessionManager class to ConnectionPool.")
    person.press(ENTER)
    await person.sees("Worked for")
    assert fake_codex.user_texts() == ["Rename the SessionManager class to ConnectionPool."]
