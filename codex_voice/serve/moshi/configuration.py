"""How Moshi's server is run, and how its client behaves. Defaults are those of the first design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codex_voice.config.schema import MoshiConfig

SAMPLE_RATE = 24_000
"""Samples a second of Moshi's sound, in and out; one channel."""

FRAME_SAMPLES = 1920
"""Samples that Moshi hears and speaks at a time: 80 ms."""

FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE

_ENVIRONMENT = {
    # Without it the lines that say how far loading is stay in a buffer for ever.
    "PYTHONUNBUFFERED": "1",
    # Both compile, which needs a C compiler and takes minutes. NO_CUDA_GRAPH must never be set:
    # without CUDA graphs a frame takes longer than it lasts.
    "NO_TORCH_COMPILE": "1",
    "TORCHDYNAMO_DISABLE": "1",
}


@dataclass(frozen=True)
class ServerManagerConfig:
    """How Moshi's server is run.

    Args:
        host: The interface it listens on.
        port: Its port.
        python_exe: The interpreter that has the package moshi: a name on PATH or a path.
        module: What it runs: a module, or the path of a Python file. It is given `--host`,
            `--port` and `arguments`.
        arguments: More arguments, such as `("--hf-repo", "kyutai/moshika-pytorch-bf16")`.
        health_check_interval: Seconds between two questions whether it still answers.
        health_check_timeout: Seconds that an answer may take.
        max_restart_attempts: How often in a row it is started again.
        restart_backoff_base: The n-th restart waits this to the power of n - 1, in seconds.
        restart_backoff_max: The longest of those waits, in seconds.
        loading_timeout: Seconds that loading the model may take.
        min_vram_mb: Megabytes of free graphics memory it needs; 0 does not check.
        env_vars: What its environment has besides ours.
    """

    host: str = "127.0.0.1"
    port: int = 8998
    python_exe: str = "python3"
    module: str = "moshi.server"
    arguments: tuple[str, ...] = ()
    health_check_interval: float = 5.0
    health_check_timeout: float = 3.0
    max_restart_attempts: int = 5
    restart_backoff_base: float = 2.0
    restart_backoff_max: float = 60.0
    loading_timeout: float = 1800.0
    min_vram_mb: int = 14_000
    env_vars: Mapping[str, str] = field(default_factory=lambda: dict(_ENVIRONMENT))

    @property
    def url(self) -> str:
        """Where it answers HTTP."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def ws_url(self) -> str:
        """Where its clients connect."""
        return f"{self.url.replace('http', 'ws', 1)}/api/chat"


@dataclass(frozen=True)
class AgentConfig:
    """How the client behaves.

    Args:
        server_ws_url: Where Moshi's server listens to clients.
        connect_timeout: Seconds that the opening of the connection may take.
        handshake_timeout: Seconds that the server may take to give this client its turn; while it
            serves another one it says nothing.
        latency_threshold_ms: A mean latency above this makes the client connect again: the
            server's memory of the conversation, which slows it down, is emptied by that.
        latency_check_window: How many frames the mean is over.
        auto_reconnect: Whether a lost connection is made again.
        max_reconnect_attempts: How often in a row that is tried.
        reconnect_backoff_base: The n-th try waits this to the power of n - 1, in seconds.
        reconnect_backoff_max: The longest of those waits, in seconds.
    """

    server_ws_url: str = "ws://127.0.0.1:8998/api/chat"
    connect_timeout: float = 5.0
    handshake_timeout: float = 5.0
    latency_threshold_ms: float = 2500.0
    latency_check_window: int = 10
    auto_reconnect: bool = True
    max_reconnect_attempts: int = 10
    reconnect_backoff_base: float = 1.5
    reconnect_backoff_max: float = 30.0


def server_config(config: MoshiConfig) -> ServerManagerConfig:
    """Return how the user wants the server to be run."""
    return ServerManagerConfig(
        host=config.host,
        port=config.port,
        python_exe=config.python,
        module=config.module,
        arguments=config.arguments,
        min_vram_mb=config.minimum_vram_mb,
    )


def agent_config(config: MoshiConfig) -> AgentConfig:
    """Return how the user wants the client to behave, and which server it talks to."""
    return AgentConfig(
        server_ws_url=config.server_url or server_config(config).ws_url,
        latency_threshold_ms=config.latency_ms,
    )


def backoff(base: float, attempt: int, longest: float) -> float:
    """Return the seconds to wait before an attempt, of which the first is number 1."""
    # A float overflows where the wait would long be the longest.
    return longest if attempt > 64 else min(base ** (attempt - 1), longest)
