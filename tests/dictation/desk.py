"""A dictation whose sounds, orders and answers a test writes itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import cast

from codex_voice.audio.capture import Capture
from codex_voice.audio.events import (
    SpeechPaused,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.utterance import EndReason, Utterance
from codex_voice.config.schema import HistoryConfig, VoiceConfig
from codex_voice.dictation.dictation import Dictation
from codex_voice.dictation.state import Dictated, DictationState
from codex_voice.dictation.text_hook import TextHook
from codex_voice.language.registry import Command
from codex_voice.recordings.background_writer import BackgroundWriter
from codex_voice.recordings.journal import Journal
from codex_voice.speech.worker import RecognitionWorker, Recognized, SpeechEvent
from tests.audio.scripted import ScriptedSource
from tests.speech.test_worker import Obedient


class Orders:
    """Stands where the capture is, and notes what it is asked for."""

    def __init__(self, news: asyncio.Event) -> None:
        self.given: list[tuple[object, ...]] = []
        self._news = news

    def __getattr__(self, name: str) -> Callable[..., None]:
        def record(*arguments: object, **_options: object) -> None:
            self.given.append((name, *arguments))
            self._news.set()

        return record


class Desk:
    """A dictation whose sounds are the bytes of their text, and what came out of it."""

    def __init__(
        self, ear: Obedient, directory: Path, voice: VoiceConfig, hook: TextHook | None = None
    ) -> None:
        self.ear = ear
        self.texts: list[str] = []
        self.commands: list[Command] = []
        self.messages: list[str] = []
        self.warnings: list[str] = []
        self.dictations: list[Dictated] = []
        self.answers: list[str] = []
        self.list_length = 0
        self.chosen_numbers: list[int] = []
        self._news = asyncio.Event()
        self.orders = Orders(self._news)
        self._loop = asyncio.get_running_loop()
        self.worker = RecognitionWorker(lambda: ear, self._post)
        self.dictation = Dictation(
            cast("Capture", self.orders),
            self.worker,
            BackgroundWriter(Journal(directory, HistoryConfig(keep=False), print)),
            voice,
            ScriptedSource,
            self,
            hook=hook,
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
        async with asyncio.timeout(60):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def hears(self, text: str) -> None:
        """Wait until the recogniser has begun with this sound."""
        assert await asyncio.to_thread(self.ear.begun.get, timeout=60) == text

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
        self,
        name: str,
        text: str,
        *,
        complete: bool = True,
        prominence_db: float | None = None,
        reason: EndReason | None = None,
        continued: bool = False,
    ) -> None:
        """End the utterance, with nothing spoken after its last pause or with something."""
        utterance = Utterance(
            name,
            text.encode(),
            reason or (EndReason.ENDPOINT if complete else EndReason.FINISHED),
            started_at=0.0,
            speech_seconds=1.0,
            complete_at_pause=complete,
            continues=reason is EndReason.CUT,
            continued=continued,
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
        self.dictations.append(dictated)
        self._news.set()

    def commanded(self, command: Command) -> None:
        """Keep a command."""
        self.commands.append(command)
        self._news.set()

    def chosen(self, number: int) -> bool:
        """Take a number while a list is shown."""
        if 1 <= number <= self.list_length:
            self.chosen_numbers.append(number)
            return True
        return False

    def show_message(self, text: str) -> None:
        """Keep what the user is told."""
        self.messages.append(text)

    def warn(self, text: str) -> None:
        """Keep what the user is warned of, as long as that is true."""
        self.messages.append(text)
        self.warnings.append(text)

    def end_warning(self, text: str) -> None:
        """Forget a warning."""
        self.warnings.remove(text)

    def dictation_cancelled(self) -> None:
        """Keep that something was cancelled."""
        self.messages.append("Cancelled.")
