"""The application: Codex in its pane, with voice input beside it."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen

from codex_voice.agent.held_text import HeldText, TypingOutcome
from codex_voice.agent.state import CodexState
from codex_voice.config.schema import Config
from codex_voice.config.settings import Settings
from codex_voice.dictation.state import VoiceEvent
from codex_voice.dictation.status_items import status_items
from codex_voice.errors import AgentError
from codex_voice.key_names import canonical_name
from codex_voice.session.agent_session import AgentSession
from codex_voice.session.codex_control import CodexControl
from codex_voice.session.first_screen import FirstScreen
from codex_voice.session.launch import Launch
from codex_voice.terminal.key_labels import describe_key
from codex_voice.terminal.keys import KeyPress, needs_all_keys
from codex_voice.ui.bars.end_panel import EndPanel
from codex_voice.ui.bars.notices import Notices
from codex_voice.ui.bars.status_bar import StatusBar
from codex_voice.ui.bars.voice_bar import VoiceBar
from codex_voice.ui.bars.voice_rows import fitted_rows, notice_rows, voice_rows
from codex_voice.ui.bars.welcome import LEAST_SCREEN_ROWS as WELCOME_SCREEN_ROWS
from codex_voice.ui.bars.welcome import Step, Welcome, last_words
from codex_voice.ui.dialogs.dialog import SMALL_ROWS, close_keymap
from codex_voice.ui.driver import TerminalDriver
from codex_voice.ui.input_routing import textual_key_name
from codex_voice.ui.pane.terminal_pane import TerminalPane
from codex_voice.ui.theme import textual_theme

if TYPE_CHECKING:
    from codex_voice.dictation.voice_control import VoiceControl
    from codex_voice.setup.practice_tour import PracticeTour
    from codex_voice.ui.dialogs.menus import Menus

_SUSPEND_KEY = "ctrl+z"
PRACTICE_KEY = "f2"
# Ours only for some seconds after something was cancelled.
BRING_BACK_KEY = "f4"

Result = TypeVar("Result")


@dataclass
class VoiceEventPosted(Message):
    """An event of the capture or the recogniser thread."""

    event: VoiceEvent


class AppResult(Enum):
    """What is to happen after the app has ended."""

    QUIT = "quit"
    ENTER_PRACTICE = "enter practice"
    LEAVE_PRACTICE = "leave practice"


def _make_tour() -> PracticeTour:
    from codex_voice.setup.practice_tour import PracticeTour

    return PracticeTour()


class CodexVoiceApp(App[AppResult], inherit_bindings=False):
    """Hosts Codex, and types into it what was said.

    Args:
        launch: The configuration, and what was found on this machine.
        session: The terminal with Codex in it, already started.
        absence: Why there is no Codex in it, if so.
        first_screen: What has shown Codex while this module was imported; the driver takes the
            terminal over from it.
    """

    CSS_PATH = "app.tcss"
    # On screens of fewer rows there is no room for frames.
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (SMALL_ROWS, "-roomy"),
        (WELCOME_SCREEN_ROWS, "-tall"),
    ]
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False

    def __init__(
        self,
        launch: Launch,
        session: AgentSession,
        absence: AgentError | None = None,
        first_screen: FirstScreen | None = None,
    ) -> None:
        super().__init__(driver_class=TerminalDriver, ansi_color=True)
        self.first_screen = first_screen
        config = launch.config
        self._launch = launch
        self._settings = Settings(config, launch.config_path)
        self._talk_key = canonical_name(config.keys.talk)
        self._menu_key = canonical_name(config.keys.menu)
        self._pane = TerminalPane(
            session,
            self._intercept,
            notifications=config.ui.notifications,
            clipboard=config.ui.clipboard,
            all_keys=self._needs_all_keys,
            first_screen=first_screen,
        )
        self._end_panel = EndPanel()
        self._voice_bar = VoiceBar()
        self._welcome = Welcome()
        self._status_bar = StatusBar()
        self._notices = Notices(self.set_timer, self._show_voice)
        self._tracker = session.tracker
        self._composer = session.composer
        session.on_held_changed.append(self._show_status)
        session.on_delivered.append(self._held_text_delivered)
        self._codex = CodexControl(
            launch,
            session,
            absence,
            show_absence=self._end_panel.show,
            restarted=self._pane.show_new_program,
            enter_practice=self.enter_practice,
            quit=self.quit,
        )
        self._voice: VoiceControl | None = None
        self._tour = _make_tour() if launch.practice else None

    @cached_property
    def _menus(self) -> Menus:
        """The menus, which take half as long to import as all the rest, and wait for a key."""
        from codex_voice.ui.dialogs.menus import Menus

        return Menus(self, self._launch, self._settings, self._pane, self._composer)

    # The screen

    def compose(self) -> ComposeResult:
        """Lay the bars under the pane."""
        yield self._pane
        with Vertical(id="panels"):
            yield self._end_panel
            if self._tour is not None:
                yield self._welcome
            yield self._voice_bar
            yield self._status_bar

    def on_mount(self) -> None:
        """Join the parts together."""
        self._apply_keys(self._settings.config)
        self._apply_ui(self._settings.config)
        self._settings.follow("keys", self._apply_keys)
        self._settings.follow("ui", self._apply_ui)
        self._tracker.subscribe(self._agent_changed)
        self.app_suspend_signal.subscribe(self, self._suspending, immediate=True)
        self._pane.focus()
        self._codex.join()
        self._agent_changed()
        # The screen first: the libraries of voice input take longer to load than a frame.
        self.call_after_refresh(self.run_worker, self._start_voice, group="start")

    def _choose_theme(self) -> None:
        """Use the configured theme, or the one that suits the terminal's background."""
        driver = self._pane.driver
        background = driver.background if driver is not None else None
        self.theme = textual_theme(self._settings.config.ui.theme, background)

    def _apply_ui(self, config: Config) -> None:
        self._choose_theme()
        self._status_bar.display = config.ui.show_status_bar
        self._status_bar.plain = self._voice_bar.plain = config.ui.plain
        self._show_voice()

    def _apply_keys(self, config: Config) -> None:
        self._talk_key = canonical_name(config.keys.talk)
        self._menu_key = canonical_name(config.keys.menu)
        self.set_keymap(close_keymap(textual_key_name(self._menu_key)))
        self._pane.want_all_keys(self._needs_all_keys)
        self._welcome.keys = config.keys
        self._show_status()

    @property
    def _needs_all_keys(self) -> bool:
        return needs_all_keys(self._talk_key) or needs_all_keys(self._menu_key)

    async def _start_voice(self) -> None:
        # The terminal has reported its colours by now, if it does at all.
        self._choose_theme()
        for note in self._launch.notes:
            self._notices.show_warning(note)
        # Each takes longer than a frame; voice input loads numpy among others.
        await asyncio.to_thread(importlib.import_module, "codex_voice.ui.dialogs.menus")
        if self._launch.voice:
            await asyncio.to_thread(importlib.import_module, "codex_voice.ui.dialogs.voice_menu")
            self._create_voice_control()
        if self._tour is not None:
            await self._find_missing_requirements(self._tour)

    def _create_voice_control(self) -> None:
        from codex_voice.dictation.voice_control import VoiceCallbacks, VoiceControl
        from codex_voice.ui.dialogs.voice_menu import VoiceMenu

        callbacks = VoiceCallbacks(
            post=self._post,
            run=lambda work: self.run_worker(work, group="voice"),
            changed=self._show_voice,
            show_message=self.show_message,
            show_notice=self._notices.show_notice,
            show_warning=self._notices.show_warning,
            end_warning=self._notices.end_warning,
            show_cancelled=self._show_cancelled,
            ring=self.bell,
            show_commands=lambda: self._run_action(self._menus.show_commands),
            show_menu=lambda: self._run_action(self._menus.show),
            confirm_quit=lambda: self._run_action(self._menus.confirm_quit),
        )
        self._voice = VoiceControl(self._launch, self._pane, self._composer, callbacks)
        self._voice.follow(self._settings)
        menu = VoiceMenu(self, self._voice, self._settings, self._pane)
        self._menus.voice_actions = menu.actions
        self._menus.settings_menu.device_actions = menu.device_actions
        self._voice.start()
        self._show_voice()

    async def _find_missing_requirements(self, tour: PracticeTour) -> None:
        from codex_voice.setup.checks import survey

        findings = await asyncio.to_thread(list, survey(self._settings.config, Path.cwd()))
        tour.set_findings(findings)
        self._show_voice()

    def _post(self, event: VoiceEvent) -> None:
        self.post_message(VoiceEventPosted(event))

    def on_voice_event_posted(self, message: VoiceEventPosted) -> None:
        """Pass an event of a thread on to voice control."""
        if self._voice is not None:
            self._voice.handle(message.event)

    def _show_status(self) -> None:
        self._status_bar.items = status_items(
            self._tracker.state,
            self._voice.dictation.state if self._voice else None,
            self._settings.config.keys,
            voice_wanted=self._launch.voice,
            hold_to_talk=self._pane.reports_key_release,
            held_texts=len(self._composer.held),
            practice=self._launch.practice,
        )

    def _show_voice(self) -> None:
        dictation = self._voice.dictation if self._voice else None
        config = self._settings.config.ui
        rows = voice_rows(
            dictation.state if dictation else None,
            dictation is not None and dictation.speaking,
            [
                *self._notices.standing,
                *notice_rows(
                    self._notices.notice, plain=config.plain, compact=config.voice_bar == "compact"
                ),
            ],
            self._tour.lines() if self._tour else [],
            plain=config.plain,
        )
        self._voice_bar.show(fitted_rows(rows, config.voice_bar, self._notices.warnings))
        self._show_status()

    def _suspending(self, _app: App[AppResult]) -> None:
        """Hear nothing more: what is said while this process is stopped is not heard."""
        if self._voice is not None:
            self._voice.suspend()

    # Keys

    def _intercept(self, key: KeyPress) -> bool:
        """Handle our own keys; return False for all others, which are Codex's."""
        if self._voice is not None and self._voice.handle_talk_key(key):
            return True
        if key.name == self._talk_key and self._launch.voice:
            if key.action == "press":
                self.show_message("Voice input is loading …")
            return True
        if key.name == _SUSPEND_KEY and key.action == "press":
            # Codex by itself would suspend; here it is in a session of its own, where it cannot.
            driver = self._pane.driver
            return driver is not None and driver.suspend()
        if key.name == self._menu_key:
            if key.action == "press":
                self._finish_step(Step.EXPLORE)
                self._run_action(self._menus.show)
            return True
        return key.action == "press" and self._handle_temporary_key(key.name)

    def _handle_temporary_key(self, name: str) -> bool:
        """Handle a key that is ours only in the present state."""
        if name == "escape" and self._voice is not None and self._voice.dictation.listening:
            self._voice.dictation.cancel()
            return True
        voice = self._voice
        if name == BRING_BACK_KEY and voice is not None and voice.dictation.can_bring_back:
            voice.dictation.bring_back()
            return True
        if key_offer := self._notices.offer_for(name):
            self.run_worker(key_offer.run(), group="voice")
            return True
        if name == PRACTICE_KEY and self._tour is not None:
            # Until voice input has loaded a recording would be skipped unheard.
            if self._voice is not None:
                self.play(self._tour.advance().path)
                self._finish_step(Step.HEAR)
            return True
        offer = self._end_panel.offer_for(name)
        if offer is not None:
            self._run_action(offer.run)
        return offer is not None

    def _run_action(self, action: Callable[[], Awaitable[None]]) -> None:
        """Run an action that may wait for an answer; one that still waits is cancelled."""
        self.run_worker(action(), group="action", exclusive=True)

    # Messages of the pane

    def on_terminal_pane_child_exited(self, message: TerminalPane.ChildExited) -> None:
        """Show that Codex has ended, and offer what can be done."""
        self._codex.ended(message.status)

    def on_terminal_pane_copied(self, message: TerminalPane.Copied) -> None:
        """Show that the selection is on the clipboard."""
        count = f"{len(message.text)} characters"
        if message.to_tmux:
            self.show_message(f"Copied {count} to tmux's buffer, which offers it to the clipboard.")
        else:
            self.show_message(f"Sent {count} to the terminal's clipboard.")

    def on_terminal_pane_not_copied(self, message: TerminalPane.NotCopied) -> None:
        """Show that the clipboard is as it was."""
        self.show_message(
            f"Not copied: {len(message.text)} characters are too many for the terminal."
        )

    def on_terminal_pane_copy_refused(self, message: TerminalPane.CopyRefused) -> None:
        """Show how Codex may be allowed to copy."""
        self.show_message(
            f"Codex wanted to copy {len(message.text)} characters: [ui] clipboard = true allows it."
        )

    def on_terminal_pane_paste_refused(self, message: TerminalPane.PasteRefused) -> None:
        """Show that a paste was not passed on."""
        self.show_message(
            f"Codex is not reading: a paste of {message.size} bytes was not passed on."
        )

    def on_status_bar_item_clicked(self, message: StatusBar.ItemClicked) -> None:
        """Do what the clicked part of the status bar is about."""
        if message.action == "talk" and self._voice is not None:
            self._voice.dictation.toggle()
        else:
            self._run_action(lambda: self._menus.run(message.action))

    def on_terminal_pane_window_focus_lost(self) -> None:
        """End a hold whose key release goes to another window."""
        if self._voice is not None:
            self._voice.window_focus_lost()

    def _agent_changed(self) -> None:
        if note := self._codex.untested_version_note():
            self._notices.show_warning(note)
        if self._tracker.state is CodexState.BLOCKED and self._voice is not None:
            self._voice.cue_approval()
        elif self._tracker.state is CodexState.WORKING:
            self._finish_step(Step.SEND)
        self._show_status()

    def _finish_step(self, step: Step) -> None:
        """Tick off a step of the welcome; after the last one say how it goes on."""
        if self._tour is not None and self._welcome.finish_step(step):
            self.show_message(last_words(codex_found=self.can_leave_practice))

    def _held_text_delivered(self, held: HeldText, outcome: TypingOutcome) -> None:
        if self._voice is not None:
            self._voice.delivered_later(held, outcome)

    async def shut_down(self) -> None:
        """Stop voice input and Codex, once the terminal is restored."""
        if self._voice is not None:
            await self._voice.close()
        await self._codex.end()

    # For the menus (MenuHost)

    async def show(self, screen: Screen[Result]) -> Result | None:
        """Show a dialog and return its answer."""
        from codex_voice.ui.dialogs.key_screen import KeyScreen

        capture = screen.receive_key if isinstance(screen, KeyScreen) else None
        driver = self._pane.driver
        if driver is None or capture is None:
            return await self.push_screen_wait(screen)
        driver.key_capture = capture
        # Also modifiers by themselves, where the terminal can report them.
        self._pane.want_all_keys(True)
        try:
            return await self.push_screen_wait(screen)
        finally:
            driver.key_capture = None
            self._pane.want_all_keys(self._needs_all_keys)

    def _show_cancelled(self) -> None:
        """Show that what was cancelled is kept, and which key brings it back."""
        key = describe_key(BRING_BACK_KEY)
        self.show_message(f"Cancelled: kept in the history. {key} inserts it after all.")

    def show_message(self, text: str) -> None:
        """Show one line."""
        self._notices.show_message(text)

    def show_progress(self, text: str) -> None:
        """Show how far something has come that goes on meanwhile; "" when it has ended."""
        self._notices.show_progress(text)

    def play(self, recording: Path) -> None:
        """Play a recording as if it were spoken."""
        if self._voice is not None:
            self._voice.play(recording)

    @property
    def can_resume(self) -> bool:
        """Whether Codex has a session that a new start can go on with."""
        return self._codex.resumable

    @property
    def can_leave_practice(self) -> bool:
        """Whether there is a Codex to go back to."""
        return self._launch.after_practice is not None

    async def restart_codex(self, resume: bool) -> None:
        """End Codex, if it runs, and start it again, with its session if wanted."""
        if resume:
            await self._codex.restart_resuming()
        else:
            await self._codex.restart()

    async def enter_practice(self) -> None:
        """End, and run again with the stand-in for Codex."""
        self.exit(AppResult.ENTER_PRACTICE)

    async def leave_practice(self) -> None:
        """End, and run again with Codex."""
        self.exit(AppResult.LEAVE_PRACTICE)

    async def quit(self) -> None:
        """End this program, and Codex politely."""
        self.exit(AppResult.QUIT)

    async def action_quit(self) -> None:
        """Quit when Textual asks for it."""
        self.exit(AppResult.QUIT)
