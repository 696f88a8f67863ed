"""What can be done when Codex is not running."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_voice.agent.process import ExitStatus
from codex_voice.config.schema import Config
from codex_voice.errors import AgentError, AgentNotFound
from codex_voice.session.agent_session import AgentSession
from codex_voice.session.codex_control import CodexControl, Offer
from codex_voice.session.launch import Launch

NOT_FOUND = AgentNotFound("Codex is not installed", "npm install -g @openai/codex")
ID = "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b"


class Panel:
    """Keeps what is shown, and whether another program was shown."""

    def __init__(self) -> None:
        self.reason = ""
        self.keys: list[str] = []
        self.restarts = 0

    def show(self, reason: str, offers: tuple[Offer, ...]) -> None:
        """Keep it."""
        self.reason = reason
        self.keys = [offer.key for offer in offers]

    def restarted(self) -> None:
        """Count it."""
        self.restarts += 1


async def do_nothing() -> None:
    """Stand for an action of the application."""


def control(
    panel: Panel, session: AgentSession, absence: AgentError | None, *, practice: bool = False
) -> CodexControl:
    """Return the control of a Codex that is not installed."""
    launch = Launch(Config(), Path("config.toml"), NOT_FOUND, Path(), {}, practice=practice)
    return CodexControl(
        launch,
        session,
        absence,
        show_absence=panel.show,
        restarted=panel.restarted,
        enter_practice=do_nothing,
        quit=do_nothing,
    )


@pytest.mark.parametrize(
    ("practice", "keys"), [(False, ["r", "p", "q"]), (True, ["r", "q"])], ids=["real", "practice"]
)
async def test_a_codex_that_cannot_be_started_is_explained(practice: bool, keys: list[str]) -> None:
    """At the start and at each further try; in practice there is no way into practice."""
    panel = Panel()
    tried = control(panel, AgentSession(80, 24), NOT_FOUND, practice=practice)
    tried.join()
    assert "Codex is not installed" in panel.reason
    assert panel.keys == keys
    panel.reason = ""
    await tried.restart()
    assert "npm install" in panel.reason
    assert panel.restarts == 0
    assert not tried.resumable


def test_nothing_is_shown_while_codex_is_there() -> None:
    """Its absence is what the panel is about."""
    panel = Panel()
    control(panel, AgentSession(80, 24), None).join()
    assert panel.reason == ""


def test_a_session_that_was_named_is_offered_again() -> None:
    """Codex names it when it ends; else only a new start is offered."""
    panel, session = Panel(), AgentSession(80, 24)
    ended = control(panel, session, None)
    ended.ended(ExitStatus(code=0))
    assert panel.keys == ["r", "p", "q"]
    session.emulator.feed(f"To continue this session, run codex resume {ID}\r\n".encode())
    ended.ended(ExitStatus(code=0))
    assert panel.keys == ["r", "u", "p", "q"]
