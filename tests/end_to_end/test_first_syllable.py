"""Who speaks before the key, or right after the sentence before, is heard from the first sound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from codex_voice.audio.sources.microphone import Microphone
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.practice.recordings import model_path
from codex_voice.speech.engines.whisper import WhisperRecognizer
from tests.audio.scripted import frames, noise
from tests.end_to_end.conftest import CLIPS, TALK_KEY, Person, Start
from tests.support.whisper_server import WhisperServer, is_loud, sentences

pytestmark = [pytest.mark.codex, pytest.mark.microphone, pytest.mark.usefixtures("room")]

VOICE = next(sentences(read_wave(CLIPS / "10_espeak_print_the_size.wav")))
TEXT = "Print the size."
# 80 ms: the whole "P". 300 ms are kept of what came before the key; the other 220 ms are for a
# machine that is slow to bring the key.
FRAMES_BEFORE_THE_KEY = 4


@asynccontextmanager
async def when_spoken(count: int, act: Callable[[], None]) -> AsyncIterator[None]:
    """Do something as soon as so many frames (20 ms) of a voice have been in the microphone."""
    loop = asyncio.get_running_loop()
    left = count

    def listen(frame: bytes) -> None:
        nonlocal left
        left -= is_loud(frame)
        if left == 0:
            left = -1
            loop.call_soon_threadsafe(act)

    microphone = Microphone("")
    await asyncio.to_thread(microphone.open, listen)
    try:
        yield
    finally:
        await asyncio.to_thread(microphone.close)


async def is_heard(person: Person, model: str) -> None:
    """Wait for Codex, the model and the microphone."""
    await person.sees("Ask Codex to do anything")
    await person.sees("● idle")
    await person.sees(f"│ {model}")
    await person.sees("mic default")


async def test_a_microphone_kept_open_heard_what_was_said_before_the_key(start: Start) -> None:
    """The key comes when "Pr" is said; what comes after it alone would be another sentence."""
    spoken = frames(VOICE)
    begun = next(place for place, frame in enumerate(spoken) if is_loud(frame))
    without = b"".join(spoken[begun + FRAMES_BEFORE_THE_KEY :])
    recognizer = WhisperRecognizer(model_path())
    assert recognizer.transcribe(noise(0.3, -70) + without + noise(0.3, -70)).text != TEXT
    recognizer.close()
    person = await start(config="[audio]\nkeep_open = true\n")
    await is_heard(person, "mini.en-q8_0")
    async with when_spoken(FRAMES_BEFORE_THE_KEY, lambda: person.press(TALK_KEY)):
        await person.speaks(noise(0.5, -70) + VOICE)
        await person.inserts(TEXT)


async def test_in_hands_free_no_pause_between_sentences_costs_a_sound(start: Start) -> None:
    """Also when the next sentence begins in the moment in which the one before is over."""
    pauses = [0.5, 0.68, 0.72, 0.76, 1.1, 1.1]
    breath = b"".join(VOICE + noise(pause, -70) for pause in pauses)
    with WhisperServer() as server:
        config = f'[whisper]\nserver_url = "{server.url}"\n[voice]\nmode = "hands_free"\n'
        person = await start(config=config, columns=160)
        await is_heard(person, "server 127.0.0.1")
        await person.speaks(breath)
        await person.inserts(" ".join([TEXT] * len(pauses)))
    assert len(person.journal().entries()) > 1
