"""Typing into the real Codex: everything arrives, exactly once, and nothing acts as a command."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from codex_voice.agent.held_text import TypingOutcome
from codex_voice.agent.state import CodexState, resume_id
from tests.support.codex_program import codex_release, needs_release
from tests.support.codex_session import CodexSession
from tests.support.start_fake_codex import FakeCodex

pytestmark = pytest.mark.codex


@pytest.fixture
async def session(fake_codex: FakeCodex) -> AsyncIterator[CodexSession]:
    """Run Codex up to its empty composer, with a model that answers fast."""
    fake_codex.settings.token_delay = 0.001
    fake_codex.settings.slow_seconds = 4.0
    async with CodexSession(fake_codex) as session:
        yield session


async def test_inserted_text_stands_in_the_composer_and_is_not_sent(session: CodexSession) -> None:
    """Inserting ends at the composer, where the text can be corrected."""
    assert await session.composer.insert("echo run the tests") is TypingOutcome.INSERTED
    assert session.text == "echo run the tests"
    assert session.fake.user_texts() == []


async def test_two_dictations_are_joined_by_a_space(session: CodexSession) -> None:
    """A second sentence goes on behind the first, and one send sends both."""
    await session.composer.insert("echo Run the tests.")
    await session.composer.insert("Then commit.")
    assert session.text == "echo Run the tests. Then commit."
    assert await session.composer.send() in DELIVERED
    await session.until_turns(1)
    assert session.fake.user_texts() == ["echo Run the tests. Then commit."]


async def test_text_goes_in_at_the_cursor_of_a_typed_draft(session: CodexSession) -> None:
    """What was typed by hand stays as it is; a typed space is not doubled."""
    session.write(b"look at this ")
    await session.until(lambda: session.text == "look at this")
    await session.composer.insert("function")
    assert session.text == "look at this function"
    session.write(b"\x01")
    await session.until(lambda: session.draft is not None and session.draft.column == 0)
    await session.composer.insert("Please ")
    assert session.text == "Please look at this function"


# While it starts, Codex says for a moment that it works.
DELIVERED = (TypingOutcome.SENT, TypingOutcome.QUEUED)

SPOKEN = [
    "echo one sentence",
    "/model is a word here",
    "/quit",
    "!touch made-by-accident",
    "echo mention @wor",
    "echo a dollar $foo",
    "? what is this",
    "# not a heading",
    "echo first line\nsecond line\n\n\tfourth line",
    "echo naïve café 日本語 👩‍💻 done ✔️",
    "テストを実行して、結果を教えてください。",
    "把超时改成30秒，然后运行测试！",
    "echo " + "word " * 400 + "end",
    "echo " + "long " * 599 + "end",
    "echo one\x1b[201~\r!touch made-by-accident\r\x03\x04",
    "…",
]


async def test_what_is_sent_is_what_was_said(session: CodexSession) -> None:
    """No beginning, ending or content is taken for a command, and each is sent exactly once."""
    older = codex_release() < (0, 169)
    # An older Codex takes the blank before it away, and so gets no Tab: it stays in the composer.
    texts = [text for text in SPOKEN if not (older and text.startswith("!"))]
    for number, spoken in enumerate(texts, 1):
        assert await session.composer.insert_and_send(spoken) in DELIVERED
        await session.until_turns(number)
        await session.until_state(CodexState.DONE)
    controls = str.maketrans({"\r": "\n", "\x1b": None, "\x03": None, "\x04": None})
    assert session.fake.user_texts() == [text.translate(controls).strip() for text in texts]
    assert list(session.fake.workdir.iterdir()) == []


async def test_nothing_to_say_does_nothing(session: CodexSession) -> None:
    """Empty texts and an empty composer cause no key at all."""
    assert await session.composer.insert(" \x1b\n ") is TypingOutcome.NOTHING
    assert await session.composer.send() is TypingOutcome.NOTHING
    assert await session.composer.clear() is TypingOutcome.NOTHING
    assert session.written == b""


async def test_text_sent_while_codex_works_is_queued(session: CodexSession) -> None:
    """The answer is not cut short; what was said follows after it, in order."""
    await session.composer.insert_and_send("slow answer")
    await session.until_answering()
    assert await session.composer.insert_and_send("echo first") is TypingOutcome.QUEUED
    assert await session.composer.insert_and_send("echo second") is TypingOutcome.QUEUED
    await session.until_turns(3)
    assert session.shows("slow answer finished")
    assert session.fake.user_texts() == ["slow answer", "echo first", "echo second"]


async def test_an_answer_can_be_interrupted_on_purpose(session: CodexSession) -> None:
    """Asked to interrupt, the text cuts the answer short."""
    await session.composer.insert_and_send("slow answer")
    await session.until_answering()
    assert await session.composer.insert_and_send("echo now", interrupt=True) is TypingOutcome.SENT
    assert b"\r" not in session.written
    await session.until_turns(2)
    await session.until_state(CodexState.DONE)
    assert not session.shows("slow answer finished")


async def test_clearing_takes_every_line_and_leaves_codex_running(session: CodexSession) -> None:
    """Many lines, a paste placeholder and a shell command are cleared, wherever the cursor is."""
    await session.composer.insert("\n".join(f"line {number}" for number in range(60)))
    session.write(b"\x1b[A" * 5)
    await session.until(lambda: session.text.endswith("line 54"))
    assert await session.composer.clear() is TypingOutcome.CLEARED
    assert session.text == ""
    assert await session.composer.insert("x" * 1500) is TypingOutcome.INSERTED
    assert await session.composer.clear() is TypingOutcome.CLEARED
    session.write(b"!ls")
    await session.until(lambda: session.draft is not None and session.draft.shell)
    assert await session.composer.clear() is TypingOutcome.CLEARED
    assert session.draft is not None
    assert session.draft.empty
    assert not session.draft.shell
    assert await session.composer.insert_and_send("echo still here") in DELIVERED


async def test_a_shell_command_is_never_sent_by_voice(session: CodexSession) -> None:
    """Behind a typed "!" dictation is inserted, and only a key can run it."""
    session.write(b"!")
    await session.until(lambda: session.draft is not None and session.draft.shell)
    assert (
        await session.composer.insert_and_send("touch made-by-accident") is TypingOutcome.INSERTED
    )
    assert await session.composer.send() is TypingOutcome.REFUSED
    assert session.text == "touch made-by-accident"
    assert list(session.fake.workdir.iterdir()) == []


async def test_a_typed_command_of_codex_can_be_sent(session: CodexSession) -> None:
    """Sending runs what was typed by hand as Enter would."""
    session.write(b"/status")
    await session.until(lambda: session.text == "/status")
    assert await session.run_command() is TypingOutcome.SENT
    await session.until(lambda: session.shows("Token usage:"))


def models_or_refusals(session: CodexSession, refusals: int) -> bool:
    """Return whether the list of models is open, or has been refused more often than that."""
    refused = sum("disabled until startup" in line for line in session.emulator.lines())
    return session.shows("Select Model") or refused > refusals


async def open_models(session: CodexSession) -> None:
    """Open the list of models; Codex refuses until it has wholly started, and says no sooner."""
    refusals = 0
    while not session.shows("Select Model"):
        session.write(b"/model")
        await session.until(lambda: session.text == "/model")
        await session.run_command()
        await session.until(partial(models_or_refusals, session, refusals))
        refusals += 1


async def test_text_waits_while_another_view_hides_the_composer(session: CodexSession) -> None:
    """A list of models swallows a paste; the text comes in, in order, when the list is closed."""
    await open_models(session)
    assert await session.composer.insert("one", label="first") is TypingOutcome.HELD
    assert await session.composer.insert("two", label="second") is TypingOutcome.HELD
    assert [held.label for held in session.composer.held] == ["first", "second"]
    assert await session.composer.clear() is TypingOutcome.REFUSED
    assert await session.composer.send() is TypingOutcome.REFUSED
    session.write(b"\x1b")
    await session.until(lambda: session.text == "one two")
    await session.until(lambda: not session.composer.held)
    assert [(held.label, outcome) for held, outcome in session.delivered] == [
        ("first", TypingOutcome.INSERTED),
        ("second", TypingOutcome.INSERTED),
    ]


async def test_a_held_text_can_be_dropped(session: CodexSession) -> None:
    """What the user takes out of the queue is not typed later."""
    await open_models(session)
    await session.composer.insert("one")
    await session.composer.insert("two")
    session.composer.drop(session.composer.held[0])
    session.write(b"\x1b")
    await session.until(lambda: session.text == "two")


async def test_held_text_survives_a_restart_of_codex(session: CodexSession) -> None:
    """What is said to a dead Codex goes to the next one."""
    await session.process.terminate()
    assert session.tracker.state is CodexState.EXITED
    assert await session.composer.insert_and_send("echo afterwards") is TypingOutcome.HELD
    await session.start()
    await session.until_turns(1)
    assert session.fake.user_texts() == ["echo afterwards"]


async def test_requests_made_at_once_are_carried_out_in_turn(session: CodexSession) -> None:
    """Two utterances that come together do not mix."""
    outcomes = await asyncio.gather(
        session.composer.insert("echo one"),
        session.composer.insert("two"),
        session.composer.insert_and_send("three"),
    )
    first, second, third = outcomes
    assert first is second is TypingOutcome.INSERTED
    assert third in DELIVERED
    await session.until_turns(1)
    assert session.fake.user_texts() == ["echo one two three"]


async def test_codex_names_its_session_when_it_leaves(session: CodexSession) -> None:
    """The farewell keys end Codex, draft or not, and its last words tell how to come back."""
    needs_release((0, 160), "its last words were not seen to name the session")
    await session.composer.insert_and_send("echo hello")
    await session.until_turns(1)
    await session.until_state(CodexState.DONE)
    await session.composer.insert("a draft")
    session.write(b"\x03\x03\x03")
    await session.until(lambda: session.exit_status is not None)
    assert str(session.exit_status) == "exit status 0"
    assert session.tracker.state is CodexState.EXITED
    assert resume_id(session.emulator.lines()) is not None


async def test_a_text_in_the_middle_of_a_draft_is_parted_on_both_sides(
    session: CodexSession,
) -> None:
    """Words before and behind the cursor stay words."""
    session.write(b"hello peace")
    await session.until(lambda: session.text == "hello peace")
    session.write(b"\x1b[D" * 6)
    await session.until(lambda: session.draft is not None and session.draft.column == 5)
    assert await session.composer.insert("there world") is TypingOutcome.INSERTED
    assert session.text == "hello there world peace"
    session.write(b"\x1b[D" * 6)
    await session.until(lambda: session.draft is not None and session.draft.column == 11)
    assert session.composer.text_before_cursor == "hello there"
    assert await session.composer.insert("big") is TypingOutcome.INSERTED
    assert session.text == "hello there big world peace"


async def test_lines_and_paragraphs_begin_at_the_cursor(session: CodexSession) -> None:
    """A spoken line break is one, no blank begins the new line, and the model gets all of it."""
    await session.composer.insert("echo one")
    assert await session.composer.new_line() is TypingOutcome.INSERTED
    assert session.composer.text_before_cursor == "echo one\n"
    await session.composer.insert("two")
    assert await session.composer.new_paragraph() is TypingOutcome.INSERTED
    await session.composer.insert("three")
    assert session.composer.text_before_cursor == "echo one\ntwo\n\nthree"
    assert await session.composer.send() in DELIVERED
    await session.until_turns(1)
    assert session.fake.user_texts() == ["echo one\ntwo\n\nthree"]


async def test_utterances_are_scratched_one_by_one_and_come_back(session: CodexSession) -> None:
    """Exactly what was said last goes, blank and all; redo brings it back once."""
    said = ["Run the tests, please.", "naïve café 👩‍💻 日本", "word " * 60 + "end", "x" * 1200]
    texts = [""]
    for text in said:
        assert await session.composer.insert(text) is TypingOutcome.INSERTED
        texts.append(session.text)
    for number in range(len(said) - 1, -1, -1):
        assert await session.composer.scratch("something else") is TypingOutcome.REFUSED
        assert await session.composer.scratch(said[number]) is TypingOutcome.REMOVED
        assert session.text == texts[number]
    assert await session.composer.scratch(said[0]) is TypingOutcome.REFUSED
    assert await session.composer.redo() is TypingOutcome.INSERTED
    assert await session.composer.redo() is TypingOutcome.INSERTED
    assert session.text == texts[2]
    await session.composer.insert("something new")
    assert await session.composer.redo() is TypingOutcome.NOTHING


async def test_what_was_changed_by_hand_is_not_scratched(session: CodexSession) -> None:
    """Typed behind it, the utterance is not what the draft ends with; typed before it, it is."""
    await session.composer.insert("delete this")
    session.write(b" not")
    await session.until(lambda: session.text == "delete this not")
    assert await session.composer.scratch("delete this") is TypingOutcome.REFUSED
    assert session.text == "delete this not"
    session.write(b"\x7f" * 4)
    await session.until(lambda: session.text == "delete this")
    session.write(b"\x01please \x05")
    await session.until(lambda: session.text == "please delete this")
    assert await session.composer.scratch("delete this") is TypingOutcome.REMOVED
    assert session.text == "please"


async def test_a_turn_is_interrupted_only_while_it_runs(session: CodexSession) -> None:
    """The answer ends, the draft stays, and Codex at rest gets no key."""
    assert await session.composer.interrupt() is TypingOutcome.NOTHING
    await session.composer.insert_and_send("slow answer")
    await session.until_answering()
    await session.composer.insert("a draft")
    assert await session.composer.interrupt() is TypingOutcome.INTERRUPTED
    assert session.text == "a draft"
    assert not session.shows("slow answer finished")
    typed = bytes(session.written)
    assert await session.composer.interrupt() is TypingOutcome.NOTHING
    assert bytes(session.written) == typed


async def test_a_draft_that_begins_with_a_slash_never_gets_enter_while_codex_works(
    session: CodexSession,
) -> None:
    """A command is refused and stays; a path that only looks like one is queued with Tab."""
    await session.composer.insert_and_send("slow answer")
    await session.until_answering()
    session.write(b"/compact")
    await session.until(lambda: session.text == "/compact")
    assert await session.composer.send() is TypingOutcome.REFUSED
    assert await session.composer.send(interrupt=False) is TypingOutcome.REFUSED
    assert await session.composer.clear() is TypingOutcome.CLEARED
    session.write(b"/tmp/x is broken")
    await session.until(lambda: session.text == "/tmp/x is broken")
    outcome = await session.composer.send()
    assert outcome in (TypingOutcome.QUEUED, TypingOutcome.REFUSED, TypingOutcome.UNCONFIRMED)
    assert b"\r" not in session.written
