"""The menu: every action, with its key and its spoken form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from textual.screen import Screen

from codex_voice.agent.composer import Composer
from codex_voice.language.phrases import phrasebook
from codex_voice.language.registry import COMMANDS
from codex_voice.practice.recordings import recordings
from codex_voice.session.launch import Launch
from codex_voice.ui.dialogs.choice import Choice, ChoiceScreen
from codex_voice.ui.dialogs.question import QuestionScreen
from codex_voice.ui.pane.terminal_pane import TerminalPane

Result = TypeVar("Result")
Handler = Callable[[], Awaitable[None]]


class MenuHost(Protocol):
    """What the menus need of the application."""

    async def show(self, screen: Screen[Result]) -> Result | None:
        """Show a dialog and return its answer."""

    def show_message(self, text: str) -> None:
        """Show one line."""

    def play(self, recording: Path) -> None:
        """Play a recording, as if it were spoken."""

    async def restart_codex(self) -> None:
        """End Codex, if it runs, and start it again."""

    async def enter_practice(self) -> None:
        """End the application, and run it again in practice mode."""

    async def quit(self) -> None:
        """End Codex, and the application."""


class Menus:
    """Shows the menus and runs what is chosen in them.

    Args:
        host: The application.
        launch: The configuration, and whether this is practice mode.
        pane: Scrolls, searches and copies.
        composer: Holds the texts that Codex cannot take yet.
    """

    def __init__(
        self,
        host: MenuHost,
        launch: Launch,
        pane: TerminalPane,
        composer: Composer,
    ) -> None:
        self.voice_choices: Callable[[], list[Choice[Handler | None]]] = list
        """Returns the rows about voice input, once it has loaded."""
        self._host = host
        self._launch = launch
        self._pane = pane
        self._composer = composer

    async def show(self) -> None:
        """Show every action, and run the one that is chosen."""
        await self._choose("codex-voice", [*self.voice_choices(), *self._other_choices()])

    async def confirm_quit(self) -> None:
        """Quit if the user says yes."""
        stay: Choice[Handler | None] = Choice("Stay", None)
        await self._choose("Quit?", [Choice("Quit, and end Codex", self._host.quit), stay])

    async def show_commands(self) -> None:
        """Show the spoken commands."""
        book = phrasebook(self._launch.config.whisper.language)
        keys = self._launch.config.keys
        lines = []
        for entry in COMMANDS:
            key = entry.key_name(keys)
            shown = f"{book.first(entry.command)}: {entry.help}"
            lines.append(f"{shown} ({key})" if key else shown)
        await self._host.show(
            ChoiceScreen("Voice commands", [Choice("Back", None)], "\n".join(lines))
        )

    async def _choose(self, title: str, choices: list[Choice[Handler | None]]) -> None:
        screen: ChoiceScreen[Handler | None] = ChoiceScreen(title, choices)
        run = await self._host.show(screen)
        if run is not None:
            await run()

    def _other_choices(self) -> list[Choice[Handler | None]]:
        choices: list[Choice[Handler | None]] = []
        if self._composer.held:
            count = len(self._composer.held)
            choices.append(Choice(f"Held texts ({count})", self._show_held))
        if self._launch.practice:
            choices.append(Choice("Speak a recording", self._choose_recording))
        choices += [
            Choice("Search scrollback", self._search),
            Choice("Voice commands", self.show_commands),
            Choice("Restart Codex", self._host.restart_codex),
        ]
        if not self._launch.practice:
            choices.append(Choice("Practice mode", self._host.enter_practice))
        return [*choices, Choice("Quit", self.confirm_quit)]

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
        text = await self._host.show(QuestionScreen("Search", "text to find"))
        if not text:
            return
        count = self._pane.find(text)
        if count:
            self._pane.find_next()
        self._host.show_message(f"{count} matches for “{text}”" if count else f"No “{text}” found.")
