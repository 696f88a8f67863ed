"""A program of the user's over the dictated text: real small programs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from codex_voice.dictation.text_hook import TextHook


def _program(code: str) -> list[str]:
    return [sys.executable, "-I", "-c", code]


async def test_the_program_gets_json_and_its_output_is_the_text(tmp_path: Path) -> None:
    """What was heard, what would be written and the language; control characters are dropped."""
    warnings: list[str] = []
    code = (
        "import json, sys; asked = json.load(sys.stdin);"
        "print(asked['heard'], asked['text'].upper(), asked['language'], '\\x1b]52;c;\\x07', 'ü')"
    )
    hook = TextHook(_program(code), tmp_path, warnings.append, seconds=60)
    assert await hook.apply("hi", "Hi ä.", "en") == "hi HI Ä. en ]52;c; ü"
    assert warnings == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; print('half'); sys.exit(3)", "ended with status 3"),
        ("print()", "wrote nothing"),
        ("print('x' * 300_000)", "wrote too much"),
        ("import os; os.kill(os.getpid(), 9)", "ended with status -9"),
    ],
)
async def test_a_program_that_fails_leaves_the_text(code: str, reason: str, tmp_path: Path) -> None:
    """The text stays as it was, and one line says why."""
    warnings: list[str] = []
    hook = TextHook(_program(code), tmp_path, warnings.append, seconds=60)
    assert await hook.apply("hi", "Hi.", "en") == "Hi."
    assert warnings == [f"The hook {sys.executable}: {reason}. The text stays as it was."]


async def test_a_program_that_is_not_there_leaves_the_text(tmp_path: Path) -> None:
    """As one that fails."""
    warnings: list[str] = []
    hook = TextHook([str(tmp_path / "missing")], tmp_path, warnings.append)
    assert await hook.apply("hi", "Hi.", "en") == "Hi."
    assert "No such file" in warnings[0]


async def test_a_program_that_hangs_is_ended_and_the_loop_goes_on(tmp_path: Path) -> None:
    """Its time is up: it and what it started are killed, and meanwhile nothing was blocked."""
    warnings: list[str] = []
    hook = TextHook(["sh", "-c", "cat /dev/zero | tail -c 1"], tmp_path, warnings.append, 0.2)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    assert await hook.apply("hi", "Hi.", "en") == "Hi."
    ticking.cancel()
    assert ticks > 0
    assert warnings == ["The hook sh: no answer in 0.2 seconds. The text stays as it was."]


async def test_input_that_is_not_read_does_no_harm(tmp_path: Path) -> None:
    """A program may do without it, however long it is."""
    hook = TextHook(_program("print('done')"), tmp_path, pytest.fail, seconds=60)
    assert await hook.apply("hi", "x" * 1_000_000, "en") == "done"
