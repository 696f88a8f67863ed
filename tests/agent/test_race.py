"""Speech at every moment around an approval prompt of the real Codex, over every kind of draft.

Each round types a draft by hand while Codex works, lets the model ask for a command or a patch, and
dictates, sends or clears at some moment between the call and long after the prompt stands. Nothing
may be approved or denied by that, and what was said is there once. The number of rounds is
`CODEX_VOICE_RACE_ROUNDS` (hundreds take some minutes).
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter

import pytest

from codex_voice.agent.held_text import TypingOutcome
from codex_voice.agent.state import CodexState
from tests.support.codex_session import CodexSession
from tests.support.start_fake_codex import FakeCodex

pytestmark = [pytest.mark.codex, pytest.mark.timeout(3000)]

ROUNDS = int(os.environ.get("CODEX_VOICE_RACE_ROUNDS", "16"))
# What is typed by hand before the dictation; the first character decides what Codex makes of it.
DRAFTS = ("", "/", "/compact", "/tmp/x is broken", "/mo", "!", "@wor", "$re", "?", "#", "y", "1 ",
          "n", "p", "a", " ", "é", "-", "yes", "see ")  # fmt: skip
ACTIONS = ("insert", "insert_and_send", "send", "insert, send", "clear", "new_line")
# Most moments are within 20 ms of the call, where the state and the screen change.
MOMENTS = (-0.05, -0.01, 0.0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.3, 0.7, 0.95, 1.0, 1.05,
           1.1, 1.3, 1.6)  # fmt: skip
TOOL_DELAY = 0.6


async def play(session: CodexSession, action: str, spoken: str) -> list[TypingOutcome]:
    """Do what somebody who does not look at the screen may say."""
    composer = session.composer
    match action:
        case "insert":
            return [await composer.insert(spoken)]
        case "insert_and_send":
            return [await composer.insert_and_send(spoken)]
        case "send":
            return [await composer.send(), await composer.insert(spoken)]
        case "clear":
            return [await composer.clear(), await composer.insert(spoken)]
        case "new_line":
            return [await composer.new_line(), await composer.insert(spoken)]
        case _:
            return [await composer.insert(spoken), await composer.send()]


def occurrences(session: CodexSession, spoken: str) -> int:
    """Count the places where a text is: sent to the model, or in the composer."""
    sent = sum(text.count(spoken) for text in session.fake.user_texts())
    shown = " ".join(session.text.split()).count(spoken)
    return sent + shown


def is_free(session: CodexSession) -> bool:
    """Return whether the composer stands there, and nothing waits for it."""
    return not session.composer.held and session.draft is not None


async def test_speech_never_answers_a_prompt_and_is_never_lost(fake_codex: FakeCodex) -> None:
    """Zero approvals, zero denials, zero texts lost or doubled."""
    # Otherwise Codex writes into its folder without asking.
    fake_codex.argv += ["--sandbox", "read-only"]
    fake_codex.settings.shell_command = "touch approved"
    fake_codex.settings.token_delay = 0.001
    fake_codex.settings.tool_delay = TOOL_DELAY
    chance = random.Random(ROUNDS)
    outcomes: Counter[TypingOutcome] = Counter()
    async with CodexSession(fake_codex, 110, 32) as session:
        for number in range(ROUNDS):
            draft = DRAFTS[number % len(DRAFTS)]
            action, moment = chance.choice(ACTIONS), chance.choice(MOMENTS)
            where = f"round {number}: {draft!r}, {action} at {moment}"
            outcomes.update(await play_round(session, number, draft, action, moment, where))
    print(f"{ROUNDS} rounds: {dict(outcomes)}")  # noqa: T201 (shown with -s, for the record)


async def play_round(
    session: CodexSession, number: int, draft: str, action: str, moment: float, where: str
) -> list[TypingOutcome]:
    """Play one round; see the module."""
    loop = asyncio.get_running_loop()
    turns = len(session.fake.turns())
    asked = "please patch this" if number % 3 == 2 else "please approve this"
    assert await session.composer.insert_and_send(asked) in (
        TypingOutcome.SENT,
        TypingOutcome.QUEUED,
    ), where
    await session.until_turns(turns + 1)
    called = loop.time() + TOOL_DELAY
    # Typed in one piece it would count as pasted.
    for character in draft:
        session.write(character.encode())
        await asyncio.sleep(0)
    await asyncio.sleep(max(0.0, called + moment - loop.time()))
    spoken = f"spoken words number{number} end"
    done = await play(session, action, spoken)
    await session.until_prompt()
    files = {path.name for path in session.fake.workdir.iterdir()}
    assert not files and not session.fake.rules(), where
    # The prompt stands, and so nobody has answered it. Now somebody does, by hand.
    session.write(b"n")
    await session.until(lambda: session.tracker.state in (CodexState.IDLE, CodexState.DONE))
    await session.until(lambda: is_free(session) or session.shows("esc close"))
    if not is_free(session):
        # A typed "?" or "@" has opened a list, which holds what is said until it is closed.
        session.write(b"\x1b")
    await session.until(lambda: is_free(session))
    await session.until(lambda: occurrences(session, spoken) > 0)
    # What was queued in the turn that the denial has ended may be sent now, or have come back.
    await session.until(lambda: session.tracker.state in (CodexState.IDLE, CodexState.DONE))
    assert occurrences(session, spoken) == 1, f"{where}: {done} {session.text!r}"
    session.write(b"\x1b")
    await session.until(lambda: session.draft is not None)
    while session.text or (session.draft is not None and session.draft.shell):
        await session.composer.clear()
    return done
