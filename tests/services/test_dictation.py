"""Orders of events that real sound does not produce whenever a test wants them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from operator import contains
from pathlib import Path
from typing import cast

import pytest

from codex_voice.audio.capture import Capture
from codex_voice.audio.events import (
    Cancelled,
    Closed,
    Opened,
    PartialAudio,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.utterance import EndReason, Utterance
from codex_voice.config import HistoryConfig, VoiceConfig
from codex_voice.errors import ModelMissing
from codex_voice.language.commands import Command
from codex_voice.services.archive import Archive
from codex_voice.services.dictation import Dictation
from codex_voice.services.dictation_state import Dictated, DictationState, Phase
from codex_voice.speech.journal import Journal
from codex_voice.speech.worker import ModelFailed, RecognitionWorker, Recognized, SpeechEvent
from tests.audio.scripted import ScriptedSource
from tests.speech.test_worker import Obedient


class Orders:
    """Stands where the capture is, and notes what it is asked for."""

    def __init__(self, news: asyncio.Event) -> None:
        self.given: list[tuple[object, ...]] = []
        self._news = news

    def __getattr__(self, name: str) -> Callable[..., None]:
        def take(*arguments: object, **_options: object) -> None:
            self.given.append((name, *arguments))
            self._news.set()

        return take


class Desk:
    """A dictation whose sounds are the bytes of their text, and what came out of it."""

    def __init__(self, ear: Obedient, directory: Path, voice: VoiceConfig) -> None:
        self.ear = ear
        self.texts: list[str] = []
        self.commands: list[Command] = []
        self.told: list[str] = []
        self.answers: list[str] = []
        self._news = asyncio.Event()
        self.orders = Orders(self._news)
        self._loop = asyncio.get_running_loop()
        self.worker = RecognitionWorker(lambda: ear, self._post)
        self.dictation = Dictation(
            cast("Capture", self.orders),
            self.worker,
            Archive(Journal(directory, HistoryConfig(keep=False), print)),
            voice,
            ScriptedSource,
            self,
        )

    def _post(self, event: SpeechEvent) -> None:
        self._loop.call_soon_threadsafe(self._handle, event)

    def _handle(self, event: SpeechEvent) -> None:
        self.dictation.handle(event)
        if isinstance(event, Recognized):
            self.answers.append(event.transcript.text)
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition; looks after every answer of the recogniser and every order."""
        async with asyncio.timeout(10):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def hears(self, text: str) -> None:
        """Wait until the recogniser has begun with this sound."""
        assert await asyncio.to_thread(self.ear.begun.get, timeout=10) == text

    def state(self) -> DictationState:
        """Return what the screen would show."""
        return self.dictation.state

    def starts(self, name: str) -> None:
        """Begin to speak an utterance."""
        self.dictation.handle(SpeechStarted(name))

    def pauses(self, name: str, text: str) -> None:
        """Fall silent after this."""
        self.dictation.handle(SpeechPaused(name, text.encode()))

    def ends(
        self, name: str, text: str, *, complete: bool = True, prominence_db: float | None = None
    ) -> None:
        """End the utterance, with nothing spoken after its last pause or with something."""
        utterance = Utterance(
            name,
            text.encode(),
            EndReason.ENDPOINT if complete else EndReason.FINISHED,
            started_at=0.0,
            speech_seconds=1.0,
            complete_at_pause=complete,
            prominence_db=prominence_db,
        )
        self.dictation.handle(UtteranceEnded(utterance))

    # DictationListener

    def dictation_changed(self, state: DictationState) -> None:
        """Look again: the state has changed."""
        self._news.set()

    def dictation_began(self) -> None:
        """Take note of nothing."""

    def dictated(self, dictated: Dictated) -> None:
        """Keep a text."""
        self.texts.append(dictated.text)

    def commanded(self, command: Command) -> None:
        """Keep a command."""
        self.commands.append(command)

    def tell(self, text: str) -> None:
        """Keep what the user is told."""
        self.told.append(text)

    warn = tell


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Return a dictation whose recogniser is ready and waits for leave to finish."""
    ear = Obedient()
    desk = Desk(ear, tmp_path, VoiceConfig(command_silence_ms=200))
    await desk.until(lambda: desk.dictation.state.model_description == "test")
    ear.hold()
    yield desk
    ear.may_finish.set()
    await desk.dictation.close()


async def test_a_text_that_is_ready_is_there_the_moment_the_utterance_ends(desk: Desk) -> None:
    """What was recognised in the pause is not recognised again."""
    desk.starts("a")
    desk.pauses("a", "Print the size.")
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.answers == ["Print the size."])
    assert desk.texts == []
    desk.ends("a", "Print the size.")
    assert desk.texts == ["Print the size."]


async def test_a_text_that_is_not_ready_is_awaited(desk: Desk) -> None:
    """The utterance ends while it is being recognised: that goes on, and happens once."""
    desk.starts("a")
    desk.pauses("a", "Print the size.")
    await desk.hears("Print the size.")
    desk.ends("a", "Print the size.")
    assert desk.state().phase is Phase.TRANSCRIBING
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.texts == ["Print the size."])
    assert desk.state().phase is Phase.IDLE
    assert desk.ear.begun.empty()


async def test_speech_that_goes_on_drops_the_text_of_the_pause(desk: Desk) -> None:
    """Half a sentence is never inserted, whenever its text arrives."""
    desk.starts("a")
    desk.pauses("a", "Print")
    await desk.hears("Print")
    desk.dictation.handle(SpeechResumed("a"))
    desk.ear.may_finish.set()
    desk.pauses("a", "Print the size.")
    desk.ends("a", "Print the size.")
    await desk.until(lambda: bool(desk.texts))
    assert desk.texts == ["Print the size."]
    assert "Print" not in desk.answers


async def test_what_a_key_ended_in_the_middle_of_a_word_is_heard_to_its_end(desk: Desk) -> None:
    """The text of the pause is not trusted where something came after it."""
    desk.starts("a")
    desk.pauses("a", "Print the")
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.answers == ["Print the"])
    desk.ends("a", "Print the size.", complete=False)
    await desk.until(lambda: desk.texts == ["Print the size."])


async def test_a_text_arrives_while_the_next_utterance_is_spoken(desk: Desk) -> None:
    """The first text is passed on, and the second utterance goes on being captured."""
    desk.starts("a")
    desk.pauses("a", "First.")
    desk.ends("a", "First.")
    desk.starts("b")
    assert desk.dictation.speaking
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.texts == ["First."])
    assert desk.dictation.speaking
    desk.pauses("b", "Second.")
    desk.ends("b", "Second.")
    await desk.until(lambda: desk.texts == ["First.", "Second."])


async def test_a_slow_recogniser_loses_no_utterance(desk: Desk) -> None:
    """Three utterances are spoken before the first is recognised: three texts, in order."""
    for name, text in (("a", "First."), ("b", "Second."), ("c", "Third.")):
        desk.starts(name)
        desk.pauses(name, text)
        desk.ends(name, text, complete=name != "c")
    await desk.hears("First.")
    desk.ear.may_finish.set()
    await desk.until(lambda: len(desk.texts) == 3)
    assert desk.texts == ["First.", "Second.", "Third."]


async def test_a_cancelled_utterance_is_not_recognised_to_its_end(desk: Desk) -> None:
    """The recogniser is free for the next one at once."""
    desk.starts("a")
    desk.pauses("a", "Never mind.")
    await desk.hears("Never mind.")
    desk.dictation.handle(Cancelled("a"))
    desk.starts("b")
    desk.pauses("b", "Print the size.")
    await desk.hears("Print the size.")
    desk.ends("b", "Print the size.")
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.texts == ["Print the size."])


async def test_a_command_ends_sooner_than_a_dictation(desk: Desk) -> None:
    """The pause after a command is cut short; the utterance still ends as any other."""
    desk.starts("a")
    desk.pauses("a", "Send message.")
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.answers == ["Send message."])
    await asyncio.sleep(0)
    assert ("endpoint", "a") in desk.orders.given
    assert desk.commands == []
    desk.ends("a", "Send message.")
    assert desk.commands == [Command.SEND]
    assert desk.texts == []


async def test_an_old_closing_ends_no_new_utterance(desk: Desk) -> None:
    """The microphone of the last utterance may close after the key was pressed again."""
    desk.dictation.listen()
    desk.dictation.handle(Closed())
    desk.dictation.handle(Opened("microphone", 0.05))
    assert desk.state().phase is Phase.LISTENING


async def test_without_a_model_nobody_speaks_in_vain(desk: Desk) -> None:
    """A model that cannot be loaded leaves the one before it at work; without any, one is told."""
    error = ModelMissing("no speech model", "codex-voice models get base.en")
    desk.dictation.handle(ModelFailed(error))
    assert str(error) in desk.told
    desk.dictation.listen()
    assert desk.dictation.listening
    assert desk.state().model == "obedient"


async def test_a_recording_played_while_somebody_speaks_is_heard_whole(desk: Desk) -> None:
    """What was being said is given up, and its end is not taken for the recording's."""
    desk.starts("spoken")
    desk.dictation.play(ScriptedSource)
    desk.dictation.handle(Cancelled("spoken"))
    assert desk.state().playing
    desk.dictation.handle(Opened("recording", 0.0))
    desk.starts("played")
    desk.ends("played", "Print the size.")
    assert not desk.state().playing
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.texts == ["Print the size."])


def _recorded(desk: Desk, name: str) -> Journal:
    """Have a recording of an utterance in the journal."""
    journal = desk.dictation.archive.journal
    journal.keep = True
    journal.begin(name)
    journal.append(name, bytes(640))
    journal.finish(name)
    return journal


async def test_what_is_no_louder_than_the_room_is_kept_and_not_inserted(desk: Desk) -> None:
    """It is in the history with its text, in case it was meant; commands are not carried out."""
    journal = _recorded(desk, "a")
    desk.ear.may_finish.set()
    desk.dictation.use_mode("hands_free")
    for text in ("Send message.", "Print the size."):
        desk.starts("a")
        desk.ends("a", text, prominence_db=1.0)
        await desk.until(partial(contains, desk.answers, text))
    assert (desk.texts, desk.commands) == ([], [])
    assert desk.told == ["Not louder than the room: kept in the history."] * 2
    desk.starts("b")
    desk.ends("b", "Open the readme.", prominence_db=10.0)
    await desk.until(lambda: desk.texts == ["Open the readme."])
    await desk.dictation.close()
    assert [(entry.text, entry.outcome) for entry in journal.entries()] == [
        ("Print the size.", "overheard")
    ]


async def test_words_that_nobody_said_are_not_told_to_be_too_soft(desk: Desk) -> None:
    """A sound without words is forgotten, however loud."""
    journal = _recorded(desk, "a")
    desk.ear.may_finish.set()
    desk.dictation.use_mode("hands_free")
    desk.starts("a")
    desk.ends("a", "", prominence_db=1.0)
    await desk.until(lambda: desk.answers == [""])
    await desk.dictation.close()
    assert desk.told == []
    assert journal.entries() == []


async def test_the_wake_phrase_is_heard_in_any_room(desk: Desk) -> None:
    """Whoever says it is talking to us, and so is the rest of the same breath."""
    desk.ear.may_finish.set()
    desk.dictation.use_mode("wake_word")
    desk.starts("a")
    desk.ends("a", "Hey Codex, print the size.", prominence_db=1.0)
    await desk.until(lambda: desk.texts == ["print the size."])


async def test_partial_texts_go_on_after_a_pause(desk: Desk) -> None:
    """The pause aborts the one that runs, and an aborted one asks for no other."""
    desk.starts("a")
    desk.dictation.handle(PartialAudio("a", b"Print"))
    await desk.hears("Print")
    desk.pauses("a", "Print")
    await desk.hears("Print")
    desk.orders.given.clear()
    desk.dictation.handle(SpeechResumed("a"))
    await desk.until(lambda: ("snapshot",) in desk.orders.given)
