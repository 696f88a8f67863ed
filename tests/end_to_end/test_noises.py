"""A room that is not silent: hands-free, nothing is typed by what is not speech."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import CLIPS, Start
from tests.speech.noises import breathing, fan, to_pcm, typing

pytestmark = [pytest.mark.codex, pytest.mark.microphone, pytest.mark.usefixtures("room")]

PRINT = CLIPS / "10_espeak_print_the_size.wav"


async def test_typing_fans_and_breathing_insert_nothing(start: Start) -> None:
    """What one hears at a desk leaves the composer empty, and a sentence after it is heard."""
    person = await start(config='[voice]\nmode = "hands_free"\n')
    await person.sees("Ask Codex to do anything")
    await person.sees("mini.en-q8_0 │")
    await person.sees("mic default")
    await person.speaks(b"".join(to_pcm(noise(), -20) for noise in (typing, fan, breathing)))
    await person.speaks(CLIPS / "36_none_silence.wav")
    await person.speaks(PRINT)
    await person.inserts("Print the size.")
    assert [entry.text for entry in person.journal().entries()] == ["Print the size."]
