"""Starting the app around a Codex that runs already, and restoring everything at the end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_voice import paths
from codex_voice.agent.process import AgentProcess
from codex_voice.agent.state import resume_id
from codex_voice.errors import AgentError
from codex_voice.session.crash_guard import FORWARDED
from codex_voice.session.launch import Launch
from codex_voice.session.start import start_agent
from codex_voice.session.stderr_redirect import diverted_for_good

if TYPE_CHECKING:
    from codex_voice.session.agent_session import AgentSession
    from codex_voice.ui.app import AppResult, CodexVoiceApp

# The status bar's; the pane tells Codex the true size as soon as it is laid out.
STATUS_ROWS = 1
# An exit by a signal is no error of ours; shells count such statuses from here.
SIGNAL_STATUS = 128


@dataclass(frozen=True)
class _Finished:
    """How one run of the app ended.

    Attributes:
        result: What was chosen, or None where nothing was.
        status: The exit status: the app's own where it failed, else that of Codex.
        last_words: What Codex has left for the shell to show.
    """

    result: AppResult | None
    status: int
    last_words: list[str]


def run(launch: Launch, guardian: int) -> int:
    """Run the app, and again in practice mode and back, as often as that is chosen in it.

    Afterwards the shell shows what Codex has left on its screen, such as how to resume.

    Args:
        launch: What was found, and what is wanted.
        guardian: A file descriptor that reaches its end when nobody stands by any more.

    Returns:
        The exit status.
    """
    arguments: tuple[str, ...] = ()
    session_to_resume: str | None = None
    while True:
        finished = _run_once(launch, guardian, arguments)
        # Loaded by now; before, it would have kept Codex from starting.
        from codex_voice.ui.app import AppResult

        if finished.result is AppResult.ENTER_PRACTICE:
            session_to_resume = resume_id(finished.last_words) or session_to_resume
            launch, arguments = launch.in_practice(), ()
        elif finished.result is AppResult.LEAVE_PRACTICE and launch.after_practice is not None:
            launch = launch.after_practice
            arguments = ("resume", session_to_resume) if session_to_resume else ()
        else:
            with contextlib.suppress(OSError):
                sys.stdout.write("".join(f"{line}\n" for line in finished.last_words))
                sys.stdout.flush()
            return finished.status


def _run_once(launch: Launch, guardian: int, arguments: tuple[str, ...]) -> _Finished:
    """Run the app until it ends, with further arguments for Codex."""
    process = _start(launch, arguments)
    session: AgentSession | None = None
    try:
        with diverted_for_good(paths.log_file()):
            # All that is loaded stays: looking through it for garbage would cost 12 ms now, and
            # stop the screen for a moment now and then.
            gc.disable()
            # Loading takes longer than Codex takes to start, so it comes second.
            from codex_voice.session.agent_session import AgentSession

            session = AgentSession(*_pane_size(), launch.config.ui.scrollback_lines)
            if isinstance(process, AgentProcess):
                session.adopt(process)
            absence = process if isinstance(process, AgentError) else None
            result, status = asyncio.run(_live(launch, session, absence, guardian))
    finally:
        if session is not None and session.process is not None:
            process = session.process
        if isinstance(process, AgentProcess):
            process.kill_now()
    if 0 < status < SIGNAL_STATUS:
        sys.stderr.write(f"codex-voice: an unexpected error; see {paths.log_file()}\n")
    if not status and isinstance(process, AgentProcess) and process.status is not None:
        status = process.status.for_shell
    return _Finished(result, status, session.last_words())


class _Executor(ThreadPoolExecutor):
    """Threads that nobody waits for at the end: a sound server may hold one up for long."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Begin nothing more."""
        super().shutdown(wait=False, cancel_futures=cancel_futures)


async def _live(
    launch: Launch, session: AgentSession, absence: AgentError | None, guardian: int
) -> tuple[AppResult | None, int]:
    """Show Codex while the app is loaded, run the app, and end what it began.

    Returns:
        What was chosen in it, and its own exit status.
    """
    from codex_voice.session.first_screen import FirstScreen

    loop = asyncio.get_running_loop()
    loop.set_default_executor(_Executor(thread_name_prefix="background"))
    first_screen = FirstScreen.open(session, sys.stdin.fileno()) if absence is None else None
    try:
        await asyncio.to_thread(importlib.import_module, "codex_voice.ui.app")
        from codex_voice import log
        from codex_voice.ui.app import CodexVoiceApp

        log.start(paths.log_file(), verbose=launch.verbose)
        gc.freeze()
        gc.enable()
        app = CodexVoiceApp(launch, session, absence, first_screen)
        result = await _run_app(app, guardian)
    finally:
        if first_screen is not None:
            first_screen.close()
    return result, app.return_code or 0


async def _run_app(app: CodexVoiceApp, guardian: int) -> AppResult | None:
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
        # The loop lets go of the signals; nothing is left to be done but to end.
        signal.pthread_sigmask(signal.SIG_BLOCK, FORWARDED)


def _start(launch: Launch, arguments: tuple[str, ...]) -> AgentProcess | AgentError:
    try:
        return start_agent(launch, *_pane_size(), arguments)
    except AgentError as error:
        return error


def _pane_size() -> tuple[int, int]:
    columns, rows = shutil.get_terminal_size()
    return columns, max(1, rows - STATUS_ROWS)
