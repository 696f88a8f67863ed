"""What somebody corrects before sending is offered as a word for their list, and only offered."""

from __future__ import annotations

import pytest

from codex_voice.agent.held_text import TypingOutcome
from codex_voice.dictation.state import Dictated
from codex_voice.dictation.word_offer import corrected_words
from codex_voice.language.registry import Command
from tests.dictation.test_command_dispatch import Counter

SAID = Dictated("u1", "Run cube cuttle on it.", 0.0)


@pytest.mark.parametrize(
    ("dictated", "sent", "found"),
    [
        ("Run cube cuttle on it.", "Run kubectl on it.", ("cube cuttle", "kubectl")),
        ("Ask zoo stand.", "Please ask zustand.", None),
        ("Ask the zoo stand here.", "Ask the zustand here.", ("zoo stand", "zustand")),
        # Other words, other case, other punctuation, or another text altogether.
        ("Run the tests on it.", "Run the test on it.", None),
        ("Run the tests on it.", "Run the benchmarks on it.", None),
        ("Run cubectl on it.", "Run CubeCtl on it!", None),
        ("Run cube cuttle on it.", "What is kubectl?", None),
        # What was typed right behind a word, or before it.
        ("Write a test for the main loop.", "Write a test for the main loop./quit", None),
        ("Write a test for the parser.", "Write a test for the src/parser", None),
        ("Run cube cuttle on it.", "", None),
        ("", "Run kubectl on it.", None),
    ],
)
def test_what_sounds_alike_and_is_no_english_was_corrected(
    dictated: str, sent: str, found: tuple[str, str] | None
) -> None:
    """Everything else is another wording, which nobody wants on a list."""
    assert corrected_words(dictated, sent) == found


async def test_a_corrected_word_is_offered_when_it_is_sent_by_voice() -> None:
    """It is kept only if its key is pressed."""
    counter = Counter()
    await counter.delivery.deliver(SAID)
    counter.codex.text_before_cursor = "Run kubectl on it."
    counter.codex.outcome = TypingOutcome.SENT
    await counter.delivery.perform(Command.SEND)
    assert counter.messages[-1] == "You wrote “kubectl” for “cube cuttle”."
    assert counter.kept_words == []
    await counter.notices[-1].offers[0].run()
    assert counter.kept_words == ["cube cuttle -> kubectl"]
    await counter.delivery.perform(Command.SEND)
    assert len(counter.notices) == 1


async def test_a_corrected_word_is_offered_when_enter_is_pressed() -> None:
    """Once; what was sent at once, or what the language layer wrote, is no reason for an offer."""
    counter = Counter()
    counter.codex.text_before_cursor = "Run kubectl on it."
    await counter.delivery.deliver(SAID)
    counter.delivery.enter_pressed()
    counter.delivery.enter_pressed()
    assert len(counter.notices) == 1
    await counter.delivery.deliver(Dictated("u2", SAID.text, 0.0, heard="Run Q Kettle on it."))
    counter.delivery.enter_pressed()
    counter.codex.outcome = TypingOutcome.SENT
    await counter.delivery.deliver(Dictated("u3", SAID.text, 0.0, send=True))
    counter.delivery.enter_pressed()
    assert len(counter.notices) == 1
