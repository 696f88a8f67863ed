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
from codex_voice.session.app_result import AppResult
from codex_voice.session.crash_guard import ENDING, FORWARDED
from codex_voice.session.first_screen import ANSWER_SECONDS, FirstScreen
from codex_voice.session.launch import Launch

if TYPE_CHECKING:
    from codex_voice.ui.app import CodexVoiceApp

SIGNAL_STATUS = 128
"""An exit by a signal is no error of ours; shells count such statuses from here."""

# How long after a signal the loading of the app ends at the latest.
_SIGNAL_CHECK_SECONDS = 0.05


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
        if ending := await _load_app():
            await _end_unseen(session, first_screen)
            return AppResult.NOT_LOADED, SIGNAL_STATUS + ending
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


async def _load_app() -> signal.Signals | None:
    """Import the app, or as much of it as there is time for.

    Returns:
        The signal that asked to end meanwhile, if any. Signals are blocked until the driver runs,
        and on a busy machine that can be long after the terminal's window has been closed.
    """
    # In a thread that ends, for it blocks the signals too, also for whatever it would start later.
    importer = _Executor(1, thread_name_prefix="importer")
    loading = asyncio.get_running_loop().run_in_executor(
        importer, importlib.import_module, "codex_voice.ui.app"
    )
    importer.shutdown()
    while True:
        await asyncio.wait([loading], timeout=_SIGNAL_CHECK_SECONDS)
        for ending in signal.sigpending().intersection(ENDING):
            loading.cancel()
            return signal.Signals(ending)
        if loading.done():
            loading.result()
            return None


async def _end_unseen(session: AgentSession, first_screen: FirstScreen | None) -> None:
    """End Codex, which has hardly begun, and may not know any keys that would end it."""
    if first_screen is not None and not session.reading:
        # What the terminal has been asked would otherwise be answered to the shell.
        await asyncio.sleep(ANSWER_SECONDS)
    session.start_reading()
    if session.process is not None:
        await session.process.terminate()


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
