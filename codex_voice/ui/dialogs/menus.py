"""The menu: everything that can be done, with the keys and words for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from textual.screen import Screen

from codex_voice.agent.composer import Composer
from codex_voice.language.commands import OTHER_PHRASES, Command
from codex_voice.practice.recordings import recordings
from codex_voice.session.launch import Launch
from codex_voice.ui.dialogs.choice import Choice, ChoiceScreen
from codex_voice.ui.dialogs.question import QuestionScreen
from codex_voice.ui.pane.terminal_pane import TerminalPane

Result = TypeVar("Result")
Deed = Callable[[], Awaitable[None]]


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
        self.voice_choices: Callable[[], list[Choice[Deed | None]]] = list
        """Makes the lines about the voice, as soon as there is one."""
        self._stage = stage
        self._launch = launch
        self._pane = pane
        self._composer = composer

    async def show(self) -> None:
        """Show everything that can be done, and do what is chosen."""
        await self._choose("codex-voice", [*self.voice_choices(), *self._other_choices()])

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

    async def _choose_recording(self) -> None:
        choices = [Choice(recording.text, recording) for recording in recordings()]
        recording = await self._stage.show(ChoiceScreen("Speak a recording", choices))
        if recording is not None:
            self._stage.play(recording.path)

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
