"""The menu and its lists: everything that can be done, with the keys and words for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from textual.screen import Screen

from codex_voice.agent.composer import Composer
from codex_voice.audio.microphone import list_microphones
from codex_voice.audio.playback import play
from codex_voice.config import Mode
from codex_voice.errors import AudioError, CodexVoiceError, SpeechError
from codex_voice.language.commands import OTHER_PHRASES, Command
from codex_voice.practice.recordings import recordings
from codex_voice.services.dictation import Dictation
from codex_voice.services.launch import Launch
from codex_voice.services.voice import microphone_called, recognizer_of
from codex_voice.speech.models import find_models, name_of, resolve
from codex_voice.speech.whisper_library import GPU_REMEDY
from codex_voice.ui.choice import Choice, ChoiceScreen
from codex_voice.ui.history import HistoryAction, HistoryScreen
from codex_voice.ui.key_names import describe_key
from codex_voice.ui.pane import TerminalPane
from codex_voice.ui.question import QuestionScreen
from codex_voice.ui.voice_control import VoiceControl

Result = TypeVar("Result")
Deed = Callable[[], Awaitable[None]]

MODES: dict[Mode, str] = {
    "push_to_talk": "Push to talk",
    "hands_free": "Hands-free",
    "wake_word": "Wake word",
}


class Stage(Protocol):
    """What the menus need of the application."""

    async def show(self, screen: Screen[Result]) -> Result | None:
        """Show a dialog and return its answer."""

    def tell(self, text: str) -> None:
        """Show one line."""

    def play(self, recording: Path) -> None:
        """Play a recording, as if it were spoken."""

    async def restart_codex(self) -> None:
        """End Codex, if it runs, and start it anew."""

    async def enter_practice(self) -> None:
        """End, and begin again in practice mode."""

    async def quit(self) -> None:
        """End Codex, and the application."""


class Menus:
    """Shows the menus and does what is chosen in them.

    Args:
        stage: The application.
        launch: What was found, and what is wanted.
        pane: Scrolls, searches and copies.
        composer: Holds the texts that wait.
    """

    def __init__(
        self,
        stage: Stage,
        launch: Launch,
        pane: TerminalPane,
        composer: Composer,
    ) -> None:
        self.voice: VoiceControl | None = None
        self._stage = stage
        self._launch = launch
        self._pane = pane
        self._composer = composer

    async def show(self) -> None:
        """Show everything that can be done, and do what is chosen."""
        await self._choose("codex-voice", [*self._voice_choices(), *self._other_choices()])

    @property
    def _dictation(self) -> Dictation | None:
        return self.voice.dictation if self.voice is not None else None

    async def confirm_quit(self) -> None:
        """Quit if the user says yes."""
        stay: Choice[Deed | None] = Choice("Stay", None)
        await self._choose("Quit?", [Choice("Quit, and end Codex", self._stage.quit), stay])

    async def show_commands(self) -> None:
        """Show what one can say."""
        lines = [
            " · ".join((command.value, *OTHER_PHRASES.get(command, ()))) for command in Command
        ]
        await self._stage.show(
            ChoiceScreen("What one can say", [Choice("Back", None)], "\n".join(lines))
        )

    async def _choose(self, title: str, choices: list[Choice[Deed | None]]) -> None:
        screen: ChoiceScreen[Deed | None] = ChoiceScreen(title, choices)
        deed = await self._stage.show(screen)
        if deed is not None:
            await deed()

    def _voice_choices(self) -> list[Choice[Deed | None]]:
        if self._dictation is None:
            return []
        voice = self._dictation.state
        key = describe_key(self._launch.config.keys.talk)
        if voice.mode == "push_to_talk":
            talk = "Stop listening" if self._dictation.listening else "Start listening"
        else:
            talk = "Unmute" if voice.muted else "Mute"
        model = "none" if voice.model_trouble else f"{voice.model} ({voice.model_description})"
        return [
            Choice(f"{talk} ({key})", self._toggle_talk),
            Choice(f"How to talk: {MODES[voice.mode]}", self._choose_mode),
            Choice(f"Microphone: {voice.microphone or 'default'}", self._choose_microphone),
            Choice(f"Speech model: {model}", self._choose_model),
            Choice("History of what was said", self._show_history),
        ]

    def _other_choices(self) -> list[Choice[Deed | None]]:
        choices: list[Choice[Deed | None]] = []
        if self._composer.held:
            count = len(self._composer.held)
            choices.append(Choice(f"Texts that wait ({count})", self._show_held))
        if self._launch.practice:
            choices.append(Choice("Speak a recording", self._choose_recording))
        choices += [
            Choice("Search what scrolled by", self._search),
            Choice("What one can say", self.show_commands),
            Choice("Restart Codex", self._stage.restart_codex),
        ]
        if not self._launch.practice:
            choices.append(Choice("Practice mode", self._stage.enter_practice))
        return [*choices, Choice("Quit", self.confirm_quit)]

    # The voice

    async def _toggle_talk(self) -> None:
        if self._dictation is not None:
            self._dictation.toggle()

    async def _choose_mode(self) -> None:
        choices = [Choice(label, mode) for mode, label in MODES.items()]
        mode = await self._stage.show(ChoiceScreen("How to talk", choices))
        if mode is not None and self._dictation is not None:
            self._dictation.use_mode(mode)

    async def _choose_microphone(self) -> None:
        try:
            found = await asyncio.to_thread(list_microphones)
        except AudioError as error:
            self._stage.tell(str(error))
            return
        choices = [Choice("The system's default", "")]
        choices += [Choice(microphone.name, microphone.name) for microphone in found]
        name = await self._stage.show(ChoiceScreen("Microphone", choices))
        if name is not None and self._dictation is not None:
            self._dictation.use_microphone(microphone_called(name))

    async def _choose_model(self) -> None:
        found = await asyncio.to_thread(find_models)
        if not found:
            self._stage.tell("No speech model on this machine: codex-voice models get base.en")
            return
        choices = [
            Choice(f"{model.name}  {model.path.parent}", model.path, bool(model.problem))
            for model in found
        ]
        path = await self._stage.show(ChoiceScreen("Speech model", choices, GPU_REMEDY))
        if path is not None:
            self._use_model(lambda: path, name_of(path))

    async def _choose_recording(self) -> None:
        choices = [Choice(recording.text, recording) for recording in recordings()]
        recording = await self._stage.show(ChoiceScreen("Speak a recording", choices))
        if recording is not None:
            self._stage.play(recording.path)

    # What was said

    async def _show_history(self) -> None:
        if self._dictation is None:
            return
        journal = self._dictation.archive.journal
        entries = await asyncio.to_thread(journal.entries)
        choice = await self._stage.show(HistoryScreen(entries))
        if choice is None:
            return
        entry = choice.entry
        match choice.action:
            case HistoryAction.INSERT:
                await self._composer.insert(entry.text, label=entry.id)
            case HistoryAction.COPY:
                self._pane.copy(entry.text)
            case HistoryAction.DELETE:
                await asyncio.to_thread(journal.discard, entry.id)
                await self._show_history()
            case HistoryAction.PLAY:
                await self._play_back(entry.id)
            case HistoryAction.RETRY:
                await self._retry(entry.id)

    async def _play_back(self, entry_id: str) -> None:
        if self._dictation is None:
            return
        try:
            pcm = await asyncio.to_thread(self._dictation.archive.journal.read_pcm, entry_id)
            await asyncio.to_thread(play, pcm)
        except CodexVoiceError as error:
            self._stage.tell(str(error))

    async def _retry(self, entry_id: str) -> None:
        """Recognise a recording again, with the model that is configured for that."""
        dictation = self._dictation
        if dictation is None:
            return
        try:
            pcm = await asyncio.to_thread(dictation.archive.journal.read_pcm, entry_id)
        except CodexVoiceError as error:
            self._stage.tell(str(error))
            return
        larger = self._launch.config.whisper.retry_model
        if larger:
            self._use_model(lambda: resolve(larger), larger)
        dictation.recognize_again(entry_id, pcm)
        if larger:
            # The recogniser takes its orders one after the other.
            self._use_model(self._launch.find_model, "")

    def _use_model(self, find_model: Callable[[], Path | SpeechError], name: str) -> None:
        if self.voice is not None:
            whisper = self._launch.config.whisper
            load = recognizer_of(find_model, whisper, self.voice.tell_error)
            self.voice.dictation.use_model(load, name)

    async def _show_held(self) -> None:
        waiting = self._composer.held
        retry: Choice[int] = Choice("Type the first one again", -1)
        drops = [Choice(f"Drop “{held.text}”", place) for place, held in enumerate(waiting)]
        place = await self._stage.show(ChoiceScreen("Texts that wait", [retry, *drops]))
        if place == -1:
            self._composer.retry()
        elif place is not None:
            self._composer.drop(waiting[place])

    async def _search(self) -> None:
        text = await self._stage.show(QuestionScreen("Search", "what to look for"))
        if not text:
            return
        count = self._pane.find(text)
        if count:
            self._pane.find_next()
        self._stage.tell(f"{count} matches for “{text}”" if count else f"No “{text}” to be found.")
