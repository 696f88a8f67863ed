"""A person at a terminal: speaks, presses keys, and reads the screen."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from codex_voice.practice.recordings import model_path
from tests.support.outer_terminal import OuterTerminal
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import VirtualMic

CLIPS = Path(__file__).parents[1] / "data" / "clips"
RECORDINGS = model_path().parent / "recordings"
TALK_KEY = b"\0"
MENU_KEY = b"\x1bOP"


class Person:
    """Uses codex-voice in a terminal.

    Args:
        terminal: Runs codex-voice.
        microphone: Is spoken into.
    """

    def __init__(self, terminal: OuterTerminal, microphone: VirtualMic) -> None:
        self.terminal = terminal
        self.microphone = microphone

    async def sees(self, text: str) -> None:
        """Wait until a text stands on the screen."""
        await self.terminal.until_text(text)

    async def no_longer_sees(self, text: str) -> None:
        """Wait until a text is gone from the screen."""
        await self.terminal.until(lambda: text not in self.terminal.text(), f"the end of {text!r}")

    def press(self, keys: bytes) -> None:
        """Press keys."""
        self.terminal.type(keys)

    def sends(self, text: str) -> None:
        """Paste a text and press Enter; typed as fast as this, Enter would be a new line."""
        self.press(b"\x1b[200~" + text.encode() + b"\x1b[201~\r")

    async def speaks(self, sound: Path) -> None:
        """Speak, without any key."""
        await asyncio.to_thread(self.microphone.play(str(sound)).wait)

    async def says(self, sound: Path) -> None:
        """Press the talk key and speak; silence ends it."""
        self.press(TALK_KEY)
        await self.sees("LISTENING")
        await self.speaks(sound)

    def composer(self) -> str:
        """Return what stands in the first line of the composer."""
        lines = [line for line in self.terminal.text().splitlines() if line.startswith("› ")]
        return lines[-1].removeprefix("› ") if lines else ""


Start = Callable[..., Awaitable[Person]]


@pytest.fixture
async def start(
    virtual_mic: VirtualMic, fake_codex: FakeCodex, tmp_path: Path
) -> AsyncIterator[Start]:
    """Return what starts codex-voice around the real Codex, with a home of its own."""
    people: list[Person] = []

    async def start_one(*arguments: str, config: str = "", columns: int = 100) -> Person:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        file = home / "config.toml"
        file.write_text(config, encoding="utf-8")
        environment = {
            **fake_codex.environment,
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
        }
        command = [sys.executable, "-m", "codex_voice.cli", "--config", str(file)]
        given = list(arguments)
        if "--practice" not in given:
            given += ["--codex", fake_codex.argv[0]]
            if "--model" not in given:
                given += ["--model", str(model_path())]
        terminal = OuterTerminal(
            [*command, *given], columns, 30, environment=environment, directory=fake_codex.workdir
        )
        person = Person(terminal, virtual_mic)
        people.append(person)
        return person

    yield start_one
    for person in people:
        await person.terminal.close()


@pytest.fixture
async def person(start: Start) -> Person:
    """Return somebody who has started codex-voice, and sees Codex's composer and a model ready."""
    person = await start()
    await person.sees("Ask Codex to do anything")
    await person.sees("mini.en-q8_0 │")
    return person


def processes_of(home: Path) -> list[int]:
    """Return the processes whose environment names a home directory."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"HOME={home}\0".encode() in environment:
                found.append(int(entry.name))
    return found
