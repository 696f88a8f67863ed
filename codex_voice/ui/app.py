"""The application: Codex in its pane, with voice input beside it."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen

from codex_voice.agent.held_text import HeldText, TypingOutcome
from codex_voice.agent.state import CodexState
from codex_voice.config.schema import Config
from codex_voice.config.settings import Settings
from codex_voice.dictation.notice import KeyOffer
from codex_voice.dictation.state import VoiceEvent
from codex_voice.errors import AgentError
from codex_voice.session.agent_session import AgentSession
from codex_voice.session.app_result import AppResult
from codex_voice.session.codex_control import CodexControl, Offer
from codex_voice.session.first_screen import FirstScreen
from codex_voice.session.launch import Launch
from codex_voice.terminal.key_labels import describe_key
from codex_voice.terminal.keys import KeyPress
from codex_voice.ui.bars.panels import Panels
from codex_voice.ui.bars.status_bar import StatusBar
from codex_voice.ui.bars.welcome import LEAST_SCREEN_ROWS as WELCOME_SCREEN_ROWS
from codex_voice.ui.bars.welcome import Step, last_words
from codex_voice.ui.dialogs.dialog import SMALL_ROWS, close_keymap
from codex_voice.ui.driver import TerminalDriver
from codex_voice.ui.input_routing import textual_key_name
from codex_voice.ui.own_keys import BRING_BACK_KEY, OwnKeys, need_all_keys
from codex_voice.ui.pane.clipboard_lines import ClipboardMessage, clipboard_line
from codex_voice.ui.pane.terminal_pane import TerminalPane
from codex_voice.ui.theme import FIRST_THEME, textual_theme

if TYPE_CHECKING:
    from codex_voice.dictation.voice_control import VoiceControl
    from codex_voice.setup.practice_tour import PracticeTour
    from codex_voice.ui.dialogs.menus import Menus

Result = TypeVar("Result")


@dataclass
class VoiceEventPosted(Message):
    """An event of the capture or the recogniser thread."""

    event: VoiceEvent


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
    # Textual begins with the theme that most people get anyway: any change of it before the first
    # frame has the whole style sheet read and applied once more.
    theme: Reactive[str] = Reactive(FIRST_THEME)
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
        self._pane = TerminalPane(
            session,
            self._handle_key,
            notifications=config.ui.notifications,
            clipboard=config.ui.clipboard,
            all_keys=need_all_keys(config.keys),
            first_screen=first_screen,
        )
        self._tour = _make_tour() if launch.practice else None
        self._panels = Panels(launch, session, self._pane, self._tour)
        self._notices = self._panels.notices
        self._keys = OwnKeys(
            self, config.keys, self._notices, self._panels.end_panel, voice_wanted=launch.voice
        )
        self._tracker = session.tracker
        self._composer = session.composer
        session.on_held_changed.append(self._panels.show_status)
        session.on_delivered.append(self._held_text_delivered)
        self._codex = CodexControl(
            launch,
            session,
            absence,
            show_absence=self._panels.end_panel.show,
            restarted=self._pane.show_new_program,
            enter_practice=self.enter_practice,
            quit=self.quit,
        )
        self._voice: VoiceControl | None = None

    @cached_property
    def _menus(self) -> Menus:
        """The menus, which take half as long to import as all the rest, and wait for a key."""
        from codex_voice.ui.dialogs.menus import Menus

        return Menus(self, self._launch, self._settings, self._pane, self._composer)

    # The screen

    def compose(self) -> ComposeResult:
        """Lay the bars under the pane."""
        yield self._pane
        yield self._panels

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
        self.call_after_refresh(self.run_worker, self._finish_start, group="start")

    def _choose_theme(self) -> None:
        """Use the configured theme, or the one that suits the terminal's background."""
        driver = self._pane.driver
        background = driver.background if driver is not None else None
        self.theme = textual_theme(self._settings.config.ui.theme, background)

    def _apply_ui(self, config: Config) -> None:
        self._choose_theme()
        self._panels.apply_settings(config)

    def _apply_keys(self, config: Config) -> None:
        self._keys.use_keys(config.keys)
        self.set_keymap(close_keymap(textual_key_name(self._keys.menu_key)))
        self._pane.want_all_keys(need_all_keys(config.keys))
        self._panels.apply_settings(config)

    async def _finish_start(self) -> None:
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
            changed=self._panels.show_voice,
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
        voice = VoiceControl(self._launch, self._pane, self._composer, callbacks)
        self._voice = self._keys.voice = voice
        self._panels.dictation = voice.dictation
        voice.follow(self._settings)
        menu = VoiceMenu(self, voice, self._settings, self._pane)
        self._menus.voice_actions = menu.actions
        self._menus.settings_menu.device_actions = menu.device_actions
        voice.start()
        self._panels.show_voice()

    async def _find_missing_requirements(self, tour: PracticeTour) -> None:
        from codex_voice.setup.checks import survey

        found = survey(self._settings.config, Path.cwd(), ask_terminal=False)
        findings = await asyncio.to_thread(list, found)
        tour.set_findings(findings)
        self._panels.show_voice()

    def _post(self, event: VoiceEvent) -> None:
        self.post_message(VoiceEventPosted(event))

    def on_voice_event_posted(self, message: VoiceEventPosted) -> None:
        """Pass an event of a thread on to voice control."""
        if self._voice is not None:
            self._voice.handle(message.event)

    def _suspending(self, _app: App[AppResult]) -> None:
        """Hear nothing more: what is said while this process is stopped is not heard."""
        if self._voice is not None:
            self._voice.suspend()

    def _handle_key(self, key: KeyPress) -> bool:
        return self._keys.handle(key)

    # For the keys (KeyHost)

    def suspend_program(self) -> bool:
        """Give the terminal back to the shell; return `False` where that is not possible."""
        driver = self._pane.driver
        return driver is not None and driver.suspend()

    def open_menu(self) -> None:
        """Show the menu."""
        self._finish_step(Step.EXPLORE)
        self._run_action(self._menus.show)

    def play_practice(self) -> bool:
        """Play the next recording of practice mode; return `False` in any other mode."""
        if self._tour is None:
            return False
        # Until voice input has loaded a recording would be skipped unheard.
        if self._voice is not None:
            self.play(self._tour.advance().path)
            self._finish_step(Step.HEAR)
        return True

    def accept_notice_offer(self, offer: KeyOffer) -> None:
        """Do what a message offers a key for."""
        self.run_worker(offer.run(), group="voice")

    def accept_end_offer(self, offer: Offer) -> None:
        """Do what the panel under an ended Codex offers a key for."""
        self._run_action(offer.run)

    def _run_action(self, action: Callable[[], Awaitable[None]]) -> None:
        """Run an action that may wait for an answer; one that still waits is cancelled."""
        self.run_worker(action(), group="action", exclusive=True)

    # Messages of the pane

    def on_terminal_pane_child_exited(self, message: TerminalPane.ChildExited) -> None:
        """Show that Codex has ended, and offer what can be done."""
        self._codex.ended(message.status)

    @on(TerminalPane.Copied)
    @on(TerminalPane.NotCopied)
    @on(TerminalPane.CopyRefused)
    @on(TerminalPane.PasteRefused)
    def _show_clipboard_message(self, message: ClipboardMessage) -> None:
        self.show_message(clipboard_line(message))

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
        self._panels.show_status()

    def _finish_step(self, step: Step) -> None:
        """Tick off a step of the welcome; after the last one say how it goes on."""
        if self._tour is not None and self._panels.welcome.finish_step(step):
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
            self._pane.want_all_keys(need_all_keys(self._settings.config.keys))

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
