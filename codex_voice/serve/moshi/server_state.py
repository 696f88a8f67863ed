"""The states of Moshi's server and how it gets from one to the next; does nothing by itself."""

from __future__ import annotations

import enum

from codex_voice.serve.moshi.configuration import ServerManagerConfig, backoff

_MOST_FAILED_CHECKS = 3
"""Questions in a row without an answer: a server that computes may miss one."""

_STEADY_CHECKS = 12
"""Answers in a row after which a restart has been a success: a minute at the default interval."""


class ServerStatus(enum.StrEnum):
    """What the server is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    """The port and the memory are looked at, and the process is started."""
    LOADING_MODEL = "loading_model"
    READY = "ready"
    ERROR = "error"
    """It was given up; `start` tries again."""
    RESTARTING = "restarting"
    """It ended, or was ended since it did not answer; it is started after a wait."""


class ServerEvent(enum.Enum):
    """What may happen."""

    START_WANTED = enum.auto()
    STOP_WANTED = enum.auto()
    RESTART_WANTED = enum.auto()
    LAUNCHED = enum.auto()
    REFUSED = enum.auto()
    """It cannot be started, and trying again would not help."""
    ANSWERED = enum.auto()
    """It said that it is ready, or answers a question for the first time."""
    ENDED = enum.auto()
    """The process ended, or could not be started this time."""
    LOADED_TOO_LONG = enum.auto()
    CHECK_PASSED = enum.auto()
    CHECK_FAILED = enum.auto()
    WAIT_OVER = enum.auto()


_MOVES = {
    (ServerStatus.STOPPED, ServerEvent.START_WANTED): ServerStatus.STARTING,
    (ServerStatus.ERROR, ServerEvent.START_WANTED): ServerStatus.STARTING,
    (ServerStatus.STARTING, ServerEvent.LAUNCHED): ServerStatus.LOADING_MODEL,
    (ServerStatus.STARTING, ServerEvent.REFUSED): ServerStatus.ERROR,
    (ServerStatus.STARTING, ServerEvent.ENDED): ServerStatus.RESTARTING,
    (ServerStatus.LOADING_MODEL, ServerEvent.REFUSED): ServerStatus.ERROR,
    (ServerStatus.LOADING_MODEL, ServerEvent.ANSWERED): ServerStatus.READY,
    (ServerStatus.LOADING_MODEL, ServerEvent.ENDED): ServerStatus.RESTARTING,
    (ServerStatus.LOADING_MODEL, ServerEvent.LOADED_TOO_LONG): ServerStatus.RESTARTING,
    (ServerStatus.READY, ServerEvent.CHECK_PASSED): ServerStatus.READY,
    (ServerStatus.READY, ServerEvent.CHECK_FAILED): ServerStatus.READY,
    (ServerStatus.READY, ServerEvent.ENDED): ServerStatus.RESTARTING,
    (ServerStatus.RESTARTING, ServerEvent.WAIT_OVER): ServerStatus.STARTING,
    **{(status, ServerEvent.STOP_WANTED): ServerStatus.STOPPED for status in ServerStatus},
    **{(status, ServerEvent.RESTART_WANTED): ServerStatus.STARTING for status in ServerStatus},
}


class ImpossibleMove(ValueError):
    """Something happened that cannot happen in this state: a fault of the caller."""


class ServerMachine:
    """Decides what state follows; counts restarts and failed health checks.

    Args:
        config: How often it restarts, and after what waits.
    """

    def __init__(self, config: ServerManagerConfig) -> None:
        self._config = config
        self.status = ServerStatus.STOPPED
        self.restarts = 0
        self._failed = self._passed = 0

    @property
    def wait_seconds(self) -> float:
        """How long to wait before the restart that is due."""
        return backoff(
            self._config.restart_backoff_base, self.restarts, self._config.restart_backoff_max
        )

    def handle(self, event: ServerEvent) -> ServerStatus:
        """Return the state that follows.

        Raises:
            ImpossibleMove: The event cannot happen in this state.
        """
        try:
            following = _MOVES[self.status, event]
        except KeyError:
            raise ImpossibleMove(f"{event.name} while {self.status.value}") from None
        match event:
            case ServerEvent.START_WANTED | ServerEvent.STOP_WANTED | ServerEvent.RESTART_WANTED:
                self.restarts = 0
            case ServerEvent.ANSWERED:
                self._failed = self._passed = 0
            case ServerEvent.CHECK_PASSED:
                self._failed = 0
                self._passed += 1
                if self._passed >= _STEADY_CHECKS:
                    self.restarts = 0
            case ServerEvent.CHECK_FAILED:
                self._failed += 1
                self._passed = 0
                if self._failed >= _MOST_FAILED_CHECKS:
                    following = ServerStatus.RESTARTING
        if following is ServerStatus.RESTARTING:
            if self.restarts >= self._config.max_restart_attempts:
                following = ServerStatus.ERROR
            else:
                self.restarts += 1
        self.status = following
        return following
