"""The client of Moshi's server, against a small one with the real codec."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from codex_voice.errors import MoshiBusy, MoshiConnectionLost, MoshiNotInstalled
from codex_voice.serve.moshi.agent import MoshiAgent
from codex_voice.serve.moshi.agent_state import AgentState
from codex_voice.serve.moshi.configuration import FRAME_SAMPLES, AgentConfig
from codex_voice.serve.moshi.opus import Samples
from tests.serve.moshi.conftest import RunningFake, fake_moshi

pytestmark = pytest.mark.usefixtures("moshi_packages")

_PATIENT = AgentConfig(
    connect_timeout=100,
    handshake_timeout=100,
    latency_threshold_ms=100_000,
    reconnect_backoff_base=1.0,
    reconnect_backoff_max=0.01,
)
"""No clock of a busy machine ends anything."""


class Follower:
    """A client, and what it has been told."""

    def __init__(self, agent: MoshiAgent) -> None:
        self.agent = agent
        self.states: list[AgentState] = []
        self.samples = 0
        self.text = ""
        self._notified = asyncio.Event()
        agent.on_state_change = self._state
        agent.on_audio_received = self._audio
        agent.on_text_received = self._text

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        while not condition():
            self._notified.clear()
            await self._notified.wait()

    def _state(self, state: AgentState) -> None:
        self.states.append(state)
        self._notified.set()

    async def _audio(self, samples: Samples) -> None:
        self.samples += samples.size
        self._notified.set()

    def _text(self, text: str) -> None:
        self.text += text
        self._notified.set()


@asynccontextmanager
async def following(server: RunningFake, **changes: object) -> AsyncIterator[Follower]:
    """Make a client of a server; it hangs up at the end."""
    config = dataclasses.replace(
        _PATIENT,
        server_ws_url=server.url,
        **changes,  # type: ignore[arg-type]
    )
    agent = MoshiAgent(config)
    try:
        yield Follower(agent)
    finally:
        await agent.disconnect()


def sound(frames: int) -> Samples:
    """Return that much of a low tone."""
    wave = 0.2 * np.sin(np.arange(frames * FRAME_SAMPLES) / 20)
    return wave.astype(np.float32)


async def keep_talking(agent: MoshiAgent) -> None:
    """Send sound for ever, connected or not."""
    while True:
        await agent.send_audio(sound(1))
        await asyncio.sleep(0.01)


@asynccontextmanager
async def talking(follower: Follower) -> AsyncIterator[None]:
    """Send sound until the block ends."""
    task = asyncio.create_task(keep_talking(follower.agent))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_sound_and_text_come_back() -> None:
    """One frame less than was sent, and each in the order of the server."""
    async with fake_moshi() as server, following(server) as client:
        assert await client.agent.connect()
        assert await client.agent.send_audio(sound(5)[:-1])
        assert await client.agent.send_audio(sound(1)[:1])
        await client.until(lambda: client.samples >= 4 * FRAME_SAMPLES)
        await client.until(lambda: "frame5" in client.text)
        assert client.text == " frame2 frame3 frame4 frame5"
        assert client.agent.stats.total_audio_sent == 5 * FRAME_SAMPLES
        assert client.agent.stats.avg_latency_ms > 0
    assert [state.value for state in client.states] == [
        "connecting",
        "handshake",
        "streaming",
        "disconnected",
    ]


async def test_each_connection_has_a_codec_of_its_own() -> None:
    """The stream of the one before would make no sense in the next."""
    async with fake_moshi() as server, following(server) as client:
        for connection in range(1, 4):
            assert await client.agent.reconnect()
            await client.agent.send_audio(sound(3))
            await client.until(lambda: client.samples >= connection * 2 * FRAME_SAMPLES)  # noqa: B023
        assert server.fake.served == 3


async def test_what_it_does_not_know_is_dropped() -> None:
    """Other kinds, empty messages, text messages, and a longer handshake."""
    from tests.serve.moshi.fake_server import Faults

    async with fake_moshi(Faults(strange=True)) as server, following(server) as client:
        assert await client.agent.connect()
        await client.agent.send_audio(sound(4))
        await client.until(lambda: client.samples >= 3 * FRAME_SAMPLES)
        assert client.states[-1] is AgentState.STREAMING


async def test_while_another_client_has_the_server_it_is_busy() -> None:
    """It says so, and gets its turn when the other one hangs up."""
    async with (
        fake_moshi() as server,
        following(server) as first,
        following(server, handshake_timeout=0.3, max_reconnect_attempts=10_000) as second,
    ):
        assert await first.agent.connect()
        assert not await second.agent.connect()
        assert isinstance(second.agent.error, MoshiBusy)
        assert second.agent.is_busy
        await first.agent.disconnect()
        await second.until(lambda: second.agent.is_connected)
        assert not second.agent.is_busy


@pytest.mark.parametrize("fault", ["garbage", "drop"])
async def test_a_connection_that_breaks_is_made_again(fault: str) -> None:
    """Whether the server sends nonsense or is gone in the middle of a word."""
    from tests.serve.moshi.fake_server import Faults

    async with (
        fake_moshi(
            Faults(garbage_after=3) if fault == "garbage" else Faults(drop_after=3)
        ) as server,
        following(server) as client,
    ):
        assert await client.agent.connect()
        async with talking(client):
            await client.until(lambda: AgentState.RECONNECTING in client.states)
            server.fake.faults = Faults()
            heard = client.samples
            await client.until(lambda: client.samples > heard + 5 * FRAME_SAMPLES)
        assert client.agent.error is None


@pytest.mark.parametrize("mute", [False, True], ids=["late", "mute"])
async def test_one_that_answers_too_late_is_connected_to_again(mute: bool) -> None:
    """Its memory of the conversation, which made it slow, is empty then."""
    from tests.serve.moshi.fake_server import Faults

    async with (
        fake_moshi(Faults(late_seconds=0.4, mute=mute)) as server,
        following(server, latency_threshold_ms=300, max_reconnect_attempts=10_000) as client,
    ):
        assert await client.agent.connect()
        async with talking(client):
            await client.until(lambda: AgentState.RECONNECTING in client.states)
            assert "later than 300 ms" in str(client.agent.error)
            server.fake.faults = Faults()
            heard = client.samples
            await client.until(lambda: client.samples > heard + 5 * FRAME_SAMPLES)


async def test_a_server_that_is_not_there_is_tried_and_given_up() -> None:
    """As often as is configured."""
    async with fake_moshi() as server:
        pass
    async with following(server, max_reconnect_attempts=3) as client:
        assert not await client.agent.connect()
        assert isinstance(client.agent.error, MoshiConnectionLost)
        await client.until(lambda: client.states[-1] is AgentState.DISCONNECTED)
        assert client.states.count(AgentState.CONNECTING) == 4
        assert not await client.agent.send_audio(sound(1))


async def test_connecting_while_it_waits_tries_at_once() -> None:
    """Its next try would be in half an hour."""
    from tests.serve.moshi.fake_server import Faults

    async with (
        fake_moshi(Faults(drop_after=2)) as server,
        following(server, reconnect_backoff_base=1800, reconnect_backoff_max=1800) as client,
    ):
        # The first wait is base ** 0, a second; the second one is the long one.
        assert await client.agent.connect()
        async with talking(client):
            await client.until(lambda: client.agent.stats.reconnect_count == 1)
            await client.until(lambda: client.states.count(AgentState.RECONNECTING) == 2)
        server.fake.faults = Faults()
        assert await client.agent.connect()


async def test_an_address_that_is_none_is_not_tried_again() -> None:
    """The user has to mend it."""
    agent = MoshiAgent(AgentConfig(server_ws_url="not an address"))
    assert not await agent.connect()
    assert isinstance(agent.error, MoshiNotInstalled)
    assert agent.state is AgentState.DISCONNECTED


async def test_a_frozen_server_takes_bounded_memory() -> None:
    """Who sends faster than is sent on has to wait, until the connection is given up."""
    async with fake_moshi() as server, following(server) as client:
        assert await client.agent.connect()
        sending = asyncio.create_task(client.agent.send_audio(sound(300)))
        # In real time the last of 24 s is taken when 10 s are left: nowhere near now.
        await client.until(lambda: client.samples > 5 * FRAME_SAMPLES)
        assert not sending.done()
        await client.agent.disconnect()
        assert not await sending
