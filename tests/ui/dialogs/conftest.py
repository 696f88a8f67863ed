"""An application without a pane, to show dialogs in."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

import codex_voice.ui.app as application
from codex_voice.ui.dialogs.dialog import close_keymap

Result = TypeVar("Result")


class DialogApp(App[None]):
    """Shows dialogs with the styles of the real application, whose menu key is F9 here."""

    CSS_PATH = str(Path(application.__file__).with_name("app.tcss"))
    VERTICAL_BREAKPOINTS = application.CodexVoiceApp.VERTICAL_BREAKPOINTS

    def __init__(self) -> None:
        super().__init__(ansi_color=True)
        self.answers: list[object] = []

    def on_mount(self) -> None:
        """Look and close as the real application does."""
        self.theme = "ansi-dark"
        self.set_keymap(close_keymap("f9"))

    async def ask(self, screen: Screen[Result]) -> None:
        """Show a dialog; its answer is added to `answers`."""
        await self.push_screen(screen, self.answers.append)

    def lines(self) -> list[str]:
        """Return what is on the screen."""
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


async def see(app: DialogApp, pilot: Pilot[None], text: str) -> None:
    """Wait until a text is on the screen."""
    while not any(text in line for line in app.lines()):
        await pilot.pause(0.02)


class HostApp(DialogApp):
    """Shows dialogs for the menus, as the real application does, and keeps what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []
        self.progress: list[str] = []

    async def show(self, screen: Screen[Result]) -> Result | None:
        """Show a dialog and return its answer."""
        return await self.push_screen_wait(screen)

    def show_message(self, text: str) -> None:
        """Keep a message."""
        self.messages.append(text)

    def show_progress(self, text: str) -> None:
        """Keep what is shown of something that goes on."""
        self.progress.append(text)
