"""The menu rows about voice input: mode, microphone, model and history."""

from __future__ import annotations

import asyncio
from functools import partial

from codex_voice.audio.portaudio import list_microphones
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.config.settings import Settings
from codex_voice.dictation.voice_control import VoiceControl
from codex_voice.errors import CodexVoiceError
from codex_voice.language.phrases import users_phrasebook
from codex_voice.language.registry import COMMANDS, Command
from codex_voice.recordings.entry import Entry
from codex_voice.recordings.journal import Journal
from codex_voice.terminal.key_labels import describe_key
from codex_voice.ui.dialogs.choice import Choice, ChoiceScreen
from codex_voice.ui.dialogs.dialog import DialogHost
from codex_voice.ui.dialogs.history import HistoryAction, HistoryScreen, describe_entry
from codex_voice.ui.dialogs.microphone_screen import MicrophoneScreen
from codex_voice.ui.dialogs.model_menu import ModelMenu
from codex_voice.ui.dialogs.palette import Action
from codex_voice.ui.dialogs.settings_menu import MODES, change_setting
from codex_voice.ui.pane.terminal_pane import TerminalPane

SPOKEN_ONLY = frozenset(
    {
        # The first row of the menu does these.
        Command.START_RECORDING,
        Command.STOP_RECORDING,
        Command.MUTE,
        Command.UNMUTE,
        # Rows of their own.
        Command.HELP,
        Command.SETTINGS,
        Command.EXIT,
        # Codex has keys for these, and a decision is not taken in a list.
        Command.APPROVE,
        Command.DENY,
        Command.CANCEL,
        Command.NEW_LINE,
        Command.NEW_PARAGRAPH,
        Command.NEXT,
        Command.PREVIOUS,
        # Means something between spoken words only.
        Command.ESCAPE,
    }
)
"""Commands without a row in the palette."""


class VoiceMenu:
    """Shows the lists about voice input, and applies what is chosen in them.

    Args:
        host: The application.
        voice: Applies the choices.
        settings: The settings in force.
        pane: Copies.
    """

    def __init__(
        self,
        host: DialogHost,
        voice: VoiceControl,
        settings: Settings,
        pane: TerminalPane,
    ) -> None:
        self._host = host
        self._voice = voice
        self._settings = settings
        self._pane = pane
        self._models = ModelMenu(host, voice, settings)

    @property
    def _journal(self) -> Journal:
        return self._voice.dictation.recordings.journal

    def actions(self) -> list[Action]:
        """Return the actions for the palette."""
        state = self._voice.dictation.state
        if state.mode == "push_to_talk":
            talk = "Stop listening" if self._voice.dictation.listening else "Start listening"
        else:
            talk = "Unmute" if state.muted else "Mute"
        key = describe_key(self._settings.config.keys.talk)
        return [
            Action(talk, self._toggle_talk, key=key, group="voice"),
            Action("Voice mode", self._choose_mode, value=MODES[state.mode], group="voice"),
            *self.device_actions(),
            Action("History", self._show_history, group="voice"),
            *self._command_actions(),
        ]

    def device_actions(self) -> list[Action]:
        """Return the actions that choose the microphone and the model."""
        state = self._voice.dictation.state
        microphone = state.microphone or "default"
        model = "none" if state.model_trouble else f"{state.model} ({state.model_description})"
        return [
            Action("Microphone", self._choose_microphone, value=microphone, group="voice"),
            Action("Speech model", self._models.choose, value=model, group="voice"),
        ]

    def _command_actions(self) -> list[Action]:
        """Return the spoken commands that a hand on the keyboard may want too."""
        book = users_phrasebook(
            self._settings.config.whisper.language, self._settings.config.language.phrases
        )
        return [
            Action(
                entry.help,
                partial(self._run_command, entry.command),
                key=describe_key(entry.key_name(self._settings.config.keys)),
                phrase=book.first(entry.command),
                group="command",
            )
            for entry in COMMANDS
            if entry.command not in SPOKEN_ONLY
        ]

    async def _run_command(self, command: Command) -> None:
        self._voice.commanded(command)

    async def _toggle_talk(self) -> None:
        self._voice.dictation.toggle()

    async def _choose_mode(self) -> None:
        current = self._voice.dictation.state.mode
        choices = [Choice(label, mode, current=mode == current) for mode, label in MODES.items()]
        mode = await self._host.show(ChoiceScreen("Voice mode", choices))
        if mode is None:
            return
        change_setting(self._host, self._settings, "voice", "mode", mode)
        # Something said may have changed the mode, and not the setting.
        if self._voice.dictation.state.mode != mode:
            self._voice.dictation.use_mode(mode)

    async def _choose_microphone(self) -> None:
        try:
            # A sound server that hangs must not hold up the screen.
            found = await asyncio.to_thread(list_microphones)
        except CodexVoiceError as error:
            self._host.show_message(str(error))
            return
        names = [microphone.name for microphone in found]
        name = await self._host.show(MicrophoneScreen(names, self._voice.microphone, Microphone))
        if name is not None:
            # At once, also where it is the one that is configured: its device may have come back.
            self._voice.use_microphone(name)
            change_setting(self._host, self._settings, "audio", "device", name)

    async def _show_history(self, position: int = 0) -> None:
        entries = await asyncio.to_thread(self._journal.entries)
        choice = await self._host.show(HistoryScreen(entries, position))
        if choice is None:
            return
        entry = choice.entry
        try:
            match choice.action:
                case HistoryAction.INSERT:
                    await self._voice.insert_again(entry)
                case HistoryAction.COPY:
                    self._pane.copy(entry.text)
                case HistoryAction.PLAY:
                    await self._voice.play_back(entry.id)
                case HistoryAction.RETRY:
                    await self._voice.recognize_again(entry.id)
                case HistoryAction.DELETE:
                    await self._delete(entry)
                    await self._show_history(entries.index(entry))
        except CodexVoiceError as error:
            self._host.show_message(str(error))

    async def _delete(self, entry: Entry) -> None:
        choices = [Choice("Keep it", False), Choice("Delete it for good", True)]
        title = "Delete this recording?"
        if await self._host.show(ChoiceScreen(title, choices, describe_entry(entry))):
            await asyncio.to_thread(self._journal.delete, entry.id)
