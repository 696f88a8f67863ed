"""What a dictation does in every state of the real Codex that its menus and keys lead to.

In the composer it is inserted; anywhere else it is held, nothing is typed, and it comes in when the
composer is back. Drawn up with codex-cli 0.169; run in one Codex a group, one state after another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from codex_voice.agent.held_text import TypingOutcome
from codex_voice.agent.state import CodexState
from tests.support.codex_program import needs_release
from tests.support.codex_session import CodexSession
from tests.support.start_fake_codex import FakeCodex

pytestmark = [pytest.mark.codex, pytest.mark.timeout(300)]

ENTER, ESCAPE, LEFT, UP = b"\r", b"\x1b", b"\x1b[D", b"\x1b[A"
F2, F3, CTRL_R = b"\x1bOQ", b"\x1bOR", b"\x12"


@dataclass(frozen=True)
class CodexView:
    """A state of Codex's screen, and how to get there and back.

    Attributes:
        keys: What is typed, piece by piece; each waits until Codex has drawn the one before.
        shows: What is then on the screen.
        leave: What brings the composer back.
    """

    keys: tuple[bytes, ...]
    shows: str
    leave: tuple[bytes, ...] = (ESCAPE,)


def command(name: str, shows: str, *leave: bytes) -> CodexView:
    """Return the view of one of Codex's own commands."""
    return CodexView((f"/{name}".encode(), ENTER), shows, leave or (ESCAPE,))


LISTS = {
    "models": command("model", "Select Model"),
    "permissions": command("permissions", "Update Model Permissions"),
    "experiments": command("experimental", "Experimental features"),
    "keymap": command("keymap", "All configurable shortcuts"),
    "skills": command("skills", "Choose an action"),
    "hooks": command("hooks", "Lifecycle hooks"),
    "memories": command("memories", "Enable memories?"),
    "reviews": command("review", "Select a review preset"),
    "copy": command("copy", "Copy whole response"),
    "export": command("export", "Export conversation"),
    "screen mode": command("tui", "TUI mode for next launch"),
    "daemon": command("daemon", "Install latest"),
    "title": command("title", "Configure Terminal Title"),
    "status line": command("statusline", "Configure Status Line"),
    "themes": command("theme", "Select Syntax Theme"),
    "plugins": command("plugins", "Browse plugins"),
    "feedback": command("feedback", "How was this?"),
    "archive": command("archive", "Archive this session?"),
    "delete": command("delete", "Delete this session?"),
    "configuration": command("config", "Changes save automatically"),
    "pets": command("pets", "Pets unavailable"),
    "subagents": command("subagents", "Select an agent to watch"),
    "sessions": command("resume", "Resume a previous session"),
}
FIELDS_AND_PAGERS = {
    "rename": command("rename", "Name thread"),
    "rename, half typed": CodexView((b"/rename", ENTER, b"half a na"), "half a na"),
    "review instructions": CodexView(
        (b"/review", ENTER, UP, ENTER), "Custom review", (ESCAPE, ESCAPE)
    ),
    "history search": CodexView((CTRL_R,), "reverse-i-search"),
    "history search, found": CodexView((CTRL_R, b"he"), "reverse-i-search: he"),
    "find in transcript": CodexView((F3,), "Type to find"),
    "find, half typed": CodexView((F3, b"hel"), "Find: hel"),
    "browsing the transcript": CodexView((ESCAPE, ESCAPE), "Browsing transcript"),
    "agents": CodexView((LEFT,), "Agent command center"),
    "warnings": CodexView((F2,), "keep & next"),
    "shortcuts": CodexView((b"?",), "Keyboard shortcuts"),
    "diff": command("diff", "D I F F", b"q"),
}
COMPOSERS = {
    "empty": CodexView((), "Ask Codex to do anything", ()),
    "draft": CodexView((b"some words",), "some words", ()),
    "mention list": CodexView((b"look @wo",), "no matches", ()),
    "skill list": CodexView((b"use $rev",), "Review Agent", ()),
    "command list": CodexView((b"/mo",), "/model", ()),
    "command with argument": CodexView((b"/review ",), "/review", ()),
    "shell": CodexView((b"!ls",), "Shell mode", ()),
    "after one Esc": CodexView((ESCAPE,), "esc again", ()),
    "many lines": CodexView((b"\x1b[200~" + b"\n".join([b"a line"] * 60) + b"\x1b[201~",), "↑", ()),
    "paragraphs": CodexView((b"\x1b[200~one\n\ntwo\n\nthree\x1b[201~",), "three", ()),
    "plan mode": CodexView((b"/plan", ENTER), "Plan mode", ()),
    "raw transcript": CodexView((b"/raw", ENTER), "Raw output mode on", ()),
    "side conversation": CodexView((b"/side", ENTER), "Ask a follow-up question", ()),
}


@pytest.fixture
async def session(fake_codex: FakeCodex) -> AsyncIterator[CodexSession]:
    """Run Codex up to the end of a first turn: some commands need one, or a whole start."""
    fake_codex.settings.token_delay = 0.001
    async with CodexSession(fake_codex) as session:
        await session.composer.insert_and_send("echo hello")
        await session.until_turns(1)
        await session.until_state(CodexState.DONE)
        yield session


async def draws(session: CodexSession, keys: bytes) -> None:
    """Type, and wait until Codex has drawn something because of it."""
    before = (session.emulator.lines(), session.emulator.cursor)
    # Keys that come faster than a person's are taken for a paste, and an Enter for its line break;
    # a list that has just opened overlooks them.
    await asyncio.sleep(0.3)
    session.write(keys)
    await session.until(lambda: (session.emulator.lines(), session.emulator.cursor) != before)


@pytest.mark.parametrize("views", [LISTS, FIELDS_AND_PAGERS], ids=["lists", "fields"])
async def test_outside_the_composer_a_dictation_is_held(
    session: CodexSession, views: dict[str, CodexView]
) -> None:
    """Nothing is typed into a list, a field or a pager, and nothing is lost by it."""
    needs_release((0, 169), "it has other views; these are the newest's")
    for number, (name, view) in enumerate(views.items()):
        for keys in view.keys:
            await draws(session, keys)
        await session.until(lambda: session.shows(view.shows))  # noqa: B023 (waited for here)
        typed = bytes(session.written)
        spoken = f"spoken{number}"
        assert await session.composer.insert_and_send(spoken) is TypingOutcome.HELD, name
        assert await session.composer.send() is TypingOutcome.REFUSED, name
        assert await session.composer.clear() is TypingOutcome.REFUSED, name
        assert await session.composer.new_line() is TypingOutcome.REFUSED, name
        assert await session.composer.scratch("hello") is TypingOutcome.REFUSED, name
        assert session.composer.text_before_cursor is None, name
        assert bytes(session.written) == typed, name
        turns = len(session.fake.turns())
        *steps, last = view.leave
        for keys in steps:
            await draws(session, keys)
            # A view that has just come back overlooks keys, as one that has just opened.
            await asyncio.sleep(0.3)
        session.write(last)
        await session.until(lambda: not session.composer.held)
        await session.until_turns(turns + 1)
        await session.until_state(CodexState.DONE)
        assert session.fake.user_texts()[-1].endswith(spoken), name


async def test_in_the_composer_a_dictation_is_inserted(session: CodexSession) -> None:
    """Every mode of the composer that takes text gets it, where the cursor is."""
    needs_release((0, 169), "in its lists a dictation waits")
    for number, (name, view) in enumerate(COMPOSERS.items()):
        for keys in view.keys:
            await draws(session, keys)
        await session.until(lambda: session.shows(view.shows))  # noqa: B023 (waited for here)
        spoken = f"spoken{number}"
        assert await session.composer.insert(spoken) is TypingOutcome.INSERTED, name
        assert session.text.endswith(spoken), name
        assert await session.composer.clear() is TypingOutcome.CLEARED, name
        await session.until(lambda: session.text == "")


async def test_behind_a_command_a_dictation_is_not_sent(session: CodexSession) -> None:
    """With `/mo` left in the composer, what is said neither runs a command nor counts as sent."""
    await draws(session, b"/mo")
    await session.until(lambda: session.text == "/mo")
    assert await session.composer.insert_and_send("please help me") is TypingOutcome.INSERTED
    assert session.text == "/mo please help me"
    assert session.fake.user_texts() == ["echo hello"]


@pytest.mark.parametrize("size", [(100, 30), (40, 10)], ids=str)
async def test_in_vims_normal_mode_a_dictation_is_held(
    fake_codex: FakeCodex, size: tuple[int, int]
) -> None:
    """Its letters would be commands; in insert mode they are text, behind the cursor."""
    async with CodexSession(fake_codex, *size) as session:
        await session.composer.insert_and_send("echo hello")
        await session.until_state(CodexState.DONE)
        await draws(session, b"/vim")
        await session.until(lambda: session.text == "/vim")
        await draws(session, ENTER)
        await session.until(lambda: session.shows("Vim: Normal"))
        assert await session.composer.insert("one") is TypingOutcome.HELD
        session.write(b"i")
        await session.until(lambda: session.text == "one")
        await session.until(lambda: not session.composer.held)
        session.write(ESCAPE)
        await session.until(lambda: session.shows("Vim: Normal"))
        assert await session.composer.insert("two") is TypingOutcome.HELD
        session.write(b"a")
        await session.until(lambda: session.text == "one two")
