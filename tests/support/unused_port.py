"""Ports for the tests that have to name one before anybody listens on it."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

# Below what the kernel gives away by itself (from 32768 on Linux, 49152 on macOS).
_PORTS = range(15_000, 32_000)
# Never the same for two processes: tests run in parallel, and seed the common generator.
_CHANCE = random.SystemRandom()


def unused_port() -> int:
    """Return a port of 127.0.0.1 that is free, and stays so until its test uses it.

    A port that the kernel chose and got back it may give to the next program that asks for any.
    """
    while True:
        port = _CHANCE.choice(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
