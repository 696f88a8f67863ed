"""The whole program at work: the real Codex with a fake model, and a virtual microphone."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from codex_voice.config.schema import HistoryConfig
from codex_voice.errors import JournalError
from codex_voice.practice.recordings import model_path
from codex_voice.recordings.entry import Entry
from codex_voice.recordings.journal import Journal
from tests.support.codex_program import MISSING, find_codex
from tests.support.outer_terminal import OuterTerminal
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import VirtualMic

COLUMNS, ROWS = 120, 40
TALK_KEY = b"\0"
CODEX_READY = "Ask Codex to do anything"
MODEL_READY = f"{model_path().stem.removeprefix('ggml-')} │"
PROMPT = "› "
_BYTECODE_VARIABLES = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")


class WholeProgram:
    """A program in a terminal, with a home directory of its own.

    Args:
        command: The program with its arguments.
        codex: The environment and the working directory.
        home: The home directory.
    """

    def __init__(self, command: Sequence[str], codex: FakeCodex, home: Path) -> None:
        self._home = home
        self.terminal = OuterTerminal(
            command,
            COLUMNS,
            ROWS,
            environment={
                **codex.environment,
                "HOME": str(home),
                "XDG_STATE_HOME": str(home / "state"),
                "XDG_CONFIG_HOME": str(home / "config"),
                "XDG_DATA_HOME": str(home / "data"),
            },
            directory=codex.workdir,
        )

    def press(self, keys: bytes) -> None:
        """Press keys."""
        self.terminal.type(keys)

    def composer(self) -> str:
        """Return the first line of the text in the composer; nothing while it is empty."""
        lines = [line for line in self.terminal.text().splitlines() if line.startswith(PROMPT)]
        text = lines[-1].removeprefix(PROMPT).strip() if lines else ""
        return "" if text == CODEX_READY else text

    async def sees(self, text: str) -> None:
        """Wait until a text is on the screen."""
        await self.terminal.until_text(text)

    async def ready(self) -> None:
        """Wait for Codex and for the miniature model."""
        await self.sees(CODEX_READY)
        await self.sees(MODEL_READY)

    async def gets_text(self) -> str:
        """Wait until there is a text in the composer."""
        await self.terminal.until(lambda: self.composer() != "", "a text in the composer")
        return self.composer()

    async def clears_composer(self) -> None:
        """Empty the composer."""
        self.press(b"\x15")
        await self.terminal.until(lambda: self.composer() == "", "an empty composer")

    def memory(self) -> tuple[float, float]:
        """Return the proportional set sizes of our own processes and of all others in the terminal.

        Both are in MB.
        """
        ours = others = 0.0
        for process in self._processes():
            with suppress(OSError):
                command = (process / "cmdline").read_bytes()
                size = proportional_set_size(process)
                if command.startswith(sys.executable.encode()):
                    ours += size
                else:
                    others += size
        return ours, others

    def resident(self) -> float:
        """Return the resident memory of our own process in MB."""
        pages = sum(
            int((process / "statm").read_text().split()[1])
            for process in self._processes()
            if (process / "cmdline").read_bytes().startswith(sys.executable.encode())
        )
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def kill_hosted(self) -> None:
        """Kill what runs in the pane, with all that it has started."""
        for process in self._processes():
            with suppress(OSError):
                if not (process / "cmdline").read_bytes().startswith(sys.executable.encode()):
                    os.kill(int(process.name), signal.SIGKILL)

    def journal(self) -> list[Entry]:
        """Return what was said, and what became of it; nothing before the first utterance."""
        directory = next(self._home.glob("state/**/recordings"), None)
        if directory is None:
            return []
        return Journal(directory, HistoryConfig(), _raise).entries()

    def _processes(self) -> Iterator[Path]:
        mark = f"HOME={self._home}\0".encode()
        for process in Path("/proc").iterdir():
            with suppress(OSError):
                if process.name.isdigit() and mark in (process / "environ").read_bytes():
                    yield process


def _raise(error: JournalError) -> None:
    raise error


def proportional_set_size(process: Path) -> float:
    """Return the memory of a process, by its directory in /proc, in MB: shared pages in parts."""
    rollup = (process / "smaps_rollup").read_text()
    kilobytes = (line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))
    return sum(map(int, kilobytes)) / 1024


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let what is started keep its bytecode, as an installed program has it, in a scratch folder.

    Environments for development and tests often forbid it with PYTHONDONTWRITEBYTECODE; each start
    would then compile a checkout anew.
    """
    before = {name: os.environ.pop(name, None) for name in _BYTECODE_VARIABLES}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        try:
            yield
        finally:
            del os.environ["PYTHONPYCACHEPREFIX"]
            os.environ.update({name: value for name, value in before.items() if value is not None})


@contextmanager
def fake_codex() -> Iterator[FakeCodex]:
    """Prepare the real Codex CLI with a fake model."""
    program = find_codex()
    if program is None:
        raise SystemExit(MISSING)
    with FakeCodex(program) as codex:
        yield codex


@contextmanager
def virtual_microphone() -> Iterator[VirtualMic]:
    """Prepare the virtual microphone."""
    if reason := VirtualMic.missing():
        raise SystemExit(reason)
    with VirtualMic() as microphone:
        yield microphone


@asynccontextmanager
async def running(codex: FakeCodex, command: Sequence[str]) -> AsyncIterator[WholeProgram]:
    """Run a program in a terminal and a new home directory, and end it."""
    # Codex may still write into its home for a moment after its end.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        program = WholeProgram(command, codex, Path(directory))
        try:
            yield program
        finally:
            await program.terminal.close()


def codex_voice_command(
    codex: FakeCodex, folder: Path, config: str = "", model: Path | None = None
) -> list[str]:
    """Return the command that runs codex-voice around Codex, with the miniature model or a file."""
    file = folder / "config.toml"
    file.write_text(config, encoding="utf-8")
    return [
        *(sys.executable, "-m", "codex_voice", "--config", str(file)),
        *("--codex", codex.argv[0], "--model", str(model or model_path())),
    ]
