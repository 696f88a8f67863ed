"""Runs the API until a signal ends it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import uvicorn

from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.config.schema import Config
from codex_voice.errors import ConfigError
from codex_voice.language.pipeline import Interpreter
from codex_voice.serve.access import token_from
from codex_voice.serve.agent_api.backend import Backend
from codex_voice.serve.agent_api.recognition_backend import RecognitionBackend
from codex_voice.serve.agent_api.routes import MOST_STREAMS, application
from codex_voice.serve.agent_api.voice import Voice
from codex_voice.serve.native_memory import return_large_blocks

TOKEN_VARIABLE = "CODEX_VOICE_API_TOKEN"
_MOST_MESSAGE_BYTES = 1 << 20
_ANALYSIS_THREADS = 2
_END_SECONDS = 0.2
"""What connections get to end by themselves once they were told; uvicorn itself takes 0.1 s. A
client that reads nothing would hold up the end."""


@dataclass(frozen=True)
class ListeningAddress:
    """Where the API listens.

    Args:
        host: Name or number of an interface of this machine.
        port: Its port; 0 is any free one.
    """

    host: str = "127.0.0.1"
    port: int = 8999

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in ("127.0.0.1", "::1", "localhost")

    def __str__(self) -> str:
        """Return its URL."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


class _Server(uvicorn.Server):
    """Leaves signals to us, for uvicorn raises them again at its end, and ends in time."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let all clients know that it ends, and wait for them a moment."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_SECONDS):
                await super().shutdown(sockets)


def run(
    config: Config,
    make_source: Callable[[], FrameSource],
    interpreter: Interpreter,
    address: ListeningAddress,
    report: Callable[[str], None],
) -> None:
    """Serve recognition until SIGTERM or SIGINT.

    Args:
        config: How to listen and to recognise.
        make_source: Finds this machine's microphone.
        interpreter: Tells commands from texts, and writes texts.
        address: Where clients connect.
        report: Reports the address, the token and trouble.

    Raises:
        ConfigError: The address or the token cannot be used.
    """
    with ThreadPoolExecutor(_ANALYSIS_THREADS) as analysis:
        run_backend(
            lambda: RecognitionBackend(Voice(config, make_source, interpreter, report), analysis),
            address,
            report,
        )


def run_backend(
    make_backend: Callable[[], Backend], address: ListeningAddress, report: Callable[[str], None]
) -> None:
    """Serve a back end until SIGTERM or SIGINT.

    Args:
        make_backend: Makes it, on the event loop.
        address: Where clients connect.
        report: Reports the address and the token.

    Raises:
        ConfigError: The address or the token cannot be used.
    """
    return_large_blocks()
    token = token_from(TOKEN_VARIABLE)
    if not re.fullmatch(r"[\w.~-]+", token, re.ASCII):
        raise ConfigError(f"{TOKEN_VARIABLE} may hold letters, digits, and . _ ~ - only")
    with _bound(address) as listening:
        asyncio.run(_serve(make_backend, address, token, report, listening))


@contextlib.contextmanager
def _bound(address: ListeningAddress) -> Iterator[socket.socket]:
    try:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        listening = socket.create_server((address.host, address.port), family=family)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(
            f"{address} cannot be used: {reason}", "choose another with --port or --bind"
        ) from error
    with listening:
        yield listening


async def _serve(
    make_backend: Callable[[], Backend],
    address: ListeningAddress,
    token: str,
    report: Callable[[str], None],
    listening: socket.socket,
) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    backend = make_backend()
    app = application(backend, token, only_loopback=address.is_loopback)
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=_MOST_MESSAGE_BYTES,
            ws_per_message_deflate=False,
            # WebSockets are counted with the requests, and have a limit of their own.
            limit_concurrency=2 * MOST_STREAMS,
            server_header=False,
        )
    )
    serving = asyncio.create_task(server.serve([listening]))
    ending = asyncio.create_task(ended.wait())
    await backend.start()
    bound = ListeningAddress(address.host, listening.getsockname()[1])
    report(f"agent API at {bound}, token {token}")
    if not bound.is_loopback:
        report("sound and token travel in the clear: other machines should come through ssh")
    try:
        await asyncio.wait((serving, ending), return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        # Requests that wait for it are answered with an error.
        await backend.close()
        await serving
    finally:
        for task in (serving, ending):
            task.cancel()
        await asyncio.gather(serving, ending, return_exceptions=True)
