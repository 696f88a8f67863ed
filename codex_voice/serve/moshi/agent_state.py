"""The states of the connection to Moshi and how it gets from one to the next; no I/O."""

from __future__ import annotations

import enum

from codex_voice.serve.moshi.configuration import AgentConfig, backoff

STEADY_SECONDS = 60.0
"""A connection that lasted so long was a success: what fails after it is tried anew."""


class AgentState(enum.StrEnum):
    """What the client is doing."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    HANDSHAKE = "handshake"
    """Connected, and waiting for its turn."""
    STREAMING = "streaming"
    RECONNECTING = "reconnecting"
    """It waits before it tries again."""


class AgentEvent(enum.Enum):
    """What may happen."""

    CONNECT_WANTED = enum.auto()
    DISCONNECT_WANTED = enum.auto()
    OPENED = enum.auto()
    TURN_BEGAN = enum.auto()
    FAILED = enum.auto()
    """The connection could not be made, or broke, or nobody gave this client its turn."""
    TOO_SLOW = enum.auto()
    REFUSED = enum.auto()
    """It cannot be made, and trying again would not help."""
    WAIT_OVER = enum.auto()


_MOVES = {
    (AgentState.DISCONNECTED, AgentEvent.CONNECT_WANTED): AgentState.CONNECTING,
    (AgentState.CONNECTING, AgentEvent.OPENED): AgentState.HANDSHAKE,
    (AgentState.CONNECTING, AgentEvent.FAILED): AgentState.RECONNECTING,
    (AgentState.CONNECTING, AgentEvent.REFUSED): AgentState.DISCONNECTED,
    (AgentState.HANDSHAKE, AgentEvent.TURN_BEGAN): AgentState.STREAMING,
    (AgentState.HANDSHAKE, AgentEvent.FAILED): AgentState.RECONNECTING,
    (AgentState.STREAMING, AgentEvent.FAILED): AgentState.RECONNECTING,
    (AgentState.STREAMING, AgentEvent.TOO_SLOW): AgentState.RECONNECTING,
    (AgentState.RECONNECTING, AgentEvent.WAIT_OVER): AgentState.CONNECTING,
    **{(state, AgentEvent.DISCONNECT_WANTED): AgentState.DISCONNECTED for state in AgentState},
}


class ImpossibleStep(ValueError):
    """Something happened that cannot happen in this state: a fault of the caller."""


class AgentMachine:
    """Decides what state follows, and counts the tries in a row.

    Args:
        config: Whether, how often and after what waits it connects again.
    """

    def __init__(self, config: AgentConfig) -> None:
        self._config = config
        self.state = AgentState.DISCONNECTED
        self.attempts = 0
        self._streaming_since = 0.0

    @property
    def wait_seconds(self) -> float:
        """How long to wait before the try that is due."""
        return backoff(
            self._config.reconnect_backoff_base, self.attempts, self._config.reconnect_backoff_max
        )

    def handle(self, event: AgentEvent, now: float) -> AgentState:
        """Return the state that follows.

        Args:
            event: What happened.
            now: Seconds of any one clock.

        Raises:
            ImpossibleStep: The event cannot happen in this state.
        """
        try:
            following = _MOVES[self.state, event]
        except KeyError:
            raise ImpossibleStep(f"{event.name} while {self.state.value}") from None
        if event is AgentEvent.CONNECT_WANTED:
            self.attempts = 0
        if event is AgentEvent.TURN_BEGAN:
            self._streaming_since = now
        if following is AgentState.RECONNECTING:
            streamed = self.state is AgentState.STREAMING
            if streamed and now - self._streaming_since >= STEADY_SECONDS:
                self.attempts = 0
            wanted = self._config.auto_reconnect
            if not wanted or self.attempts >= self._config.max_reconnect_attempts:
                following = AgentState.DISCONNECTED
            else:
                self.attempts += 1
        self.state = following
        return following
