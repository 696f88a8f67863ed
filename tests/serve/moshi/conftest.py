"""Fake servers of Moshi, in this process and in one of their own."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codex_voice.serve.moshi.configuration import ServerManagerConfig
from tests.support.unused_port import unused_port

if TYPE_CHECKING:
    from tests.serve.moshi.fake_server import FakeMoshi, Faults

FAKE_SERVER = Path(__file__).with_name("fake_server.py")


@dataclass
class RunningFake:
    """A fake server.

    Args:
        fake: What it does.
        url: Where its clients connect.
    """

    fake: FakeMoshi
    url: str


@asynccontextmanager
async def fake_moshi(faults: Faults | None = None) -> AsyncIterator[RunningFake]:
    """Run a fake server in this process."""
    from websockets.asyncio.server import serve

    from tests.serve.moshi.fake_server import FakeMoshi, Faults, answer_http

    fake = FakeMoshi(faults or Faults())
    async with serve(
        fake.handle, "127.0.0.1", 0, process_request=answer_http, compression=None, close_timeout=0
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield RunningFake(fake, f"ws://127.0.0.1:{port}/api/chat")


@pytest.fixture
def moshi_packages() -> None:
    """Skip the test where the fake server cannot run."""
    for package in ("sphn", "websockets"):
        pytest.importorskip(package, reason="codex-voice[moshi] is not installed")


@pytest.fixture
def server_config(home: Path, moshi_packages: None) -> Callable[..., ServerManagerConfig]:
    """Return what makes a configuration that runs the fake server in a process of its own."""
    port = unused_port()

    def make(**changes: object) -> ServerManagerConfig:
        settings: dict[str, object] = {
            "port": port,
            "python_exe": sys.executable,
            "module": str(FAKE_SERVER),
            "min_vram_mb": 0,
            # No clock of a busy machine ends anything.
            "health_check_timeout": 100,
            "restart_backoff_max": 0.05,
        }
        return ServerManagerConfig(**{**settings, **changes})  # type: ignore[arg-type]

    return make
