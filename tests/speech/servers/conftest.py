"""Servers over real loopback connections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.speech.servers.scripted_server import ScriptedServer
from tests.support.unused_port import unused_port


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Start a server."""
    running = ScriptedServer()
    yield running
    running.stop()


@pytest.fixture
def dead_url() -> str:
    """Find a port on which nobody listens."""
    return f"http://127.0.0.1:{unused_port()}"
