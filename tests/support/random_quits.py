"""Starts the whole program and ends it at a random moment, and looks at what that leaves behind.

`python -m tests.support.random_quits --count 100 --seed 1` prints each case and what was wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from codex_voice.agent.process import ExitStatus
from codex_voice.practice.recordings import model_path
from tests.support.codex_program import find_codex
from tests.support.outer_terminal import OuterTerminal
from tests.support.process_tree import processes_of
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import VirtualMic

_SOONEST_SECONDS, _LATEST_SECONDS = 0.1, 3.0
_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.2
_ANSWER = "q  quit"
_STATUSES = {"q": 0, "SIGTERM": 128 + signal.SIGTERM, "SIGHUP": 128 + signal.SIGHUP}
_GIVEN_BACK = b"\x1b[?1049l"
# The program in the pane may say farewell, and the shell shows that; libraries and Python may not.
_LAST_WORDS = {"none": rb"", "practice": rb"(?:Practice has ended\.)?"}
_CODEX_LAST_WORDS = rb"(?!.*(?:ALSA|[Jj]ack|PortAudio|Expression|Traceback|Warning|coroutine)).*"
_CONTROL = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_78=>]|\r|\n"
)
# Where this process is held up, its terminal answers a program that has ended, and the kernel
# echoes that: "^[[?62;22c".
_ECHOED_ANSWER = re.compile(rb"\^\[(?:\[[?>]?[0-9;]*\$?[A-Za-z]|[\]P][0-9a-zA-Z;:/|>. ()-]*\^\[\\)")
_FAULTS_IN_LOG = ("never awaited", "Traceback", "Fatal Python error", " ERROR ")


@dataclass(frozen=True)
class Quit:
    """A start and its end.

    Attributes:
        seconds: How long after the start it is ended.
        how: "q" at the end panel, "SIGTERM", or "SIGHUP", which terminals send to all processes.
        program: "codex", "practice" or "none".
        sound: Whether there is a sound server.
    """

    seconds: float
    how: str
    program: str
    sound: bool


def random_quits(seed: int, count: int, *, codex: bool, sound: bool) -> list[Quit]:
    """Return cases that take turns in what can be there, at random moments."""
    generator = random.Random(seed)
    programs = ["none", "practice", *(["codex"] if codex else [])]
    cases = []
    for number in range(count):
        program = programs[number % len(programs)]
        hows = ["SIGTERM", "SIGHUP", *(["q"] if program == "none" else [])]
        seconds = generator.uniform(_SOONEST_SECONDS, _LATEST_SECONDS)
        with_sound = sound and generator.random() < 0.5
        cases.append(Quit(round(seconds, 2), generator.choice(hows), program, with_sound))
    return cases


async def faults_of(
    case: Quit, home: Path, codex: FakeCodex | None, sound: Mapping[str, str]
) -> list[str]:
    """Run a case in an empty home directory; return what was wrong, in words.

    Args:
        case: What to do.
        home: The home directory of all that is started.
        codex: The real Codex, where the case has it.
        sound: The part of this environment that leads to a sound server.
    """
    (home / "config.toml").touch()
    environment = {
        **(os.environ if codex is None else codex.environment),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    if not case.sound:
        for name in sound:
            environment.pop(name, None)
    command = [sys.executable, "-m", "codex_voice", "--config", str(home / "config.toml")]
    if case.program == "practice":
        command.append("--practice")
    else:
        agent = codex.argv[0] if codex is not None else "/no/such/program"
        command += ["--codex", agent, "--model", str(model_path())]
    directory = codex.workdir if codex is not None else home
    terminal = OuterTerminal(command, 100, 24, environment=environment, directory=directory)
    try:
        await asyncio.wait([terminal.status], timeout=case.seconds)
        await _end(terminal, case.how)
        faults = _faults_of_end(case, terminal.status.result(), bytes(terminal.output))
    except TimeoutError:
        faults = ["does not end"]
    finally:
        left = await asyncio.to_thread(_left_behind, home)
        await terminal.close()
    faults += [f"left running: {name}" for name in left]
    return [*faults, *_faults_in_log(home)]


async def _end(terminal: OuterTerminal, how: str) -> None:
    pid = terminal.process.pid
    if terminal.status.done():
        return
    if how == "SIGTERM":
        os.kill(pid, signal.SIGTERM)
    elif how == "SIGHUP":
        os.killpg(pid, signal.SIGHUP)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not terminal.status.done():
            # A key that comes before the panel can have been read is no answer to it.
            if how == "q" and _ANSWER in terminal.text():
                terminal.type(b"q")
            await asyncio.wait([terminal.status], timeout=_LOOK_SECONDS)


def _faults_of_end(case: Quit, status: ExitStatus, output: bytes) -> list[str]:
    if not output and status.signal_number is not None:
        # Python itself was not up yet.
        wanted = ExitStatus(signal_number=signal.Signals[case.how])
    else:
        wanted = ExitStatus(code=_STATUSES[case.how])
    faults = [] if status == wanted else [f"ended with {status}, not {wanted}"]
    _before, given_back, after = output.rpartition(_GIVEN_BACK)
    if output and not given_back:
        faults.append(f"printed without the screen: {output[:300]!r}")
    rest = _ECHOED_ANSWER.sub(b"", _CONTROL.sub(b"", after))
    if not re.fullmatch(_LAST_WORDS.get(case.program, _CODEX_LAST_WORDS), rest):
        faults.append(f"printed after the screen was given back: {rest[:300]!r}")
    return faults


def _faults_in_log(home: Path) -> list[str]:
    text = "".join(log.read_text(errors="replace") for log in home.glob("state/**/*log*"))
    return [f"the log has {fault!r}" for fault in _FAULTS_IN_LOG if fault in text]


def _left_behind(home: Path) -> list[str]:
    """Wait until nothing with this home directory runs; return what still does after a minute."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while (left := processes_of(home)) and time.monotonic() < end:
        time.sleep(0.05)
    return [str(number) for number in left]


async def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    installed, failed = find_codex(), 0
    with ExitStack() as stack:
        sound: dict[str, str] = {}
        if not VirtualMic.missing():
            sound = stack.enter_context(VirtualMic()).environment
        cases = random_quits(
            options.seed, options.count, codex=installed is not None, sound=bool(sound)
        )
        for case in cases:
            with ExitStack() as one:
                folder = Path(one.enter_context(tempfile.TemporaryDirectory()))
                home = folder / "home"
                home.mkdir()
                codex = None
                if case.program == "codex" and installed is not None:
                    codex = one.enter_context(FakeCodex(installed, root=folder / "codex"))
                begun = time.monotonic()
                faults = await faults_of(case, home, codex, sound)
                seconds = time.monotonic() - begun - case.seconds
            failed += bool(faults)
            sys.stdout.write(f"{case} {seconds:.1f} s {'; '.join(faults) or 'good'}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{failed} of {len(cases)} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
