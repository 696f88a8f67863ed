"""Moshi's server and its client as one thing: the first one's restarts do not end the second."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from codex_voice.errors import CodexVoiceError
from codex_voice.serve.moshi.agent import MoshiAgent
from codex_voice.serve.moshi.agent_state import AgentState
from codex_voice.serve.moshi.configuration import AgentConfig, ServerManagerConfig
from codex_voice.serve.moshi.manager import MoshiServerManager
from codex_voice.serve.moshi.opus import Samples
from codex_voice.serve.moshi.server_state import ServerStatus

_LOG = logging.getLogger(__name__)

_RECENT_PIECES = 200
"""Pieces of text that are remembered, of which `get_status` shows the last twenty."""
_SHOWN_PIECES = 20
_LOADING_SECONDS = 1800.0


class Happening(enum.StrEnum):
    """What followers are told of."""

    SOUND = "sound"
    """With float32 samples, one channel, 24 kHz."""
    TEXT = "text"
    """With a piece of what Moshi says."""
    STATUS = "status"
    """With None: `get_status` says something else now."""


Follower = Callable[[Happening, Any], None]


class MoshiAgentAPI:
    """Runs Moshi's server and talks to it; belongs to one event loop.

    The client is connected whenever the server becomes ready and the conversation is wanted, that
    is, from `start_all` or `connect` until `stop_all` or `disconnect`.

    Attributes:
        server_manager: The server; None where one is talked to that somebody else runs.
        agent: The client. This has its callbacks: `follow` is for everybody else.

    Args:
        server_config: How the server is run; its defaults without it.
        agent_config: How the client behaves. Its address is that of the server which is run here.
        api_port: Where `run` offers this to other programs.
        own_server: Whether a server is run here. If not, that of `agent_config` is talked to.
        role: What this program is, for the messages of others that want to run the server.
    """

    def __init__(
        self,
        server_config: ServerManagerConfig | None = None,
        agent_config: AgentConfig | None = None,
        api_port: int = 8999,
        *,
        own_server: bool = True,
        role: str = "another program",
    ) -> None:
        agent_config = agent_config or AgentConfig()
        self.api_port = api_port
        self.server_manager: MoshiServerManager | None = None
        if own_server:
            self.server_manager = MoshiServerManager(
                server_config, self._on_server_status, role=role
            )
            agent_config = dataclasses.replace(
                agent_config, server_ws_url=self.server_manager.ws_url
            )
        self.agent = MoshiAgent(agent_config)
        self.agent.on_audio_received = self._on_audio
        self.agent.on_text_received = self._on_text
        self.agent.on_state_change = self._on_agent_state
        self._wanted = False
        self._connecting: asyncio.Task[bool] | None = None
        self._changing = asyncio.Lock()
        self._followers: list[Follower] = []
        self._recent: deque[str] = deque(maxlen=_RECENT_PIECES)

    @property
    def error(self) -> CodexVoiceError | None:
        """Why there is no conversation; None while there is one, or none is wanted."""
        server = self.server_manager
        if server is not None and server.error is not None and not server.is_ready:
            return server.error
        return self.agent.error

    def follow(self, follower: Follower) -> Callable[[], None]:
        """Send somebody sound, text and changes from now on; returns what ends that.

        Called on the event loop; must not raise, and not wait.
        """
        self._followers.append(follower)
        return lambda: self._followers.remove(follower)

    async def start_all(self, wait_ready: bool = True) -> bool:
        """Start the server and connect to it.

        Args:
            wait_ready: Whether to wait until both is done, or has failed. Loading the model takes
                minutes.

        Returns:
            Whether the conversation has begun.
        """
        self._wanted = True
        manager = self.server_manager
        if manager is not None:
            await manager.start()
        elif not wait_ready:
            self._begin_to_connect()
        if not wait_ready:
            return self.agent.is_connected
        ready = manager is None or await manager.wait_ready(_LOADING_SECONDS)
        return ready and await self._connect()

    async def stop_all(self) -> None:
        """Hang up, and end the server."""
        async with self._changing:
            await self._hang_up()
            if self.server_manager is not None:
                await self.server_manager.stop()

    async def connect(self) -> bool:
        """Connect to a server that runs, and say whether that worked at the first try."""
        self._wanted = True
        return await self._connect()

    async def disconnect(self) -> None:
        """Hang up; the server runs on."""
        async with self._changing:
            await self._hang_up()

    async def reconnect(self) -> bool:
        """Hang up and connect again, which empties the server's memory of the conversation."""
        await self.disconnect()
        return await self.connect()

    def run(self, host: str = "127.0.0.1", port: int | None = None) -> None:
        """Serve this to other programs until SIGTERM or SIGINT, as `codex-voice serve` does.

        The address and the token are written to the log of this module. Not to be called while
        an event loop runs.

        Args:
            host: The interface.
            port: The port; `api_port` without it, 0 is any free one.

        Raises:
            CodexVoiceError: The address cannot be used, or a package is missing.
        """
        from codex_voice.serve.agent_api.moshi_backend import serve
        from codex_voice.serve.agent_api.server import ListeningAddress

        address = ListeningAddress(host, self.api_port if port is None else port)
        serve(lambda: self, address, _LOG.warning)

    def get_status(self) -> dict[str, Any]:
        """Return the states of both, as an object for JSON."""
        server, agent = self.server_manager, self.agent
        stats = agent.stats
        return {
            "server": {
                "status": "external" if server is None else server.status.value,
                "ws_url": agent.config.server_ws_url,
                "restarts": 0 if server is None else server.restarts,
            },
            "agent": {
                "state": agent.state.value,
                "is_connected": agent.is_connected,
                "is_busy": agent.is_busy,
                "stats": {
                    "total_audio_sent": stats.total_audio_sent,
                    "total_audio_received": stats.total_audio_received,
                    "total_text_tokens": stats.total_text_tokens,
                    "reconnect_count": stats.reconnect_count,
                    "current_latency_ms": round(stats.current_latency_ms, 1),
                    "avg_latency_ms": round(stats.avg_latency_ms, 1),
                },
            },
            "recent_text": list(self._recent)[-_SHOWN_PIECES:],
            "error": None if self.error is None else str(self.error),
        }

    async def _connect(self) -> bool:
        return await asyncio.shield(self._begin_to_connect())

    def _begin_to_connect(self) -> asyncio.Task[bool]:
        """Let the client connect, once at a time."""
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(self.agent.connect())
        return self._connecting

    async def _hang_up(self) -> None:
        self._wanted = False
        await self.agent.disconnect()
        if self._connecting is not None:
            await self._connecting
            self._connecting = None

    def _on_server_status(self, status: ServerStatus) -> None:
        if status is ServerStatus.READY and self._wanted and not self.agent.is_connected:
            # Its tries may have been used up while the model was loaded, or it waits.
            self._begin_to_connect()
        self._publish(Happening.STATUS, None)

    def _on_agent_state(self, _state: AgentState) -> None:
        self._publish(Happening.STATUS, None)

    def _on_audio(self, samples: Samples) -> None:
        self._publish(Happening.SOUND, samples)

    def _on_text(self, text: str) -> None:
        self._recent.append(text)
        self._publish(Happening.TEXT, text)

    def _publish(self, happening: Happening, content: Any) -> None:
        for follower in tuple(self._followers):
            follower(happening, content)
