"""Runs Moshi's server: starts it, watches it, restarts it, and ends it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable

from codex_voice.errors import CodexVoiceError, MoshiNotInstalled, MoshiServerFailed
from codex_voice.serve.moshi import launch, port
from codex_voice.serve.moshi.claim import PortClaim, ServerNote, kill_left_behind
from codex_voice.serve.moshi.configuration import ServerManagerConfig
from codex_voice.serve.moshi.graphics_memory import free_megabytes
from codex_voice.serve.moshi.server_process import MoshiProcess
from codex_voice.serve.moshi.server_state import ServerEvent, ServerMachine, ServerStatus

_LOG = logging.getLogger(__name__)

_POLL_SECONDS = 0.5
_LEFT_BEHIND_POLLS = 20
_LEFT_BEHIND_SECONDS = 0.25
"""A killed process gives its port back in milliseconds, once the kernel has freed its memory."""


class MoshiServerManager:
    """Runs one server; belongs to one event loop.

    The server ends with this process, however that ends. It has a session of its own, so Ctrl-C
    does not reach it.

    Attributes:
        error: Why the server ended or was not started the last time; None while it is ready.

    Args:
        config: How it is run.
        on_status_change: Given each new status, on the event loop; must not raise.
        role: What this program is, for the messages of others that want to run the server.
    """

    def __init__(
        self,
        config: ServerManagerConfig | None = None,
        on_status_change: Callable[[ServerStatus], object] | None = None,
        *,
        role: str = "another program",
    ) -> None:
        self.config = config or ServerManagerConfig()
        self.error: CodexVoiceError | None = None
        self._on_status_change = on_status_change
        self._machine = ServerMachine(self.config)
        self._claim = PortClaim(self.config.port, role)
        self._process: MoshiProcess | None = None
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    @property
    def status(self) -> ServerStatus:
        """What the server is doing."""
        return self._machine.status

    @property
    def is_ready(self) -> bool:
        """Whether clients can connect."""
        return self.status is ServerStatus.READY

    @property
    def pid(self) -> int | None:
        """The server's process; None while there is none."""
        return None if self._process is None else self._process.pid

    @property
    def restarts(self) -> int:
        """How often it was restarted since it last ran steadily."""
        return self._machine.restarts

    @property
    def url(self) -> str:
        """Where it answers HTTP."""
        return self.config.url

    @property
    def ws_url(self) -> str:
        """Where its clients connect."""
        return self.config.ws_url

    async def start(self) -> None:
        """Begin to start it, unless it runs; `wait_ready` waits until the model is loaded."""
        if self.status in (ServerStatus.STOPPED, ServerStatus.ERROR):
            await self._end_task()
            self.error = None
            self._begin(ServerEvent.START_WANTED)

    async def restart(self) -> None:
        """End it, if it runs, and begin to start it."""
        await self._end_task()
        await self._stop_process()
        self._begin(ServerEvent.RESTART_WANTED)

    async def stop(self) -> None:
        """End it and wait for that: up to 10 s. Clients of ours should hang up before."""
        await self._end_task()
        await self._stop_process()
        self._claim.give_back()
        self._change(ServerEvent.STOP_WANTED)

    async def wait_ready(self, timeout: float = 300.0) -> bool:  # noqa: ASYNC109 - a public name
        """Wait until clients can connect; say whether they can. False at once when it is given up.

        Args:
            timeout: Seconds to wait; loading the model takes minutes.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.status not in (
                    ServerStatus.READY,
                    ServerStatus.ERROR,
                    ServerStatus.STOPPED,
                ):
                    self._changed.clear()
                    await self._changed.wait()
        return self.is_ready

    def _begin(self, event: ServerEvent) -> None:
        self._change(event)
        self._task = asyncio.create_task(self._run(), name="moshi-manager")

    async def _end_task(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        """Do what the status asks for until it asks for nothing."""
        while True:
            match self.status:
                case ServerStatus.STARTING:
                    event = await self._launch()
                case ServerStatus.LOADING_MODEL:
                    event = await self._load()
                case ServerStatus.READY:
                    event = await self._check()
                case ServerStatus.RESTARTING:
                    await self._kill_process()
                    await asyncio.sleep(self._machine.wait_seconds)
                    event = ServerEvent.WAIT_OVER
                case _:
                    await self._kill_process()
                    self._claim.give_back()
                    return
            self._change(event)

    async def _launch(self) -> ServerEvent:
        marker = f"codex-voice-moshi-{uuid.uuid4().hex}"
        try:
            await self._free_port(self._claim.acquire())
        except MoshiServerFailed as error:
            self.error = error
            return ServerEvent.REFUSED
        try:
            await self._check_memory()
        except MoshiServerFailed as error:
            self.error = error
            # What ended just now may still be giving its memory back.
            return ServerEvent.ENDED if self._machine.restarts else ServerEvent.REFUSED
        starting = asyncio.ensure_future(MoshiProcess.start(self.config, marker))
        try:
            self._process = await asyncio.shield(starting)
        except asyncio.CancelledError:
            # The process may be there already: it must be known to be ended.
            with contextlib.suppress(MoshiServerFailed):
                self._process = await starting
            raise
        except MoshiServerFailed as error:
            self.error = error
            return ServerEvent.REFUSED
        self._claim.note(self._process.pid, marker)
        return ServerEvent.LAUNCHED

    async def _free_port(self, before: ServerNote) -> None:
        """End a server that was left behind, and make sure that nobody else has the port.

        Raises:
            MoshiServerFailed: Somebody has.
        """
        config = self.config
        if await asyncio.to_thread(kill_left_behind, before):
            _LOG.info("moshi: ended process %d, which was left behind", before.server)
            for _ in range(_LEFT_BEHIND_POLLS):
                if not before.server_lives and port.is_free(config.host, config.port):
                    break
                await asyncio.sleep(_LEFT_BEHIND_SECONDS)
        try:
            free = await asyncio.to_thread(port.is_free, config.host, config.port)
        except OSError as error:
            raise MoshiServerFailed(
                f"nothing can listen on port {config.port} of {config.host}: {error.strerror}",
                "set another [moshi] host or port",
            ) from error
        if not free:
            who = await asyncio.to_thread(port.holder, config.port)
            raise MoshiServerFailed(
                f"port {config.port} of {config.host} is taken by {who}",
                "end it, or set another [moshi] port",
            )

    async def _check_memory(self) -> None:
        """Make sure that the model has room.

        Raises:
            MoshiServerFailed: It has not.
        """
        needed = self.config.min_vram_mb
        if needed == 0 or "cpu" in self.config.arguments:
            return
        free = await asyncio.to_thread(free_megabytes, launch.environment(self.config))
        if free is None:
            _LOG.info("moshi: no NVIDIA driver tells how much memory is free")
        elif free < needed:
            raise MoshiServerFailed(
                f"the graphics card has {free:,} MB free, and Moshi needs {needed:,} MB",
                "end what uses the card, or set [moshi] minimum_vram_mb",
            )

    async def _load(self) -> ServerEvent:
        """Wait until the server listens, says so, or ends."""
        process = self._running
        try:
            async with asyncio.timeout(self.config.loading_timeout):
                ended = asyncio.ensure_future(process.wait())
                said = asyncio.ensure_future(process.said_ready.wait())
                polled = asyncio.ensure_future(self._poll())
                waiting = (ended, said, polled)
                try:
                    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for future in waiting:
                        future.cancel()
        except TimeoutError:
            self.error = MoshiServerFailed(
                f"Moshi's model was not loaded in {self.config.loading_timeout:.0f} s"
            )
            return ServerEvent.LOADED_TOO_LONG
        if not ended.done() or ended.cancelled():
            self.error = None
            return ServerEvent.ANSWERED
        if ended.result() == launch.MODULE_MISSING_STATUS:
            self.error = MoshiNotInstalled(
                f"{self.config.python_exe} has no module {self.config.module}",
                "set [moshi] python to the Python that has the package moshi",
            )
            return ServerEvent.REFUSED
        return self._ended(ended.result())

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            if await self._answers():
                return

    async def _answers(self) -> bool:
        config = self.config
        return await port.answers(config.host, config.port, config.health_check_timeout)

    async def _check(self) -> ServerEvent:
        """Wait for the next health check, and do it; or for the server's end."""
        try:
            async with asyncio.timeout(self.config.health_check_interval):
                return self._ended(await self._running.wait())
        except TimeoutError:
            pass
        if await self._answers():
            return ServerEvent.CHECK_PASSED
        self.error = MoshiServerFailed("Moshi's server does not answer")
        return ServerEvent.CHECK_FAILED

    def _ended(self, status: int) -> ServerEvent:
        how = f"with status {status}" if status >= 0 else f"by signal {-status}"
        line = self._running.last_line if status > 0 else ""
        self.error = MoshiServerFailed(f"Moshi's server ended {how}{': ' if line else ''}{line}")
        return ServerEvent.ENDED

    @property
    def _running(self) -> MoshiProcess:
        assert self._process is not None
        return self._process

    async def _stop_process(self) -> None:
        process = self._process
        if process is not None:
            await process.stop()
            self._process = None

    async def _kill_process(self) -> None:
        process = self._process
        if process is not None:
            await process.kill()
            self._process = None

    def _change(self, event: ServerEvent) -> None:
        before = self.status
        after = self._machine.handle(event)
        if after is not before:
            _LOG.info("moshi: server %s: %s", after.value, self.error or "")
            self._changed.set()
            if self._on_status_change is not None:
                self._on_status_change(after)
