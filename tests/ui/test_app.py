"""The application before its first frame."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.css.stylesheet import Stylesheet

from codex_voice.config.schema import Config
from codex_voice.errors import AgentError
from codex_voice.session.agent_session import AgentSession
from codex_voice.session.launch import Launch
from codex_voice.ui.app import CodexVoiceApp


async def test_the_style_sheet_is_read_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A theme that is changed before the first frame would cost a fifth of the time to it."""
    read_again = []
    monkeypatch.setattr(Stylesheet, "reparse", lambda sheet: read_again.append(sheet))
    absence = AgentError("not started")
    launch = Launch(Config(), home / "config.toml", absence, home, voice=False)
    app = CodexVoiceApp(launch, AgentSession(80, 23), absence)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.theme == "ansi-dark"
    assert read_again == []
