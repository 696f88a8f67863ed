"""Server and client together: what ends the one must not end the conversation for good."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from codex_voice.moshi import AgentConfig, MoshiAgentAPI, ServerManagerConfig
from codex_voice.serve.moshi.api import Happening
from codex_voice.serve.moshi.configuration import FRAME_SAMPLES
from tests.serve.moshi.conftest import fake_moshi
from tests.serve.moshi.test_agent import sound
from tests.support.process_tree import until_gone

MakeConfig = Callable[..., ServerManagerConfig]


class Talk:
    """Somebody who talks all the time, and counts what comes back."""

    def __init__(self, api: MoshiAgentAPI) -> None:
        self.api = api
        self.samples = 0
        self._notified = asyncio.Event()
        api.follow(self._follow)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        while not condition():
            self._notified.clear()
            await self._notified.wait()

    async def hears_more(self) -> None:
        """Wait for a second of new sound."""
        heard = self.samples
        await self.until(lambda: self.samples > heard + 12 * FRAME_SAMPLES)

    async def speak(self) -> None:
        """Send sound for ever."""
        while True:
            await self.api.agent.send_audio(sound(1))
            await asyncio.sleep(0.02)

    def _follow(self, happening: Happening, content: Any) -> None:
        if happening is Happening.SOUND:
            self.samples += content.size
        self._notified.set()


@asynccontextmanager
async def talk(api: MoshiAgentAPI) -> AsyncIterator[Talk]:
    """Talk until the block ends; then nothing runs any more."""
    made = Talk(api)
    speaking = asyncio.create_task(made.speak())
    try:
        yield made
    finally:
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
        manager = api.server_manager
        pid = manager.pid if manager is not None else None
        await api.stop_all()
        assert not until_gone({pid} if pid is not None else set())


def agent_config(**changes: Any) -> AgentConfig:
    """Return how a patient client behaves that tries again soon."""
    settings = {
        "connect_timeout": 100,
        "handshake_timeout": 100,
        "latency_threshold_ms": 100_000,
        "max_reconnect_attempts": 10_000,
        "reconnect_backoff_max": 0.05,
    }
    return AgentConfig(**{**settings, **changes})


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_it_goes_on_when_the_server_dies_or_freezes(
    number: signal.Signals, server_config: MakeConfig
) -> None:
    """The server is restarted, and the client connected to the new one."""
    impatient = {"health_check_interval": 0.1, "health_check_timeout": 0.5}
    config = server_config(**(impatient if number is signal.SIGSTOP else {}))
    async with talk(MoshiAgentAPI(config, agent_config())) as talking:
        manager = talking.api.server_manager
        assert manager is not None
        assert await talking.api.start_all()
        await talking.hears_more()
        before = manager.pid
        assert before is not None
        os.kill(before, number)
        await talking.until(lambda: manager.pid not in (None, before))
        await talking.hears_more()
        if number is signal.SIGKILL:  # The impatient one may restart a slow server once more.
            status = talking.api.get_status()
            assert status["server"]["status"] == "ready"
            assert status["agent"]["state"] == "streaming"
            assert status["error"] is None
            assert status["recent_text"]


async def test_a_client_that_was_given_up_is_connected_to_a_ready_server(
    server_config: MakeConfig,
) -> None:
    """Real models load for minutes, and its tries are over before."""
    config = server_config(restart_backoff_max=1.0)
    agent = agent_config(max_reconnect_attempts=0)
    async with talk(MoshiAgentAPI(config, agent)) as talking:
        manager = talking.api.server_manager
        assert manager is not None
        assert await talking.api.start_all()
        assert manager.pid is not None
        os.kill(manager.pid, signal.SIGKILL)
        await talking.until(lambda: talking.api.get_status()["agent"]["state"] == "disconnected")
        await talking.until(lambda: talking.api.agent.is_connected)
        await talking.hears_more()


async def test_a_port_that_is_taken_is_the_reason(server_config: MakeConfig) -> None:
    """And it begins when the port is free and somebody wants it."""
    config = server_config()
    async with talk(MoshiAgentAPI(config, agent_config())) as talking:
        with socket.create_server((config.host, config.port)):
            assert not await talking.api.start_all()
            assert f"port {config.port} of 127.0.0.1 is taken" in str(talking.api.error)
        assert await talking.api.start_all()
        await talking.hears_more()


async def test_a_server_that_somebody_else_runs_is_only_talked_to(moshi_packages: None) -> None:
    """Such as one on another machine, through ssh."""
    async with fake_moshi() as server:
        agent = agent_config(server_ws_url=server.url)
        async with talk(MoshiAgentAPI(agent_config=agent, own_server=False)) as talking:
            assert await talking.api.start_all()
            await talking.hears_more()
            await talking.api.disconnect()
            assert talking.api.get_status()["agent"]["state"] == "disconnected"
            assert await talking.api.reconnect()
            assert talking.api.get_status()["server"]["status"] == "external"
