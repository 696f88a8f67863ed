"""The commands `moshi start`, `stop` and `status`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator

from codex_voice.config.schema import MoshiConfig
from codex_voice.errors import MoshiError, MoshiServerFailed
from codex_voice.own_command import runnable
from codex_voice.serve.moshi import claim, launch, opus, port
from codex_voice.serve.moshi.configuration import agent_config, server_config
from codex_voice.serve.moshi.graphics_memory import free_megabytes
from codex_voice.serve.moshi.manager import MoshiServerManager
from codex_voice.serve.moshi.server_state import ServerStatus

START_ROLE = "codex-voice moshi start"
"""What runs the server and nothing else, and may be ended by `moshi stop`."""

_ANSWER_SECONDS = 3.0
_STOP_SECONDS = 20.0
"""Twice what the server gets."""
_LOOK_SECONDS = 0.1

Report = Callable[[str], None]


@contextlib.asynccontextmanager
async def ended_by_signals() -> AsyncIterator[asyncio.Event]:
    """Give an event that SIGTERM and SIGINT set; a second one changes nothing."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    yield ended


async def start(config: MoshiConfig, report: Report) -> None:
    """Run the server until SIGTERM, SIGINT or `moshi stop`.

    Args:
        config: How it is run.
        report: Reports each new state, in one line.

    Raises:
        CodexVoiceError: It cannot be started, or ended and was not restarted.
    """
    given_up = asyncio.Event()

    def follow(status: ServerStatus) -> None:
        report(_line(manager, status))
        if status is ServerStatus.ERROR:
            given_up.set()

    manager = MoshiServerManager(server_config(config), follow, role=START_ROLE)
    async with ended_by_signals() as ended:
        waiting = [asyncio.create_task(event.wait()) for event in (ended, given_up)]
        try:
            await manager.start()
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            error = manager.error if given_up.is_set() else None
            await manager.stop()
    if error is not None:
        raise error


def _line(manager: MoshiServerManager, status: ServerStatus) -> str:
    match status:
        case ServerStatus.LOADING_MODEL:
            return f"Moshi's server loads the model (process {manager.pid}); that takes minutes"
        case ServerStatus.READY:
            return f"Moshi's server is ready at {manager.ws_url}"
        case ServerStatus.RESTARTING:
            return f"{manager.error}; it is started again"
        case ServerStatus.ERROR:
            return "Moshi's server is given up"
        case _:
            return f"Moshi's server is {status.value}"


def stop(config: MoshiConfig) -> str:
    """End the server that `moshi start` runs, or one that was left behind; return what was done.

    Raises:
        MoshiServerFailed: Another program of ours runs it, or it did not end.
    """
    note, managed = claim.look(config.port)
    if not managed:
        if claim.kill_left_behind(note):
            return f"Moshi's server (process {note.server}), which was left behind, is ended"
        return "Moshi's server is not running"
    if note.role != START_ROLE:
        raise MoshiServerFailed(
            f"{note.role} (process {note.manager}) runs Moshi's server", f"kill {note.manager}"
        )
    with contextlib.suppress(ProcessLookupError):
        os.kill(note.manager, signal.SIGTERM)
    end = time.monotonic() + _STOP_SECONDS
    while claim.look(config.port)[1]:
        if time.monotonic() > end:
            raise MoshiServerFailed(
                f"process {note.manager}, which runs Moshi's server, does not end",
                f"kill -KILL {note.manager}",
            )
        time.sleep(_LOOK_SECONDS)
    return f"Moshi's server (process {note.server}) is ended"


async def answers(config: MoshiConfig) -> bool:
    """Return whether a server answers where the configuration says."""
    if config.server_url:
        from urllib.parse import urlsplit

        parts = urlsplit(config.server_url)
        usual = 443 if parts.scheme == "wss" else 80
        return await port.answers(parts.hostname or "", parts.port or usual, _ANSWER_SECONDS)
    return await port.answers(config.host, config.port, _ANSWER_SECONDS)


def status_lines(config: MoshiConfig, answering: bool) -> Iterator[str]:
    """Yield what is known of the server, the client and the graphics memory, a line each."""
    url = agent_config(config).server_ws_url
    note, managed = claim.look(config.port)
    state = "answers" if answering else "does not answer"
    if config.server_url:
        yield f"server  {state} at {url}"
    elif managed:
        what = state if note.server else "is being started"
        yield (
            f"server  {what} at {url} (process {note.server}, run by {note.role}, "
            f"process {note.manager})"
        )
    elif note.server_lives:
        stop = runnable("codex-voice moshi stop")
        yield f"server  process {note.server} was left behind: {stop}"
    elif answering or not port.is_free(config.host, config.port):
        yield f"server  {state} at {url}; it is {port.holder(config.port)}, not run by us"
    else:
        yield f"server  stopped: {runnable(START_ROLE)}"
    try:
        opus.load()
        yield "client  has its codec, sphn"
    except MoshiError as error:
        yield f"client  {error}"
    free = free_megabytes(launch.environment(server_config(config)))
    needed = f"{config.minimum_vram_mb:,} MB are needed"
    yield (
        f"memory  no NVIDIA driver tells how much is free; {needed}"
        if free is None
        else f"memory  {free:,} MB free; {needed}"
    )
