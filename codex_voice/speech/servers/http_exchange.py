"""One HTTP request with a recording in it, which can be given up while the server computes."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from codex_voice.errors import ServerUnavailable
from codex_voice.pcm import wav_header
from codex_voice.speech.recognizer import RecognitionAborted
from codex_voice.speech.servers.server_recognizer import Limits

_POLL_SECONDS = 0.05
_LARGEST_ANSWER = 1 << 20
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class HttpServer:
    """The address of a server.

    Args:
        secure: Whether it is asked over TLS, with a certificate that the system trusts.
        host: Its name or number.
        port: Its port; None is the usual one.
        path: What paths on it begin with, without a slash at the end.
    """

    secure: bool
    host: str
    port: int | None
    path: str

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read what is sent."""
        return self.secure or self.host in _LOOPBACK

    @property
    def netloc(self) -> str:
        """Host and port, as addresses write them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    def __str__(self) -> str:
        """Return the address."""
        return f"http{'s' if self.secure else ''}://{self.netloc}{self.path}"


def http_server(url: str) -> HttpServer:
    """Read an address.

    Raises:
        ServerUnavailable: It is none, or holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ServerUnavailable(
            f'"{url}" is no address of a server',
            'set [whisper] server_url, such as "http://127.0.0.1:8080"',
        )
    if parts.username is not None:
        raise ServerUnavailable(
            "[whisper] server_url must hold no name and no password",
            "put a key into the variable that [whisper] server_key_env names",
        )
    return HttpServer(parts.scheme == "https", parts.hostname, port, parts.path.rstrip("/"))


def exchange(
    server: HttpServer,
    method: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    limits: Limits,
    aborted: Callable[[], bool],
) -> tuple[int, bytes]:
    """Send a request and return the status and at most 1 MiB of the answer.

    Redirections are not followed: a key is sent to nobody else.

    Raises:
        RecognitionAborted: `aborted` answered true; the connection is closed, which ends the
            computation of some servers.
        TimeoutError: It does not answer in time.
        OSError: It cannot be reached.
        http.client.HTTPException: It does not speak HTTP.
    """
    connect = http.client.HTTPSConnection if server.secure else http.client.HTTPConnection
    connection = connect(server.host, server.port, timeout=limits.connect_seconds)
    try:
        connection.connect()
        deadline = time.monotonic() + limits.answer_seconds
        connection.sock.settimeout(limits.answer_seconds)
        connection.request(method, f"{server.path}{path}", body, dict(headers))
        answer = cast(socket.socket, _Answer(connection.sock, deadline, aborted))
        response = http.client.HTTPResponse(answer, method=method)
        response.begin()
        with response:
            return response.status, response.read(_LARGEST_ANSWER)
    finally:
        connection.close()


def form_with(fields: Mapping[str, str], pcm: bytes) -> tuple[bytes, dict[str, str]]:
    """Return a multipart form of the fields and a WAV file, and the headers that say so.

    Args:
        fields: Names and values.
        pcm: int16 mono 16 kHz.
    """
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts.append(
        # Servers tell the format by the name.
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="utterance.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n".encode()
        + wav_header(len(pcm))
        + pcm
        + f"\r\n--{boundary}--\r\n".encode()
    )
    return b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def excerpt(answer: bytes) -> str:
    """Return the beginning of an answer as one line."""
    return " ".join(answer[:200].decode("utf-8", "replace").split())[:80]


class _Answer:
    """A socket with an answer to come; `http.client` asks it for a file and nothing else."""

    def __init__(
        self, connection: socket.socket, deadline: float, aborted: Callable[[], bool]
    ) -> None:
        self._received = _Received(connection, deadline, aborted)

    def makefile(self, *_mode: Any, **_options: Any) -> Any:
        """Return the answer as a file."""
        return io.BufferedReader(self._received)


class _Received(io.RawIOBase):
    """What comes from a server until a deadline that holds for all of it together.

    A time limit of the socket holds for each read: a server that drips would never be given up.
    """

    def __init__(
        self, connection: socket.socket, deadline: float, aborted: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._connection = connection
        self._deadline = deadline
        self._aborted = aborted
        connection.settimeout(_POLL_SECONDS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for the next bytes: with TLS, a readable socket may hold none of the answer."""
        while True:
            if self._aborted():
                raise RecognitionAborted("the recognition was aborted")
            if time.monotonic() > self._deadline:
                raise TimeoutError
            try:
                return self._connection.recv_into(buffer)
            except (TimeoutError, ssl.SSLWantReadError):
                continue
