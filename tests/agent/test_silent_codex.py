"""A Codex that reports less: its title, or nothing but its screen, has to do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from codex_voice.agent.held_text import TypingOutcome
from codex_voice.agent.state import CodexState, StateTracker
from tests.support.codex_session import CodexSession
from tests.support.start_fake_codex import FakeCodex

pytestmark = pytest.mark.codex


@pytest.fixture(params=["title", "screen"])
async def session(
    fake_codex: FakeCodex, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[CodexSession]:
    """Run Codex, whichever version, as if it sent no program status, or no title either."""
    fake_codex.settings.shell_command = "touch approved"
    monkeypatch.setattr(StateTracker, "feed_status", lambda tracker, _payload: tracker.state)
    if request.param == "screen":
        monkeypatch.setattr(StateTracker, "feed_title", lambda tracker, _title: tracker.state)
    async with CodexSession(fake_codex) as session:
        yield session


async def test_an_approval_is_answered_and_its_turn_is_done(session: CodexSession) -> None:
    """The question blocks, a spoken yes approves it once, and the end of the turn is seen."""
    await session.composer.insert_and_send("please approve this")
    await session.until_prompt()
    assert await session.composer.insert("later") is TypingOutcome.HELD
    asked = session.composer.prompt
    assert await session.composer.answer_approval(yes=True, asked=asked) is TypingOutcome.APPROVED
    await session.until(lambda: (session.fake.workdir / "approved").exists())
    await session.until_state(CodexState.DONE)
    await session.until(lambda: session.text == "later")
    assert session.fake.rules() == []
    session.write(b"!")
    await session.until_state(CodexState.IDLE)


async def test_a_denied_question_runs_nothing(session: CodexSession) -> None:
    """A spoken no denies it, and what was said meanwhile comes in."""
    await session.composer.insert_and_send("please approve this")
    await session.until_prompt()
    assert await session.composer.insert("instead") is TypingOutcome.HELD
    asked = session.composer.prompt
    assert await session.composer.answer_approval(yes=False, asked=asked) is TypingOutcome.DENIED
    await session.until(lambda: session.text == "instead")
    assert not (session.fake.workdir / "approved").exists()


async def test_only_codexs_own_word_lets_a_command_run(
    session: CodexSession, request: pytest.FixtureRequest
) -> None:
    """Enter, which could approve something, needs to know for certain that Codex is at rest."""
    titled = request.node.callspec.params["session"] == "title"
    await session.until(lambda: session.tracker.certain is titled)
    session.write(b"/status")
    await session.until(lambda: session.text == "/status")
    if titled:
        assert await session.run_command() is TypingOutcome.SENT
    else:
        assert await session.composer.send() is TypingOutcome.REFUSED
