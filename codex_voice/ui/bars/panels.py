"""What stands under the pane: the end panel, the welcome, the voice bar and the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from codex_voice.config.schema import Config
from codex_voice.dictation.status_items import status_items
from codex_voice.session.agent_session import AgentSession
from codex_voice.session.launch import Launch
from codex_voice.ui.bars.end_panel import EndPanel
from codex_voice.ui.bars.notices import Notices
from codex_voice.ui.bars.status_bar import StatusBar
from codex_voice.ui.bars.voice_bar import VoiceBar
from codex_voice.ui.bars.voice_rows import fitted_rows, notice_rows, voice_rows
from codex_voice.ui.bars.welcome import Welcome

if TYPE_CHECKING:
    from codex_voice.dictation.dictation import Dictation
    from codex_voice.dictation.voice_control import HostedPane
    from codex_voice.setup.practice_tour import PracticeTour


class Panels(Vertical):
    """Shows the state of Codex, of voice input and of practice mode, and the latest messages.

    Args:
        launch: The configuration, whether voice input is wanted, and whether this is practice.
        session: Codex, and the texts that wait for it.
        pane: Knows whether the terminal reports the release of keys.
        tour: The recordings of practice mode, where this is one.
    """

    def __init__(
        self,
        launch: Launch,
        session: AgentSession,
        pane: HostedPane,
        tour: PracticeTour | None,
    ) -> None:
        super().__init__(id="panels")
        self.dictation: Dictation | None = None
        """Whose state is shown; None until voice input has loaded."""
        self.end_panel = EndPanel()
        self.welcome = Welcome()
        self.notices = Notices(self.set_timer, self.show_voice)
        self._voice_bar = VoiceBar()
        self._status_bar = StatusBar()
        self._launch = launch
        self._session = session
        self._tour = tour
        self._pane = pane
        self._config = launch.config

    def compose(self) -> ComposeResult:
        """Lay them one under the other; the welcome is for practice mode."""
        yield self.end_panel
        if self._tour is not None:
            yield self.welcome
        yield self._voice_bar
        yield self._status_bar

    def apply_settings(self, config: Config) -> None:
        """Look as the configuration says, and name its keys."""
        self._config = config
        self._status_bar.display = config.ui.show_status_bar
        self._status_bar.plain = self._voice_bar.plain = config.ui.plain
        self.welcome.keys = config.keys
        self.show_voice()

    def show_status(self) -> None:
        """Bring the status bar up to date."""
        self._status_bar.items = status_items(
            self._session.tracker.state,
            self.dictation.state if self.dictation is not None else None,
            self._config.keys,
            voice_wanted=self._launch.voice,
            hold_to_talk=self._pane.reports_key_release,
            held_texts=len(self._session.composer.held),
            practice=self._launch.practice,
        )

    def show_voice(self) -> None:
        """Bring the voice bar and the status bar up to date."""
        ui = self._config.ui
        notice = notice_rows(self.notices.notice, plain=ui.plain, compact=ui.voice_bar == "compact")
        rows = voice_rows(
            self.dictation.state if self.dictation is not None else None,
            self.dictation is not None and self.dictation.speaking,
            [*self.notices.standing, *notice],
            self._tour.lines() if self._tour is not None else [],
            plain=ui.plain,
        )
        self._voice_bar.show(fitted_rows(rows, ui.voice_bar, self.notices.warnings))
        self.show_status()
