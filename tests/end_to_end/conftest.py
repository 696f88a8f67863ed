"""A person at a terminal: speaks, presses keys, and reads the screen."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pytest

from codex_voice.config.schema import HistoryConfig
from codex_voice.dictation.talk_key import CLOSING_TAP_SECONDS
from codex_voice.practice.recordings import model_path
from codex_voice.recordings.journal import Journal
from tests.support.outer_terminal import OuterTerminal
from tests.support.process_tree import parent_of, processes_of
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import VirtualMic

CLIPS = Path(__file__).parents[1] / "data" / "clips"
RECORDINGS = model_path().parent / "recordings"
TALK_KEY = b"\0"
MENU_KEY = b"\x1bOP"
DOWN, HOME, ENTER, ESCAPE = b"\x1b[B", b"\x1b[H", b"\r", b"\x1b"

# Runs a command and then says how it ended and in which state it left the terminal's line.
SHELL = ("/bin/sh", "-c", '"$@"; echo "exit status $?"; stty -a', "sh")


class Person:
    """Uses codex-voice in a terminal.

    Args:
        terminal: Runs codex-voice.
        microphone: Is spoken into.
        home: The home directory of everything that runs in the terminal.
    """

    def __init__(self, terminal: OuterTerminal, microphone: VirtualMic, home: Path) -> None:
        self.terminal = terminal
        self.microphone = microphone
        self.home = home
        self._has_spoken = False

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

    async def speaks(self, sound: Path | bytes) -> None:
        """Speak, without any key."""
        await asyncio.to_thread(self.microphone.play(sound).wait)

    async def remarks(self, sound: Path) -> None:
        """Speak, without any key, and wait until that is taken for an utterance of its own."""
        speaking = asyncio.create_task(self.speaks(sound))
        await self.sees(" dB")
        await speaking
        await self.no_longer_sees(" dB")

    async def says(self, sound: Path) -> None:
        """Press the talk key and speak; silence ends it."""
        if self._has_spoken:
            # A tap sooner than this after the end belongs to what was said before: a person waits.
            await self.no_longer_sees("LISTENING")
            await asyncio.sleep(CLOSING_TAP_SECONDS)
        self._has_spoken = True
        self.press(TALK_KEY)
        await self.sees("LISTENING")
        await self.speaks(sound)

    async def inserts(self, text: str) -> None:
        """Wait until the composer holds this text and nothing else."""
        await self.terminal.until(lambda: self.composer() == text, f"{text!r} in the composer")

    async def chooses(self, label: str) -> None:
        """Choose a line of the dialog that is on the screen."""
        await self.terminal.until(lambda: self._place_in_dialog(label) is not None, label)
        self.press(HOME + DOWN * (self._place_in_dialog(label) or 0) + ENTER)

    def _place_in_dialog(self, label: str) -> int | None:
        """Return how many lines of the dialog are above a label, if it is there."""
        whole = re.search("╭─ .*?\n(.*?)╰─", self.terminal.text(), re.DOTALL)
        lines = whole[1].splitlines() if whole else []
        return next((place for place, line in enumerate(lines) if label in line), None)

    async def chooses_in_menu(self, label: str) -> None:
        """Open the menu, search for an action and choose it."""
        self.press(MENU_KEY)
        await self.sees("Search actions")
        self.press(label.encode() + ENTER)

    def has_recordings(self) -> bool:
        """Return whether the folder of the recordings is there: it is made for the first one."""
        return any(self.home.glob("state/**/recordings"))

    def journal(self) -> Journal:
        """Return the recordings of everything said by this person."""
        (directory,) = self.home.glob("state/**/recordings")
        return Journal(directory, HistoryConfig(), lambda error: pytest.fail(str(error)))

    def app(self) -> int:
        """Return the process of the application; its parent only stands by."""
        ours = [
            number
            for number in processes_of(self.home)
            if Path(f"/proc/{number}/cmdline").read_bytes().startswith(sys.executable.encode())
        ]
        (found,) = [number for number in ours if parent_of(number) in ours]
        return found

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

    async def start_one(
        *arguments: str,
        config: str = "",
        model: str = str(model_path()),
        codex: str = fake_codex.argv[0],
        columns: int = 100,
        kitty: bool = False,
        environment: Mapping[str, str] = MappingProxyType({}),
        program: Sequence[str] = (sys.executable, "-m", "codex_voice"),
    ) -> Person:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        file = home / "config.toml"
        file.write_text(config, encoding="utf-8")
        variables = {
            **fake_codex.environment,
            **environment,
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
        }
        command = [*program, "--config", str(file)]
        given = list(arguments)
        if "--practice" not in given:
            given += ["--codex", codex]
            if model:
                given += ["--model", model]
        terminal = OuterTerminal(
            [*command, *given],
            columns,
            30,
            kitty=kitty,
            environment=variables,
            directory=fake_codex.workdir,
        )
        person = Person(terminal, virtual_mic, home)
        people.append(person)
        return person

    yield start_one
    for person in people:
        await person.terminal.close()


@pytest.fixture
async def person(start: Start) -> Person:
    """Return somebody who has started codex-voice, and sees Codex and a model ready."""
    person = await start()
    await person.sees("Ask Codex to do anything")
    await person.sees("● idle")
    await person.sees("mini.en-q8_0 │")
    return person
