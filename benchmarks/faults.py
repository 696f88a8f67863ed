"""An hour of random faults: nothing said is lost, nothing is sent unasked, memory stays flat.

    python -m benchmarks.faults [--minutes 60] [--seed 1]

The whole program as a job of a shell, around the real Codex (fake model), with the miniature
speech model and `send = true`. Each round begins an utterance, speaks a clip into a virtual
microphone, and does something to it in the middle or behind it: the microphone or the sound server
goes away, hangs or is muted, Codex is killed, asks for an approval or works, the terminal takes
nothing, the window changes its size, the job is suspended, the user cancels. Then all is mended.

A round is bad where the journal has less sound than was spoken up to the fault, where its text is
neither in Codex nor in its composer, where a message reached Codex that was not to be sent, or
where an approval was answered. Prints each round, and once a minute memory and counts.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import signal
import statistics
import sys
import tempfile
import time
import wave
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.voice import dictations, expected_texts
from benchmarks.whole_program import (
    COLUMNS,
    ROWS,
    TALK_KEY,
    WholeProgram,
    codex_voice_command,
    fake_codex,
    running,
    virtual_microphone,
)
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.pcm import SAMPLE_BYTES, SAMPLE_RATE
from codex_voice.recordings.entry import Entry
from codex_voice.recordings.outcomes import Outcome
from tests.audio.scripted import noise
from tests.support.job_shell import JOB_SHELL
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import Playing, VirtualMic

CONFIG = """
[voice]
send = true
end_silence_ms = 4000
[history]
maximum_count = 10000
"""
CUT_SHORT = "cut short"
ESCAPE, BRING_BACK_KEY = b"\x1b", b"\x1bOS"
ROOM_SECONDS, ROOM_DBFS = 300, -70.0
SETTLED_SECONDS, MENDED_SECONDS = 60.0, 60.0
LOOK_SECONDS = 0.2
# What PulseAudio and PortAudio hold back, and the beginning that a busy machine overlooks.
UNHEARD_SECONDS = 0.8
# A tap sooner than this after the end of an utterance would belong to it.
BETWEEN_TAPS_SECONDS = 0.7
# Of less the recogniser may make nothing.
LEAST_SPOKEN_SECONDS = 1.0

# One ends with a pause before its last word, behind which the miniature model hears a command.
CLIPS = [clip for clip in dictations(100) if not clip.name.startswith("31_")]
EXPECTED = expected_texts()


class FaultTrial:
    """One run of the program, and what is done to it.

    Args:
        program: The program, as a job.
        codex: The fake model.
        microphone: The virtual microphone.
        room: A sound file of a quiet room.
        chance: Chooses.
    """

    def __init__(
        self,
        program: WholeProgram,
        codex: FakeCodex,
        microphone: VirtualMic,
        room: Path,
        chance: random.Random,
    ) -> None:
        self.program = program
        self.terminal = program.terminal
        self.codex = codex
        self.microphone = microphone
        self.chance = chance
        self._room_file = room
        self._room: Playing | None = None
        self._job = 0
        self._stops = 0

    async def begin(self) -> None:
        """Wait until the program can be used."""
        await self.program.ready()
        found = re.search(rb"PID (\d+)", self.terminal.output)
        assert found is not None
        self._job = int(found[1])

    async def listen(self) -> None:
        """Tap until the program listens: a microphone that comes back may take a moment."""
        end = time.monotonic() + MENDED_SECONDS
        while "LISTENING" not in self.terminal.text():
            if time.monotonic() > end:
                raise AssertionError(f"does not listen again:\n{self.terminal.text()}")
            self.program.press(TALK_KEY)
            for _ in range(10):
                await asyncio.sleep(LOOK_SECONDS)
                if "LISTENING" in self.terminal.text():
                    break

    async def tap(self) -> None:
        """End the utterance by the talk key, if it has not ended."""
        if "LISTENING" in self.terminal.text():
            self.program.press(TALK_KEY)

    async def deny(self) -> None:
        """Answer a question of Codex with Esc, which means something else while text is awaited."""
        while "Yes, proceed" in self.terminal.text():
            self.program.press(ESCAPE)
            await asyncio.sleep(5 * LOOK_SECONDS)

    async def speak(self, clip: Path) -> None:
        """Speak a clip, whether or not there is a microphone by then."""
        with suppress(RuntimeError):
            await asyncio.to_thread(self.microphone.play(clip).wait)

    async def reaches_codex(self, text: str, earlier: int) -> bool:
        """Return whether a message with this text comes to the model, after so many earlier ones.

        One that Codex has queued comes when its turn ends: the next round must not find it.
        """
        end = time.monotonic() + SETTLED_SECONDS
        while not any(squeezed(text) in squeezed(one) for one in self.codex.user_texts()[earlier:]):
            if time.monotonic() > end:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    async def settled(self, known: set[str], cancelled: bool) -> Entry:
        """Wait for what became of the utterance that the journal did not know before."""
        waits = {Outcome.PENDING, Outcome.HELD, *([Outcome.CANCELLED] if cancelled else [])}
        end = time.monotonic() + SETTLED_SECONDS
        while time.monotonic() < end:
            new = [entry for entry in self.program.journal() if entry.id not in known]
            final = [entry for entry in new if entry.outcome not in waits]
            if final:
                return max(final, key=lambda entry: entry.audio_seconds)
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"never settled: {new}\n{self.terminal.text()}")

    async def mend(self) -> None:
        """Bring everything back, and close what a misheard command has opened."""
        if "╭─" in self.terminal.text():
            self.program.press(ESCAPE)
        await asyncio.to_thread(self.microphone.mend)
        if self._room is not None:
            await asyncio.to_thread(self._room.stop)
        self._room = self.microphone.play(self._room_file)
        # What was told of the round before goes by itself.
        await self.terminal.until(lambda: CUT_SHORT not in self.terminal.text())

    def close(self) -> None:
        """Stop what plays."""
        if self._room is not None:
            self._room.stop()

    # What can happen

    async def nothing(self) -> None:
        """Let the utterance be."""

    async def vanish(self) -> None:
        """Take every sound device away."""
        await asyncio.to_thread(self.microphone.vanish)

    async def unplug(self) -> None:
        """Take the microphone away; the server moves the stream without a word."""
        await asyncio.to_thread(self.microphone.unplug)

    async def crash(self) -> None:
        """Kill the sound server."""
        await asyncio.to_thread(self.microphone.crash)

    async def hesitate(self) -> None:
        """Let the sound server hang for so short a time that all it held back comes afterwards."""
        await self._freeze(self.chance.uniform(0.3, 0.9))

    async def freeze(self) -> None:
        """Let the sound server hang for a while."""
        await self._freeze(self.chance.uniform(1.0, 6.0))

    async def _freeze(self, seconds: float) -> None:
        await asyncio.to_thread(self.microphone.freeze, True)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.microphone.freeze, False)

    async def mute(self) -> None:
        """Mute the microphone in the sound server."""
        await asyncio.to_thread(self.microphone.mute, True)
        await asyncio.sleep(2.5)

    async def kill_codex(self) -> None:
        """Kill Codex."""
        self.program.kill_hosted()
        await self.program.sees("Codex has ended")

    async def clog(self) -> None:
        """Let the terminal take nothing for a while."""
        self.terminal.pause(True)
        await asyncio.sleep(self.chance.uniform(0.5, 3.0))
        self.terminal.pause(False)

    async def resize(self) -> None:
        """Drag the corner of the window about."""
        for _ in range(self.chance.randint(5, 25)):
            self.terminal.resize(self.chance.randint(20, 200), self.chance.randint(5, 60))
            await asyncio.sleep(0.03)
        self.terminal.resize(COLUMNS, ROWS)

    async def suspend(self) -> None:
        """Stop the job, and continue it in the foreground."""
        os.kill(self._job, signal.SIGTSTP)
        self._stops += 1
        await self.program.sees(f"STOPPED {self._stops} SANE")
        await asyncio.sleep(self.chance.uniform(0.1, 2.0))
        self.terminal.type(b"\n")
        await self.program.sees("F1 menu")

    async def cancel(self) -> None:
        """Press Esc, and have what was cancelled back."""
        self.program.press(ESCAPE)
        await self.program.sees("F4 inserts it after all")
        self.program.press(BRING_BACK_KEY)


@dataclass(frozen=True)
class InjectedFault:
    """What happens in a round.

    Attributes:
        happens: What is done.
        deafens: Whether the microphone may hear nothing from then on.
        before: What is sent to Codex before the round, so that it works or asks.
    """

    happens: Callable[[FaultTrial], Awaitable[None]]
    deafens: bool = False
    before: str = ""


CANCELLED = "cancelled"
FAULTS = {
    "nothing": InjectedFault(FaultTrial.nothing),
    "microphone vanishes": InjectedFault(FaultTrial.vanish, deafens=True),
    "microphone unplugged": InjectedFault(FaultTrial.unplug, deafens=True),
    "sound server killed": InjectedFault(FaultTrial.crash, deafens=True),
    "sound server hesitates": InjectedFault(FaultTrial.hesitate),
    "sound server hangs": InjectedFault(FaultTrial.freeze, deafens=True),
    "microphone muted": InjectedFault(FaultTrial.mute, deafens=True),
    "Codex killed": InjectedFault(FaultTrial.kill_codex),
    "terminal clogged": InjectedFault(FaultTrial.clog),
    "window resized": InjectedFault(FaultTrial.resize),
    "suspended": InjectedFault(FaultTrial.suspend, deafens=True),
    CANCELLED: InjectedFault(FaultTrial.cancel, deafens=True),
    "Codex works": InjectedFault(FaultTrial.nothing, before="slow answer please"),
    "Codex asks": InjectedFault(FaultTrial.nothing, before="please approve this"),
}


async def play_round(trial: FaultTrial, name: str) -> tuple[str, Outcome]:
    """Play one round; return what was wrong with it, if anything, and what became of it."""
    fault, chance = FAULTS[name], trial.chance
    await trial.mend()
    del trial.terminal.output[:]
    if fault.before:
        turns = len(trial.codex.turns())
        trial.program.press(b"\x1b[200~" + fault.before.encode() + b"\x1b[201~\t")
        await asyncio.to_thread(trial.codex.wait_for_turns, turns + 1)
        if "approve" in fault.before:
            await trial.program.sees("Yes, proceed")
    messages = len(trial.codex.user_texts())
    known = {entry.id for entry in trial.program.journal()}
    await trial.listen()
    clip = chance.choice(CLIPS)
    seconds = len(read_wave(clip)) / SAMPLE_BYTES / SAMPLE_RATE
    moment = chance.choice((seconds, chance.uniform(min(LEAST_SPOKEN_SECONDS, seconds), seconds)))
    speaking = asyncio.create_task(trial.speak(clip))
    await asyncio.wait([speaking], timeout=None if moment == seconds else moment)
    await fault.happens(trial)
    await speaking
    # Who notices nothing ends the sentence sooner or later by the key.
    await asyncio.sleep(chance.uniform(0.3, 4.0))
    if name != CANCELLED:
        await trial.tap()
    if "Codex has ended" in trial.terminal.text():
        await trial.program.sees("r  restart")
        await asyncio.sleep(BETWEEN_TAPS_SECONDS)
        trial.program.press(b"r")
        await trial.program.sees("Ask Codex to do anything")
    await trial.deny()
    entry = await trial.settled(known, cancelled=name == CANCELLED)
    whole = not fault.deafens or moment == seconds or entry.text == EXPECTED[clip]
    wrong = await fault_of_round(
        trial,
        entry,
        heard=moment if fault.deafens else seconds,
        earlier=messages,
        may_act=whole and name != CANCELLED and CUT_SHORT.encode() not in trial.terminal.output,
    )
    print(
        f"{name}, {moment:.1f} of {seconds:.1f} s of {clip.stem}: {entry.audio_seconds:.1f} s, "
        f"{entry.outcome}, {entry.text!r}",
        flush=True,
    )
    await trial.program.clears_composer()
    return wrong, entry.outcome


async def fault_of_round(
    trial: FaultTrial, entry: Entry, heard: float, earlier: int, *, may_act: bool
) -> str:
    """Look where the utterance is; return what is wrong.

    Args:
        trial: Where it was said.
        entry: What the journal has of it.
        heard: So much of it was to be heard, in seconds.
        earlier: How many messages had reached Codex before it.
        may_act: Whether it may have been sent, or be a command.
    """
    wrong = []
    if entry.audio_seconds < heard - UNHEARD_SECONDS:
        wrong.append(f"lost sound: {entry.audio_seconds:.1f} of {heard:.1f} s")
    if entry.outcome in (Outcome.SENT, Outcome.QUEUED):
        if not await trial.reaches_codex(entry.text, earlier):
            wrong.append(f"lost words: {entry.text!r}")
    elif entry.outcome is Outcome.INSERTED:
        if squeezed(entry.text) not in squeezed(trial.terminal.text()):
            wrong.append(f"lost words: {entry.text!r}\n{trial.terminal.text()}")
    elif entry.outcome is not Outcome.COMMAND and heard > LEAST_SPOKEN_SECONDS:
        wrong.append(f"became {entry.outcome}: {entry.text!r}\n{trial.terminal.text()}")
    sent = trial.codex.user_texts()[earlier:]
    acted = len(sent) + (entry.outcome is Outcome.COMMAND)
    if acted > may_act:
        wrong.append(f"acted unasked: {entry.outcome}, {entry.text!r}, {sent}")
    if trial.codex.rules() or list(trial.codex.workdir.iterdir()):
        wrong.append("an approval was answered")
    return "; ".join(wrong)


def squeezed(text: str) -> str:
    """Return a text without blanks, for it may be wrapped on the screen."""
    return "".join(text.split())


async def soak(minutes: float, seed: int) -> int:
    """Play rounds for so many minutes, and print; return how many were bad."""
    chance = random.Random(seed)
    rounds: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    bad, memory = 0, []
    async with AsyncExitStack() as stack:
        microphone = stack.enter_context(virtual_microphone())
        codex = stack.enter_context(fake_codex())
        codex.settings.slow_seconds, codex.settings.shell_command = 3.0, "touch approved"
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        room = folder / "room.wav"
        with wave.open(str(room), "wb") as file:
            file.setparams((1, SAMPLE_BYTES, SAMPLE_RATE, 0, "NONE", ""))
            file.writeframes(noise(ROOM_SECONDS, ROOM_DBFS))
        command = [
            *JOB_SHELL,
            *codex_voice_command(codex, folder, CONFIG),
            *("--", "--sandbox", "read-only"),
        ]
        program = await stack.enter_async_context(running(codex, command))
        trial = FaultTrial(program, codex, microphone, room, chance)
        stack.callback(trial.close)
        await trial.begin()
        began = reported = time.monotonic()
        while (now := time.monotonic()) < began + 60 * minutes:
            name = chance.choice(list(FAULTS))
            rounds[name] += 1
            try:
                wrong, outcome = await play_round(trial, name)
                outcomes[str(outcome)] += 1
            except AssertionError as error:
                wrong = str(error)
            if wrong:
                bad += 1
                print(f"round {rounds.total()}, {name}: {wrong}", flush=True)
            if program.terminal.status.done():
                print(f"ended: {program.terminal.status.result()}")
                return bad
            if now > reported + 60:
                reported = now
                memory.append(program.resident())
                print(
                    f"{(now - began) / 60:5.1f} min  {memory[-1]:6.1f} MB  {rounds.total()} rounds"
                    f"  {bad} bad  {dict(outcomes)}  load {os.getloadavg()[0]:.2f}",
                    flush=True,
                )
    third = max(1, len(memory) // 3)
    print(f"{rounds.total()} rounds: {dict(rounds)}; {bad} bad; outcomes {dict(outcomes)}")
    print(
        f"memory, medians of the first and the last third: "
        f"{statistics.median(memory[:third]):.1f} and {statistics.median(memory[-third:]):.1f} MB"
    )
    return bad


def main() -> int:
    """Read the command line and soak; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    return 1 if asyncio.run(soak(options.minutes, options.seed)) else 0


if __name__ == "__main__":
    sys.exit(main())
