"""Starts the app around a Codex that runs already, and puts everything back at the end."""

from __future__ import annotations

import asyncio
import gc
import shutil
import signal
import sys
from typing import TYPE_CHECKING

from codex_voice import paths
from codex_voice.agent.process import AgentProcess
from codex_voice.errors import AgentError
from codex_voice.session.launch import Launch
from codex_voice.session.start import start_agent
from codex_voice.session.stderr_redirect import diverted_to

if TYPE_CHECKING:
    from codex_voice.ui.app import AppResult, CodexVoiceApp

# The status bar's; the pane tells Codex the true size as soon as it is laid out.
STATUS_ROWS = 1
# An exit by a signal is no error of ours; shells count such statuses from here.
SIGNAL_STATUS = 128


def run(launch: Launch, guardian: int) -> int:
    """Run the app, once more in practice mode if that is chosen in it.

    Args:
        launch: What was found, and what is wanted.
        guardian: A file descriptor that reaches its end when nobody stands by any more.

    Returns:
        The exit status.
    """
    while True:
        practice, status = _run_once(launch, guardian)
        if not practice:
            return status
        launch = launch.in_practice()


def _run_once(launch: Launch, guardian: int) -> tuple[bool, int]:
    """Run the app; return whether practice mode was chosen, and the exit status."""
    process = _start(launch)
    try:
        with diverted_to(paths.log_file()):
            # Loading Textual takes longer than Codex takes to start, so it comes second. All that
            # is loaded stays: looking through it for garbage would cost 12 ms now, and stop the
            # screen for a moment now and then.
            gc.disable()
            from codex_voice import log
            from codex_voice.session.agent_session import AgentSession
            from codex_voice.ui.app import CodexVoiceApp

            log.start(paths.log_file(), verbose=launch.verbose)
            gc.freeze()
            gc.enable()
            session = AgentSession(*_pane_size(), launch.config.ui.scrollback_lines)
            absence = process if isinstance(process, AgentError) else None
            if isinstance(process, AgentProcess):
                session.adopt(process)
            app = CodexVoiceApp(launch, session, absence)
            ending = asyncio.run(_live(app, guardian))
    finally:
        if isinstance(process, AgentProcess):
            process.kill_now()
    status = app.return_code or 0
    if 0 < status < SIGNAL_STATUS:
        sys.stderr.write(f"codex-voice: an unexpected error; see {paths.log_file()}\n")
    return ending is not None and ending.practice, status


async def _live(app: CodexVoiceApp, guardian: int) -> AppResult | None:
    """Run the app, and end what it began whichever way it ended."""
    loop = asyncio.get_running_loop()

    def leave() -> None:
        loop.remove_reader(guardian)
        app.exit(return_code=SIGNAL_STATUS + signal.SIGHUP)

    loop.add_reader(guardian, leave)
    try:
        return await app.run_async()
    finally:
        await app.shut_down()


def _start(launch: Launch) -> AgentProcess | AgentError:
    try:
        return start_agent(launch, *_pane_size())
    except AgentError as error:
        return error


def _pane_size() -> tuple[int, int]:
    columns, rows = shutil.get_terminal_size()
    return columns, max(1, rows - STATUS_ROWS)
