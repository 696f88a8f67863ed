"""The manager of Moshi's server, with a small server in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from codex_voice.errors import MoshiNotInstalled, MoshiServerFailed
from codex_voice.serve.moshi.configuration import ServerManagerConfig
from codex_voice.serve.moshi.manager import MoshiServerManager
from codex_voice.serve.moshi.server_state import ServerStatus
from tests.support.process_tree import until_gone

_REPOSITORY = Path(__file__).resolve().parents[3]
_PATIENCE_SECONDS = 100.0
MakeConfig = Callable[..., ServerManagerConfig]


class Managed:
    """A manager, and the states it has been in."""

    def __init__(self, config: ServerManagerConfig) -> None:
        self.states: list[ServerStatus] = []
        self._changed = asyncio.Event()
        self.manager = MoshiServerManager(config, self._note)

    async def until(self, status: ServerStatus, times: int = 1) -> None:
        """Wait until it has been in a state so many times."""
        while self.states.count(status) < times:
            self._changed.clear()
            await self._changed.wait()

    def _note(self, status: ServerStatus) -> None:
        self.states.append(status)
        self._changed.set()


@asynccontextmanager
async def managed(config: ServerManagerConfig) -> AsyncIterator[Managed]:
    """Make a manager whose server has ended after the block."""
    made = Managed(config)
    try:
        yield made
    finally:
        pid = made.manager.pid
        await made.manager.stop()
        assert made.manager.pid is None
        assert not until_gone({pid} if pid is not None else set())


async def test_it_starts_is_ready_and_stops(server_config: MakeConfig) -> None:
    """Through each of its states, told one by one."""
    async with managed(server_config()) as made:
        await made.manager.start()
        assert await made.manager.wait_ready(_PATIENCE_SECONDS)
        assert made.manager.is_ready
    assert [status.value for status in made.states] == [
        "starting",
        "loading_model",
        "ready",
        "stopped",
    ]


async def test_one_that_says_nothing_is_found_by_its_port(server_config: MakeConfig) -> None:
    """Output may be lost in a buffer, or worded differently one day."""
    config = server_config(env_vars={"FAKE_MOSHI": '{"silent": true}'})
    async with managed(config) as made:
        await made.manager.start()
        assert await made.manager.wait_ready(_PATIENCE_SECONDS)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_one_that_dies_or_freezes_is_restarted(
    number: signal.Signals, server_config: MakeConfig
) -> None:
    """A frozen one still has its port: only an answer shows that it lives."""
    impatient = {"health_check_interval": 0.1, "health_check_timeout": 0.5}
    config = server_config(**(impatient if number is signal.SIGSTOP else {}))
    async with managed(config) as made:
        await made.manager.start()
        await made.until(ServerStatus.READY)
        before = made.manager.pid
        assert before is not None
        os.kill(before, number)
        await made.until(ServerStatus.RESTARTING)
        await made.until(ServerStatus.READY, times=2)
        assert made.manager.pid != before
        assert not until_gone({before})


async def test_one_that_ends_at_once_is_given_up(server_config: MakeConfig) -> None:
    """With the last line that it printed, unless that is what Moshi says."""
    config = server_config(max_restart_attempts=2, env_vars={"FAKE_MOSHI": '{"exit_at_start": 3}'})
    async with managed(config) as made:
        await made.manager.start()
        assert not await made.manager.wait_ready(_PATIENCE_SECONDS)
        assert made.states.count(ServerStatus.RESTARTING) == 2
        assert "status 3: OutOfMemoryError: CUDA out of memory" in str(made.manager.error)


async def test_much_output_never_stops_it(server_config: MakeConfig) -> None:
    """A pipe that nobody reads holds 64 kB; the server says a line a frame, for hours."""
    from codex_voice.serve.moshi.agent import MoshiAgent
    from codex_voice.serve.moshi.configuration import FRAME_SAMPLES, AgentConfig
    from tests.serve.moshi.test_agent import Follower, talking

    config = server_config(env_vars={"FAKE_MOSHI": '{"chatter_lines": 5000}'})
    async with managed(config) as made:
        await made.manager.start()
        await made.until(ServerStatus.READY)
        client = Follower(
            MoshiAgent(
                AgentConfig(
                    made.manager.ws_url,
                    connect_timeout=100,
                    handshake_timeout=100,
                    latency_threshold_ms=100_000,
                )
            )
        )
        assert await client.agent.connect()
        async with talking(client):
            await client.until(lambda: client.samples > 10 * FRAME_SAMPLES)
        await client.agent.disconnect()


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"python_exe": "/no/such/python"}, MoshiServerFailed, "cannot be run"),
        ({"module": "no_such_module.server"}, MoshiNotInstalled, "has no module no_such_module"),
        ({"host": "203.0.113.1"}, MoshiServerFailed, "nothing can listen"),
    ],
    ids=["interpreter", "module", "host"],
)
async def test_what_the_user_must_mend_is_said_once(
    changes: dict[str, str], error: type[Exception], says: str, server_config: MakeConfig
) -> None:
    """It is not tried again."""
    async with managed(server_config(**changes)) as made:
        await made.manager.start()
        assert not await made.manager.wait_ready(_PATIENCE_SECONDS)
        assert ServerStatus.RESTARTING not in made.states
        assert isinstance(made.manager.error, error)
        assert says in str(made.manager.error)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems need lsof")
async def test_a_strangers_port_is_left_to_the_stranger(server_config: MakeConfig) -> None:
    """Who is named; and when he is gone, it starts."""
    config = server_config()
    with socket.create_server((config.host, config.port)):
        async with managed(config) as made:
            await made.manager.start()
            assert not await made.manager.wait_ready(_PATIENCE_SECONDS)
            assert f"(process {os.getpid()})" in str(made.manager.error)
    async with managed(config) as made:
        await made.manager.start()
        assert await made.manager.wait_ready(_PATIENCE_SECONDS)


async def test_only_one_of_us_runs_a_port(server_config: MakeConfig) -> None:
    """The second one is told who does."""
    async with managed(server_config()) as first, managed(server_config()) as second:
        await first.manager.start()
        await first.until(ServerStatus.READY)
        await second.manager.start()
        assert not await second.manager.wait_ready(_PATIENCE_SECONDS)
        assert f"process {os.getpid()}" in str(second.manager.error)
        assert first.manager.is_ready


@contextmanager
def graphics_card(directory: Path, free: str) -> Iterator[None]:
    """Put a driver's program on PATH that says how much memory is free."""
    program = directory / "nvidia-smi"
    program.write_text(f"#!/bin/sh\necho '{free}'\n")
    program.chmod(0o755)
    yield
    program.unlink()


async def test_too_little_graphics_memory_is_said_before_minutes_of_loading(
    home: Path, server_config: MakeConfig
) -> None:
    """Of several cards, the one with the most counts; without a driver nothing is checked."""
    config = server_config(min_vram_mb=14_000)
    with graphics_card(home / "bin", "800\n9000"):
        async with managed(config) as made:
            await made.manager.start()
            assert not await made.manager.wait_ready(_PATIENCE_SECONDS)
            assert "9,000 MB free, and Moshi needs 14,000 MB" in str(made.manager.error)
    for free in ("14001", "No devices were found"):
        with graphics_card(home / "bin", free):
            async with managed(config) as made:
                await made.manager.start()
                assert await made.manager.wait_ready(_PATIENCE_SECONDS)


_RUN_A_SERVER = """
import asyncio, json, sys
from codex_voice.serve.moshi.configuration import ServerManagerConfig
from codex_voice.serve.moshi.manager import MoshiServerManager

async def main():
    manager = MoshiServerManager(ServerManagerConfig(**json.loads(sys.argv[1])))
    await manager.start()
    assert await manager.wait_ready(100), manager.error
    print(manager.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@asynccontextmanager
async def program_with_server(
    config: ServerManagerConfig,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Run a program that runs a server; give both process numbers."""
    names = ("port", "python_exe", "module", "min_vram_mb")
    settings = json.dumps({name: getattr(config, name) for name in names})
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _RUN_A_SERVER, settings),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(_REPOSITORY)},
    )
    assert program.stdout is not None
    try:
        yield program, int(await program.stdout.readline())
    finally:
        if program.returncode is None:
            program.kill()
        await program.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["term", "kill"])
async def test_the_server_ends_with_the_program_that_runs_it(
    number: signal.Signals, server_config: MakeConfig
) -> None:
    """However that program ends: this one knows nothing of signals."""
    async with program_with_server(server_config()) as (program, server):
        program.send_signal(number)
        await program.wait()
        assert not until_gone({server})


async def test_one_that_was_left_behind_is_ended(server_config: MakeConfig) -> None:
    """A frozen server cannot see that its program is gone."""
    config = server_config()
    async with program_with_server(config) as (program, server):
        os.kill(server, signal.SIGSTOP)
        program.kill()
        await program.wait()
    async with managed(config) as made:
        await made.manager.start()
        assert await made.manager.wait_ready(_PATIENCE_SECONDS)
        assert not until_gone({server})
