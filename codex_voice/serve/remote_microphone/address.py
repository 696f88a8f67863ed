"""Addresses of remote microphones: wyoming://, ws://, wss:// and command:."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from codex_voice.errors import ConfigError
from codex_voice.wyoming_events import DEFAULT_MICROPHONE_PORT

TOKEN_VARIABLE = "CODEX_VOICE_AUDIO_TOKEN"
"""Where the token comes from when the address has none: others on a machine see command lines."""

_EXAMPLES = "such as wyoming://127.0.0.1:10700, ws://127.0.0.1:10700 or command:arecord -q ..."


@dataclass(frozen=True)
class Address:
    """Where a microphone is.

    Args:
        scheme: "tcp", "unix", "ws" or "wss".
        host: Name or number of the machine; the path of the socket for "unix".
        port: Its port; 0 for "unix".
        token: What the server wants to hear first; "" for none.
    """

    scheme: str
    host: str
    port: int = 0
    token: str = ""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.scheme == "unix" or self.host in ("127.0.0.1", "::1", "localhost")

    def __str__(self) -> str:
        """Return where it is, without the token."""
        if self.scheme == "unix":
            return f"wyoming://{self.host}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'wyoming' if self.scheme == 'tcp' else self.scheme}://{host}:{self.port}"


def parse(url: str) -> Address | tuple[str, ...]:
    """Read an address.

    Returns:
        Where a server is, or the words of a command that writes raw sound.

    Raises:
        ConfigError: It is neither.
    """
    if url.startswith("command:"):
        try:
            words = tuple(shlex.split(url.removeprefix("command:")))
        except ValueError as error:
            raise ConfigError(f"the command in --audio cannot be read: {error}") from error
        if not words:
            raise ConfigError("there is no command after command: in --audio")
        return words
    return parse_server(url)


def parse_server(url: str) -> Address:
    """Read the address of a server.

    Raises:
        ConfigError: It is none.
    """
    scheme, separator, rest = url.partition("://")
    if scheme in ("wyoming", "unix") and separator and rest.startswith("/"):
        return Address("unix", rest, token=os.environ.get(TOKEN_VARIABLE, ""))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigError(f'"{url}" is no address of a microphone', _EXAMPLES) from None
    kinds = {"wyoming": "tcp", "tcp": "tcp", "ws": "ws", "wss": "wss"}
    if parts.scheme not in kinds or not parts.hostname:
        raise ConfigError(f'"{url}" is no address of a microphone', _EXAMPLES)
    token = unquote(parts.username or parts.password or "")
    return Address(
        kinds[parts.scheme],
        parts.hostname,
        port or DEFAULT_MICROPHONE_PORT,
        token or os.environ.get(TOKEN_VARIABLE, ""),
    )
