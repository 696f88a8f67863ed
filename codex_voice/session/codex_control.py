"""Starting Codex again, ending it, and what can be done when it is not running."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from codex_voice.agent.process import ExitStatus
from codex_voice.agent.state import FAREWELL, resume_id
from codex_voice.agent.versions import shown_version, untested_note
from codex_voice.errors import AgentError
from codex_voice.session.agent_session import AgentSession
from codex_voice.session.launch import Launch
from codex_voice.session.start import start_agent


@dataclass(frozen=True)
class Offer:
    """Something the user can do, its key, and its handler."""

    key: str
    label: str
    run: Callable[[], Awaitable[None]]


class CodexControl:
    """Starts Codex again, ends it, and offers what can be done when it is not there.

    Args:
        launch: What is started, and where.
        session: Codex, started already, in its terminal.
        absence: Why it is not there, if so.
        show_absence: Called with the reason why it is not there and what can be done, and with ""
            and nothing when it is there again.
        restarted: Called when another program runs in the session.
        enter_practice: Begins again in practice mode.
        quit: Ends the application.
    """

    def __init__(
        self,
        launch: Launch,
        session: AgentSession,
        absence: AgentError | None,
        *,
        show_absence: Callable[[str, tuple[Offer, ...]], None],
        restarted: Callable[[], None],
        enter_practice: Callable[[], Awaitable[None]],
        quit: Callable[[], Awaitable[None]],  # noqa: A002
    ) -> None:
        self._launch = launch
        self._session = session
        self._absence = absence
        self._show_absence = show_absence
        self._restarted = restarted
        self._version = ""
        self._ways_out = [Offer("q", "quit", quit)]
        if not launch.practice:
            self._ways_out.insert(0, Offer("p", "practice mode", enter_practice))

    def join(self) -> None:
        """Show why Codex is not there, if so."""
        if self._absence is not None:
            self._start_failed(self._absence)

    def ended(self, status: ExitStatus) -> None:
        """Show that Codex has ended, and offer what can be done."""
        offers = [Offer("r", "restart", self.restart)]
        if resume_id(self._session.emulator.lines()) is not None:
            offers.append(Offer("u", "resume this session", self._resume))
        self._offer(f"Codex has ended ({status}).", offers)

    @property
    def resumable(self) -> bool:
        """Whether Codex runs, and so can name a session to go on with when it ends."""
        return self._session.running and not self._launch.practice

    def untested_version_note(self) -> str:
        """Return a sentence about a version of Codex that was never tried, once, else "".

        Codex is not asked, which would take a process: it shows its version.
        """
        if self._version or self._launch.practice:
            return ""
        self._version = shown_version(self._session.emulator.lines())
        return untested_note(f"Codex {self._version}")

    async def restart(self) -> None:
        """End Codex, if it runs, and start it again."""
        await self._restart(())

    async def restart_resuming(self) -> None:
        """End Codex and start it again with its session, if it has named one."""
        await self.end()
        await self._resume()

    async def end(self) -> None:
        """End Codex politely, if it runs."""
        process = self._session.process
        if process is not None and process.status is None:
            await process.terminate(FAREWELL)

    async def _resume(self) -> None:
        session = resume_id(self._session.emulator.lines())
        await self._restart(("resume", session) if session else ())

    async def _restart(self, arguments: tuple[str, ...]) -> None:
        await self.end()
        emulator = self._session.emulator
        try:
            process = start_agent(self._launch, emulator.columns, emulator.rows, arguments)
        except AgentError as error:
            self._start_failed(error)
            return
        self._show_absence("", ())
        self._session.adopt(process)
        self._restarted()

    def _start_failed(self, error: AgentError) -> None:
        self._session.tracker.exited()
        self._offer(str(error), [Offer("r", "try again", self.restart)])

    def _offer(self, reason: str, offers: list[Offer]) -> None:
        self._show_absence(reason, (*offers, *self._ways_out))
