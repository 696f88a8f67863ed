"""The menu: every action, with its key and its spoken form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from codex_voice.agent.composer import Composer
from codex_voice.config.settings import Settings
from codex_voice.language.phrases import users_phrasebook
from codex_voice.language.registry import Command
from codex_voice.practice.recordings import recordings
from codex_voice.session.launch import Launch
from codex_voice.ui.dialogs.choice import Choice, ChoiceScreen
from codex_voice.ui.dialogs.command_help import command_help
from codex_voice.ui.dialogs.dialog import DialogHost
from codex_voice.ui.dialogs.palette import Action, PaletteScreen
from codex_voice.ui.dialogs.search import SearchScreen
from codex_voice.ui.dialogs.settings_menu import SettingsMenu
from codex_voice.ui.pane.terminal_pane import TerminalPane

GROUPS = ("voice", "app", "command")
"""The order of the groups in the palette."""


_ENDS_CODEX = "Codex ends. What stands unsent in its composer is lost; what waits here is kept."
_ENDS_FOR_PRACTICE = (
    "Codex ends. What stands unsent in its composer is lost; leaving practice mode goes on with "
    "this session."
)


class MenuHost(DialogHost, Protocol):
    """What the menus need of the application."""

    def play(self, recording: Path) -> None:
        """Play a recording, as if it were spoken."""

    @property
    def can_resume(self) -> bool:
        """Whether Codex has a session that a new start can go on with."""

    @property
    def can_leave_practice(self) -> bool:
        """Whether there is a Codex to go back to."""

    async def restart_codex(self, resume: bool) -> None:
        """End Codex, if it runs, and start it again, with its session if wanted."""

    async def enter_practice(self) -> None:
        """End the application, and run it again in practice mode."""

    async def leave_practice(self) -> None:
        """End practice mode, and run the application again with Codex."""

    async def quit(self) -> None:
        """End Codex, and the application."""


class Menus:
    """Shows the menus and runs what is chosen in them.

    Args:
        host: The application.
        launch: Whether this is practice mode, and whether voice input is on.
        settings: The settings in force.
        pane: Scrolls, searches and copies.
        composer: Holds the texts that Codex cannot take yet.
    """

    def __init__(
        self,
        host: MenuHost,
        launch: Launch,
        settings: Settings,
        pane: TerminalPane,
        composer: Composer,
    ) -> None:
        self.voice_actions: Callable[[], list[Action]] = list
        """Returns the actions of voice input, once it has loaded."""
        self._host = host
        self._launch = launch
        self._settings = settings
        self.settings_menu = SettingsMenu(host, settings)
        """The settings screen."""
        self._pane = pane
        self._composer = composer

    async def show(self) -> None:
        """Show every action, and run the one that is chosen."""
        actions = [*self.voice_actions(), *self._other_actions()]
        actions.sort(key=lambda action: GROUPS.index(action.group))
        action = await self._host.show(PaletteScreen("codex-voice", actions))
        if action is not None and action.run is not None:
            await action.run()

    async def run(self, name: str) -> None:
        """Run the action that a part of the status bar stands for, or show the menu."""
        labels = {"microphone": "Microphone", "model": "Speech model", "held": "Held texts"}
        actions = [*self.voice_actions(), *self._other_actions()]
        run = next((each.run for each in actions if each.label == labels.get(name)), self.show)
        if run is not None:
            await run()

    async def confirm_quit(self) -> None:
        """Quit if the user says yes."""
        if await self._confirm("Quit?", "Quit, and end Codex", "Stay"):
            await self._host.quit()

    async def restart_codex(self) -> None:
        """Restart Codex, with its session or without it, if the user says so."""
        choices = [Choice("Not now", "")]
        if self._host.can_resume:
            choices.append(Choice("Restart, and go on with this session", "resume"))
        choices.append(Choice("Restart with a new session", "new"))
        chosen = await self._host.show(ChoiceScreen("Restart Codex?", choices, _ENDS_CODEX))
        if chosen:
            await self._host.restart_codex(resume=chosen == "resume")

    async def enter_practice(self) -> None:
        """Go to practice mode if the user says so."""
        if await self._confirm_end("Practice mode?", "End Codex, and practise", _ENDS_FOR_PRACTICE):
            await self._host.enter_practice()

    async def leave_practice(self) -> None:
        """Go back to Codex."""
        await self._host.leave_practice()

    async def _confirm_end(self, title: str, yes: str, explanation: str) -> bool:
        """Ask before Codex is ended; the first row, which a stray Enter takes, changes nothing."""
        choices: list[Choice[object]] = [Choice("Not now", False), Choice(yes, True)]
        return bool(await self._host.show(ChoiceScreen(title, choices, explanation)))

    async def show_commands(self) -> None:
        """Show the spoken commands."""
        await self._host.show(command_help(self._settings.config, voice=self._launch.voice))

    async def _confirm(self, title: str, yes: str, no: str, explanation: str = "") -> bool:
        """Ask before something that cannot be undone; the first row does it."""
        choices: list[Choice[object]] = [Choice(yes, True), Choice(no, False)]
        return bool(await self._host.show(ChoiceScreen(title, choices, explanation)))

    def _other_actions(self) -> list[Action]:
        actions: list[Action] = []
        if self._composer.held:
            count = str(len(self._composer.held))
            actions.append(Action("Held texts", self._show_held, value=count, group="voice"))
        if self._launch.practice:
            actions.append(Action("Speak a recording", self._choose_recording, group="voice"))
        actions += [
            Action("Search scrollback", self._search, group="app"),
            Action(
                "Voice commands", self.show_commands, phrase=self._phrase(Command.HELP), group="app"
            ),
            Action("Settings", self.settings_menu.show, group="app"),
            Action("Restart Codex", self.restart_codex, group="app"),
        ]
        if not self._launch.practice:
            actions.append(Action("Practice mode", self.enter_practice, group="app"))
        elif self._host.can_leave_practice:
            actions.append(Action("Leave practice mode", self.leave_practice, group="app"))
        quit_phrase = self._phrase(Command.EXIT)
        return [*actions, Action("Quit", self.confirm_quit, phrase=quit_phrase, group="app")]

    def _phrase(self, command: Command) -> str:
        """Return what can be said for a command; "" where nothing can be said."""
        if not self._launch.voice:
            return ""
        return users_phrasebook(
            self._settings.config.whisper.language, self._settings.config.language.phrases
        ).first(command)

    async def _choose_recording(self) -> None:
        choices = [Choice(recording.text, recording) for recording in recordings()]
        recording = await self._host.show(ChoiceScreen("Speak a recording", choices))
        if recording is not None:
            self._host.play(recording.path)

    async def _show_held(self) -> None:
        held_texts = self._composer.held
        retry: Choice[int] = Choice("Type the first one again", -1)
        drops = [Choice(f"Drop “{held.text}”", index) for index, held in enumerate(held_texts)]
        index = await self._host.show(ChoiceScreen("Held texts", [retry, *drops]))
        if index == -1:
            self._composer.retry()
        elif index is not None:
            self._composer.drop(held_texts[index])

    async def _search(self) -> None:
        await self._host.show(SearchScreen(self._pane))
