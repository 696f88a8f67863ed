"""Servers over real loopback connections."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.speech.servers.scripted_server import ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Start a server."""
    running = ScriptedServer()
    yield running
    running.stop()


@pytest.fixture
def dead_url() -> str:
    """Find a port on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"
