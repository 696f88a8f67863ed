"""Starting the app around a Codex that runs already, and restoring everything at the end."""

from __future__ import annotations

import contextlib
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_voice.agent.process import AgentProcess
from codex_voice.errors import AgentError
from codex_voice.session.app_result import AppResult
from codex_voice.session.launch import Launch
from codex_voice.session.start import start_agent
from codex_voice.session.stderr_redirect import diverted_for_good

if TYPE_CHECKING:
    from codex_voice.session.agent_session import AgentSession

# The status bar's; the pane tells Codex the true size as soon as it is laid out.
STATUS_ROWS = 1


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
        if finished.result is AppResult.ENTER_PRACTICE:
            # Loaded by now; before, it would have kept Codex from starting.
            from codex_voice.agent.state import resume_id

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
        # Loading takes longer than Codex takes to start, so it comes second.
        from codex_voice import paths
        from codex_voice.cli import app_loop

        with diverted_for_good(paths.log_file()):
            from codex_voice.session.agent_session import AgentSession

            session = AgentSession(*_pane_size(), launch.config.ui.scrollback_lines)
            if isinstance(process, AgentProcess):
                session.adopt(process)
            absence = process if isinstance(process, AgentError) else None
            result, status = app_loop.run(launch, session, absence, guardian)
    finally:
        if session is not None and session.process is not None:
            process = session.process
        if isinstance(process, AgentProcess):
            process.kill_now()
    if 0 < status < app_loop.SIGNAL_STATUS:
        sys.stderr.write(f"codex-voice: an unexpected error; see {paths.log_file()}\n")
    if not status and isinstance(process, AgentProcess) and process.status is not None:
        status = process.status.for_shell
    # What was killed while it started has left a piece of its screen, and no words.
    words = [] if result is AppResult.NOT_LOADED else session.last_words()
    return _Finished(result, status, words)


def _start(launch: Launch, arguments: tuple[str, ...]) -> AgentProcess | AgentError:
    try:
        return start_agent(launch, *_pane_size(), arguments)
    except AgentError as error:
        return error


def _pane_size() -> tuple[int, int]:
    columns, rows = shutil.get_terminal_size()
    return columns, max(1, rows - STATUS_ROWS)
