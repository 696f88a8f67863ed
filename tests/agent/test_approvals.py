"""Approval prompts of the real Codex: answered on purpose, never by accident."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from codex_voice.agent.held_text import TypingOutcome
from codex_voice.agent.state import CodexState
from tests.support.codex_session import CodexSession
from tests.support.start_fake_codex import FakeCodex

pytestmark = pytest.mark.codex

COMMAND = "touch approved"


@pytest.fixture
async def session(fake_codex: FakeCodex) -> AsyncIterator[CodexSession]:
    """Run Codex with a model that asks for a command which leaves a trace."""
    fake_codex.settings.shell_command = COMMAND
    async with CodexSession(fake_codex) as session:
        yield session


async def ask(session: CodexSession) -> None:
    """Begin a turn in which Codex asks for approval."""
    outcome = await session.composer.insert_and_send("please approve this")
    assert outcome in (TypingOutcome.SENT, TypingOutcome.QUEUED)


def approved(session: CodexSession) -> bool:
    """Whether anything was approved: the command run, a rule written, an output sent back."""
    ran = (session.fake.workdir / "approved").exists()
    return ran or bool(session.fake.rules()) or session.shows("You approved")


@pytest.mark.parametrize("send", [False, True], ids=["insert", "send"])
async def test_what_is_said_into_a_prompt_waits_and_answers_nothing(
    session: CodexSession, send: bool
) -> None:
    """Dictation is kept while the prompt stands, and comes in when it has been denied."""
    insert = session.composer.insert_and_send if send else session.composer.insert
    for spoken in ("yes", "please", "1\n"):
        turns = len(session.fake.turns())
        await ask(session)
        await session.until_prompt()
        typed = bytes(session.written)
        assert await insert(spoken) is TypingOutcome.HELD
        assert await session.composer.send() is TypingOutcome.REFUSED
        assert await session.composer.clear() is TypingOutcome.REFUSED
        assert bytes(session.written) == typed
        asked = session.composer.prompt
        denied = await session.composer.answer_approval(yes=False, asked=asked)
        assert denied is TypingOutcome.DENIED
        await session.until(lambda: not session.composer.held)
        if send:
            await session.until_turns(turns + 2)
            assert session.fake.user_texts()[-1] == spoken.strip()
            await session.until_state(CodexState.DONE)
        else:
            assert session.text == spoken.strip()
            assert await session.composer.clear() is TypingOutcome.CLEARED
        assert not approved(session)


async def test_an_approval_runs_the_command_once_and_writes_no_rule(session: CodexSession) -> None:
    """Approving means this once; the same question comes again."""
    await ask(session)
    await session.until_prompt()
    asked = session.composer.prompt
    assert asked is not None
    assert f"$ {COMMAND}" in asked.question
    assert await session.composer.answer_approval(yes=True, asked=asked) is TypingOutcome.APPROVED
    await session.until_state(CodexState.DONE)
    assert (session.fake.workdir / "approved").exists()
    assert session.fake.rules() == []
    assert session.written.endswith(b"y")
    await ask(session)
    await session.until_prompt()
    assert session.composer.prompt != asked
    assert await session.composer.answer_approval(yes=True, asked=asked) is TypingOutcome.REFUSED
    assert await session.composer.answer_approval(yes=False, asked=asked) is TypingOutcome.REFUSED
    again = session.composer.prompt
    assert await session.composer.answer_approval(yes=False, asked=again) is TypingOutcome.DENIED


async def test_an_answer_is_for_the_question_that_was_on_the_screen(session: CodexSession) -> None:
    """Without a prompt, or with another than the one that was seen, nothing is typed."""
    assert await session.composer.answer_approval(yes=True, asked=None) is TypingOutcome.REFUSED
    await ask(session)
    await session.until_prompt()
    seen = session.composer.prompt
    typed = bytes(session.written)
    assert await session.composer.answer_approval(yes=True, asked=None) is TypingOutcome.REFUSED
    assert bytes(session.written) == typed
    session.write(b"n")
    # What is queued in a turn that a denial is ending comes back unsent.
    await session.until(lambda: session.tracker.state in (CodexState.IDLE, CodexState.DONE))
    session.fake.settings.shell_command = "touch another"
    await ask(session)
    await session.until_prompt()
    typed = bytes(session.written)
    assert await session.composer.answer_approval(yes=True, asked=seen) is TypingOutcome.REFUSED
    assert bytes(session.written) == typed
    assert not approved(session)
    assert not (session.fake.workdir / "another").exists()


@pytest.mark.parametrize("size", [(60, 16), (40, 10)], ids=str)
async def test_a_prompt_is_found_on_a_small_screen(
    fake_codex: FakeCodex, size: tuple[int, int]
) -> None:
    """Where the question is cut and its options wrap, it is held back and denied all the same."""
    fake_codex.settings.shell_command = COMMAND
    async with CodexSession(fake_codex, *size) as session:
        await ask(session)
        await session.until_prompt()
        assert await session.composer.insert("yes") is TypingOutcome.HELD
        asked = session.composer.prompt
        assert (
            await session.composer.answer_approval(yes=False, asked=asked) is TypingOutcome.DENIED
        )
        await session.until(lambda: session.text == "yes")
        assert not approved(session)


async def test_a_prompt_without_the_alternate_screen_is_found(fake_codex: FakeCodex) -> None:
    """In inline mode the prompt is held back, approved and sent like in the other."""
    fake_codex.settings.shell_command = COMMAND
    fake_codex.argv.append("--no-alt-screen")
    async with CodexSession(fake_codex) as session:
        await ask(session)
        await session.until_prompt()
        assert await session.composer.insert_and_send("echo later") is TypingOutcome.HELD
        assert not approved(session)
        asked = session.composer.prompt
        assert (
            await session.composer.answer_approval(yes=True, asked=asked) is TypingOutcome.APPROVED
        )
        await session.until_turns(3)
        assert session.fake.user_texts() == ["please approve this", "echo later"]


async def test_no_moment_of_speaking_approves_anything(session: CodexSession) -> None:
    """Dictation at any moment around the appearance of a prompt is never an answer to it.

    The moments are spread from the question's first byte to long after the prompt stands; the
    spoken words are those that would do most harm as keys.
    """
    loop = asyncio.get_running_loop()
    for number, delay in enumerate(step * 0.15 for step in range(12)):
        await session.composer.clear()
        await ask(session)
        due = asyncio.Event()
        loop.call_later(delay, due.set)
        await due.wait()
        spoken = f"please yes {number}"
        first = await session.composer.insert_and_send(spoken)
        second = await session.composer.send()
        assert {first, second} <= {
            TypingOutcome.SENT,
            TypingOutcome.QUEUED,
            TypingOutcome.HELD,
            TypingOutcome.INSERTED,
            TypingOutcome.NOTHING,
            TypingOutcome.REFUSED,
        }
        await session.until_prompt()
        assert not approved(session), delay
        asked = session.composer.prompt
        assert (
            await session.composer.answer_approval(yes=False, asked=asked) is TypingOutcome.DENIED
        )
        await session.until(lambda: not session.composer.held and session.draft is not None)
        said = f"please yes {number}"
        await session.until(lambda: session.shows(said))  # noqa: B023 (waited for in the loop)
        await session.until(lambda: session.tracker.state in (CodexState.IDLE, CodexState.DONE))
    assert not approved(session)


async def test_a_command_that_is_shown_in_part_is_not_approved(fake_codex: FakeCodex) -> None:
    """On a small screen Codex hides its middle, in which anything may stand; it can be denied."""
    lines = [f"echo line {number}" for number in range(30)]
    lines[15] = COMMAND
    fake_codex.settings.shell_command = "\n".join(lines)
    async with CodexSession(fake_codex, 60, 14) as session:
        await ask(session)
        await session.until_prompt()
        asked = session.composer.prompt
        assert asked is not None
        assert asked.approval
        assert not asked.complete
        typed = bytes(session.written)
        assert await session.composer.answer_approval(True, asked) is TypingOutcome.REFUSED
        assert bytes(session.written) == typed
        assert await session.composer.answer_approval(False, asked) is TypingOutcome.DENIED
        assert not approved(session)
