"""The event loop of the app: Codex on a first screen, then the app, then the end of both."""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from codex_voice import paths
from codex_voice.errors import AgentError
from codex_voice.session.agent_session import AgentSession
from codex_voice.session.crash_guard import FORWARDED
from codex_voice.session.first_screen import FirstScreen
from codex_voice.session.launch import Launch

if TYPE_CHECKING:
    from codex_voice.ui.app import AppResult, CodexVoiceApp

SIGNAL_STATUS = 128
"""An exit by a signal is no error of ours; shells count such statuses from here."""


class _Executor(ThreadPoolExecutor):
    """Threads that nobody waits for at the end: a sound server may hold one up for long."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Begin nothing more."""
        super().shutdown(wait=False, cancel_futures=cancel_futures)


def run(
    launch: Launch, session: AgentSession, absence: AgentError | None, guardian: int
) -> tuple[AppResult | None, int]:
    """Show Codex while the app is loaded, run the app, and end what it began.

    Args:
        launch: What was found, and what is wanted.
        session: Codex, which has been started.
        absence: Why it has not, if so.
        guardian: A file descriptor that reaches its end when nobody stands by any more.

    Returns:
        What was chosen in the app, and its own exit status.
    """
    # All that is loaded stays: looking through it for garbage would cost 12 ms now, and stop the
    # screen for a moment now and then.
    gc.disable()
    try:
        return asyncio.run(_live(launch, session, absence, guardian))
    finally:
        gc.enable()


async def _live(
    launch: Launch, session: AgentSession, absence: AgentError | None, guardian: int
) -> tuple[AppResult | None, int]:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(_Executor(thread_name_prefix="background"))
    first_screen = FirstScreen.open(session, sys.stdin.fileno()) if absence is None else None
    try:
        # In a thread that ends: until the driver runs, signals are blocked, also for whatever a
        # thread of now would start later.
        with ThreadPoolExecutor(1) as importer:
            await loop.run_in_executor(importer, importlib.import_module, "codex_voice.ui.app")
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
