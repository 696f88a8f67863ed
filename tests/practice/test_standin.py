"""The stand-in in a real terminal: it behaves as Codex does wherever codex-voice can notice."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from codex_voice.agent.process import AgentProcess, ExitStatus
from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.events import ProgramStatus

PLACEHOLDER = "› Ask Codex to do anything"
PROMPT = [
    "› 1. Yes, proceed (y)",
    "  2. Yes, and don't ask again for commands that start with `make test` (p)",
    "  3. No, and tell Codex what to do differently (esc)",
    "",
    "  Press enter to confirm or esc to cancel",
]


class StandinTerminal:
    """The stand-in, the emulator that shows it, and the states it told."""

    def __init__(self, directory: Path) -> None:
        loop = asyncio.get_running_loop()
        self.emulator = Emulator(80, 24)
        self.states: list[str] = []
        self.status: ExitStatus | None = None
        self._changed = asyncio.Event()
        self.process = AgentProcess.spawn(
            [sys.executable, "-m", "codex_voice.practice.standin"], 80, 24, directory
        )
        self.process.attach(loop, self._feed, self._exit)

    def _feed(self, data: bytes) -> None:
        self.emulator.feed(data)
        events = self.emulator.take_events()
        self.states += [event.payload for event in events if isinstance(event, ProgramStatus)]
        self._changed.set()

    def _exit(self, status: ExitStatus) -> None:
        self.status = status
        self._changed.set()

    @property
    def lines(self) -> list[str]:
        """The rows on the screen."""
        return self.emulator.lines()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition, which output or the end may bring about."""
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    async def shows(self, text: str) -> None:
        """Wait until a text stands in one of the rows."""
        await self.until(lambda: any(text in line for line in self.lines))

    async def say(self, text: str) -> None:
        """Paste a prompt, see it in the composer, send it."""
        self.process.write(f"\x1b[200~{text}\x1b[201~".encode())
        await self.shows(f"› {text}")
        self.process.write(b"\r")


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[StandinTerminal]:
    """Start the stand-in and wait until it is ready."""
    made = StandinTerminal(tmp_path)
    await made.shows(PLACEHOLDER)
    yield made
    await made.process.terminate()


async def test_it_looks_like_codex_at_rest(terminal: StandinTerminal) -> None:
    """Composer, modes and state are those by which Codex is known to be ready."""
    assert terminal.states == ["state=idle:app=codex"]
    assert terminal.emulator.alternate_screen
    assert terminal.emulator.mouse_tracking
    assert terminal.emulator.mode(2004)
    cursor = terminal.emulator.cursor
    assert terminal.lines[cursor.row] == PLACEHOLDER
    assert cursor.column == 2


async def test_what_is_sent_is_echoed(terminal: StandinTerminal, tmp_path: Path) -> None:
    """A dictated sentence is answered with itself, and the state goes from working to done."""
    await terminal.say("Write a unit test.")
    await terminal.shows("You said: “Write a unit test.”")
    await terminal.until(lambda: terminal.states[-1] == "state=done:app=codex")
    assert terminal.states[1:] == ["state=working:app=codex", "state=done:app=codex"]
    assert terminal.emulator.title == tmp_path.name
    terminal.process.write(b"x")
    await terminal.shows("› x")
    assert terminal.states[-1] == "state=idle:app=codex"


async def test_tab_sends_where_nothing_is_under_way(terminal: StandinTerminal) -> None:
    """As in Codex; where the composer is empty it does nothing."""
    terminal.process.write(b"\thello\t")
    await terminal.shows("You said: “hello”")


async def test_leave_is_asked_in_the_words_of_codex(terminal: StandinTerminal) -> None:
    """The prompt says blocked at once, has Codex's rows and title, and y answers it."""
    await terminal.say("Run the tests.")
    await terminal.shows("Would you like to run the following command?")
    assert terminal.states[-1] == "state=blocked:app=codex:kind=permission"
    assert terminal.lines[-5:] == PROMPT
    assert terminal.emulator.title.startswith("[ ! ] Action Required")
    terminal.process.write(b"y")
    await terminal.shows("You approved codex to run make test this time")
    await terminal.shows("Leave was given, and nothing was run.")


async def test_a_prompt_ignores_pasted_text_and_escape_denies(terminal: StandinTerminal) -> None:
    """As in Codex, a paste neither answers nor stays; escape is no."""
    await terminal.say("Run the tests.")
    await terminal.shows("Press enter to confirm")
    terminal.process.write(b"\x1b[200~yes\x1b[201~\x1b[B")
    await terminal.shows("› 2. Yes")
    terminal.process.write(b"\x1b")
    await terminal.shows("You canceled the request to run make test")
    await terminal.shows(PLACEHOLDER)
    assert terminal.states[-1] == "state=idle:app=codex"


async def test_leave_for_good_is_not_asked_again(terminal: StandinTerminal) -> None:
    """After p the same command runs unasked."""
    await terminal.say("Run the tests.")
    await terminal.shows("Press enter to confirm")
    terminal.process.write(b"p")
    await terminal.until(lambda: terminal.states[-1] == "state=done:app=codex")
    terminal.states.clear()
    await terminal.say("Run all the tests.")
    await terminal.until(lambda: terminal.states[-1:] == ["state=done:app=codex"])
    assert not any("blocked" in state for state in terminal.states)


async def test_a_long_answer_is_scrolled_by_wheel_and_keys(terminal: StandinTerminal) -> None:
    """In the alternate screen the program scrolls itself and shows the way back."""
    await terminal.say("Explain this function.")
    await terminal.shows("The long answer ends here.")
    terminal.process.write(b"\x1b[<64;5;5M")
    await terminal.shows("↓ Back to bottom")
    terminal.process.write(b"\x1b[1;5H")
    await terminal.shows(">_ Practice")
    terminal.process.write(b"\x1b[6~")
    await terminal.until(lambda: ">_ Practice" not in terminal.lines[0])
    terminal.process.write(b"\x1b[1;5F")
    await terminal.shows("The long answer ends here.")
    await terminal.until(lambda: not any("Back to bottom" in line for line in terminal.lines))


async def test_escape_cuts_an_answer_and_tab_queues(terminal: StandinTerminal) -> None:
    """Escape ends the turn under way; what was queued with Tab is sent after a turn."""
    await terminal.say("Explain this function.")
    await terminal.shows("2. A line of a long answer")
    terminal.process.write(b"\x1b")
    await terminal.shows("Conversation interrupted")
    await terminal.say("Explain it again.")
    await terminal.shows("2. A line of a long answer")
    terminal.process.write(b"next one\t")
    await terminal.shows("You said: “next one”")


async def test_it_fits_any_size(terminal: StandinTerminal) -> None:
    """After a storm of sizes the composer is where it belongs."""
    for columns, rows in ((200, 60), (10, 3), (3, 1), (120, 40)):
        terminal.emulator.resize(columns, rows)
        terminal.process.resize(columns, rows)
    await terminal.until(lambda: terminal.lines[36:37] == [PLACEHOLDER])


@pytest.mark.parametrize("keys", [b"/quit\r", b"\x03", b"\x04"])
async def test_it_leaves_as_codex_does(terminal: StandinTerminal, keys: bytes) -> None:
    """/quit, and Ctrl-C or Ctrl-D in an empty composer, end it with the screen given back."""
    terminal.process.write(keys)
    await terminal.until(lambda: terminal.status is not None)
    assert terminal.status == ExitStatus(code=0)
    assert terminal.states[-1] == "state=clear:app=codex"
    assert not terminal.emulator.alternate_screen
    assert not terminal.emulator.mouse_tracking
    assert "Practice has ended." in terminal.lines


async def test_ctrl_c_clears_a_draft_first(terminal: StandinTerminal) -> None:
    """Only an empty composer is left."""
    terminal.process.write(b"draft")
    await terminal.shows("› draft")
    terminal.process.write(b"\x03")
    await terminal.shows(PLACEHOLDER)
    assert terminal.status is None
