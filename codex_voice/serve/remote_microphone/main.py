"""Runs the microphone server, or calls who waits for a microphone, until a signal ends it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable

from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.serve.access import token_from
from codex_voice.serve.remote_microphone.address import TOKEN_VARIABLE, Address
from codex_voice.serve.remote_microphone.caller import call_for_ever
from codex_voice.serve.remote_microphone.server import MicrophoneServer
from codex_voice.serve.remote_microphone.sockets import listening_at


def run(
    make_source: Callable[[], FrameSource],
    address: Address,
    report: Callable[[str], None],
    *,
    open_to_all: bool = False,
) -> int:
    """Serve a microphone, and return the exit status.

    Args:
        make_source: Finds the microphone.
        address: Where listeners connect.
        report: Reports the address and the token, once.
        open_to_all: Whether no token is asked for.

    Raises:
        ConfigError: The address cannot be used.
    """
    token = "" if open_to_all else token_from(TOKEN_VARIABLE)
    asyncio.run(_serve(MicrophoneServer(make_source, token), address, token, report))
    return 0


def run_calls(
    make_source: Callable[[], FrameSource], address: Address, report: Callable[[str], None]
) -> int:
    """Call who waits for a microphone, and return the exit status.

    Args:
        make_source: Finds the microphone.
        address: Where they wait.
        report: Reports the address and the token, once.

    Raises:
        CallRefused: The token is wrong.
        ConfigError: websockets is needed and not installed.
    """
    token = address.token or token_from(TOKEN_VARIABLE)
    asyncio.run(_call(MicrophoneServer(make_source, token), address, token, report))
    return 0


async def _call(
    server: MicrophoneServer, address: Address, token: str, report: Callable[[str], None]
) -> None:
    calling = asyncio.create_task(call_for_ever(server, address))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, calling.cancel)
    report(f"the microphone calls {address}, token {token}")
    if not address.is_loopback and address.scheme != "wss":
        report("sound and token travel in the clear: other machines should come through ssh")
    with contextlib.suppress(asyncio.CancelledError):
        await calling


async def _serve(
    server: MicrophoneServer, address: Address, token: str, report: Callable[[str], None]
) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with listening_at(address, server.serve) as bound:
        report(f"microphone at {bound}" + (f", token {token}" if token else ", for everybody"))
        if not bound.is_loopback:
            report("sound and token travel in the clear: other machines should come through ssh")
        await ended.wait()
