"""Codex's life on the screen: there, gone, and back again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from codex_voice.agent.composer import Composer
from codex_voice.agent.process import AgentProcess, ExitStatus
from codex_voice.agent.state import FAREWELL, StateTracker, resume_id
from codex_voice.errors import AgentError
from codex_voice.session.launch import Launch
from codex_voice.session.start import start_agent
from codex_voice.ui.bars.end_panel import EndPanel, Offer
from codex_voice.ui.pane.terminal_pane import TerminalPane


class CodexControl:
    """Starts Codex again, ends it, and offers what can be done when it is not there.

    Args:
        launch: What is started, and where.
        process: Codex, started already, or why it is not there.
        pane: Shows it.
        panel: Says why it is not there.
        tracker: Knows its state.
        composer: Types into it.
        enter_practice: Begins again in practice mode.
        quit: Ends the application.
    """

    def __init__(
        self,
        launch: Launch,
        process: AgentProcess | AgentError,
        pane: TerminalPane,
        panel: EndPanel,
        tracker: StateTracker,
        composer: Composer,
        *,
        enter_practice: Callable[[], Awaitable[None]],
        quit: Callable[[], Awaitable[None]],  # noqa: A002
    ) -> None:
        self._launch = launch
        self._process = process
        self._pane = pane
        self._panel = panel
        self._tracker = tracker
        self._composer = composer
        self._ways_out = [Offer("q", "quit", quit)]
        if not launch.practice:
            self._ways_out.insert(0, Offer("p", "practice mode", enter_practice))

    def join(self) -> None:
        """Follow what Codex tells, and type into it; say why where it is not there."""
        self._pane.on_program_status.append(self._tracker.feed_status)
        self._pane.on_title.append(self._tracker.feed_title)
        self._pane.on_screen_changed.append(self._composer.changed)
        self._composer.attach(self._pane.write, self._pane.emulator)
        if isinstance(self._process, AgentError):
            self._show_absence(self._process)

    def ended(self, status: ExitStatus) -> None:
        """Say that Codex has ended, and offer what can be done."""
        self._tracker.exited()
        offers = [Offer("r", "restart", self.restart)]
        if resume_id(self._pane.emulator.lines()) is not None:
            offers.append(Offer("u", "resume this session", self._resume))
        self._offer(f"Codex has ended ({status}).", offers)

    async def restart(self) -> None:
        """End Codex, if it runs, and start it anew."""
        await self._restart(())

    async def end(self) -> None:
        """End Codex politely, if it runs."""
        if isinstance(self._process, AgentProcess) and self._process.status is None:
            await self._process.terminate(FAREWELL)

    async def _resume(self) -> None:
        session = resume_id(self._pane.emulator.lines())
        await self._restart(("resume", session) if session else ())

    async def _restart(self, arguments: tuple[str, ...]) -> None:
        await self.end()
        size = self._pane.size
        try:
            process = start_agent(self._launch, size.width, size.height, arguments)
        except AgentError as error:
            self._show_absence(error)
            return
        self._process = process
        self._panel.reason = ""
        self._pane.replace_process(process)
        self._tracker.started()
        self._composer.attach(self._pane.write, self._pane.emulator)

    def _show_absence(self, error: AgentError) -> None:
        self._tracker.exited()
        self._offer(str(error), [Offer("r", "try again", self.restart)])

    def _offer(self, reason: str, offers: list[Offer]) -> None:
        self._panel.offers = (*offers, *self._ways_out)
        self._panel.reason = reason
