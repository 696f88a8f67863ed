"""The real Codex gets the project's own names for what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_voice.agent.held_text import TypingOutcome
from codex_voice.language.grammar import grammar_for
from codex_voice.language.pipeline import Interpreter
from codex_voice.language.project.background import ProjectNames
from codex_voice.language.steps import Writing
from tests.language.shown import make_repository
from tests.support.codex_session import CodexSession
from tests.support.start_fake_codex import FakeCodex

pytestmark = pytest.mark.codex


async def test_codex_gets_the_name_for_the_words(fake_codex: FakeCodex, tmp_path: Path) -> None:
    """In a repository with a SessionManager, "session manager" reaches the model as that."""
    root = make_repository(
        tmp_path / "project", ["web/session.py"], ["SessionManager", "open_session"], ["main"]
    )
    names = ProjectNames(root)
    names.refresh()
    assert names.wait(60)
    interpreter = Interpreter(grammar_for("en"), steps=Writing("en", names).steps)
    heard = "Rename session manager and explain the function open session."
    async with CodexSession(fake_codex) as session:
        outcome = await session.composer.insert_and_send(interpreter.interpret(heard).text)
        assert outcome in (TypingOutcome.SENT, TypingOutcome.QUEUED)
        await session.until_turns(1)
    assert fake_codex.user_texts() == [
        "Rename SessionManager and explain the function open_session."
    ]
