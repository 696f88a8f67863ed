"""A Wyoming speech-to-text server, such as wyoming-faster-whisper of a Home Assistant."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from codex_voice.errors import ServerUnavailable
from codex_voice.pcm import BYTES_PER_SECOND, SAMPLE_BYTES, SAMPLE_RATE
from codex_voice.speech.recognizer import RecognitionAborted, never_aborted
from codex_voice.speech.servers.server_recognizer import (
    PATIENT,
    Limits,
    ServerAnswer,
    ServerRecognizer,
)
from codex_voice.text_cleaning import clean_line
from codex_voice.wyoming_events import (
    DEFAULT_ASR_PORT,
    Event,
    EventDecoder,
    WyomingError,
    encode,
)

_POLL_SECONDS = 0.05
_CHUNK = 1 << 16
_FORMAT = {"rate": SAMPLE_RATE, "width": SAMPLE_BYTES, "channels": 1}


@dataclass(frozen=True)
class WyomingAddress:
    """Where a server is.

    Args:
        host: Its name or number; the path of a Unix socket where `port` is 0.
        port: Its port.
    """

    host: str
    port: int

    def __str__(self) -> str:
        """Return the address."""
        if not self.port:
            return f"wyoming://{self.host}"
        return f"wyoming://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def is_wyoming_address(url: str) -> bool:
    """Return whether an address is that of a Wyoming server."""
    return url.startswith("wyoming://")


class WyomingServerRecognizer(ServerRecognizer):
    """Sends utterances as `transcribe`, `audio-start`, `audio-chunk` and `audio-stop`.

    The protocol tells no confidence, so transcripts carry 1; it knows no key and no TLS.

    Args:
        url: Where it is: "wyoming://host:10300", or "wyoming:///path/of/a/socket".
        language: Code of the language spoken, or "auto".
        limits: How long it may take.

    Raises:
        ServerUnavailable: The URL is none.
    """

    def __init__(self, url: str, language: str = "en", *, limits: Limits = PATIENT) -> None:
        self._address = _address(url)
        self._limits = limits
        super().__init__(f"server {str(self._address).removeprefix('wyoming://')}", language)

    def describe(self) -> str:
        """Return where the work is done."""
        return "Wyoming server"

    def greet(self, seconds: float) -> None:
        """Make sure that it answers, and recognises speech.

        Args:
            seconds: How long it may take.

        Raises:
            ServerUnavailable: It does not.
        """
        deadline = time.monotonic() + seconds
        try:
            with self._connect(seconds) as connection:
                connection.sendall(encode(Event("describe")))
                for event in _events(connection, deadline, never_aborted):
                    if event.type == "info":
                        if not event.data.get("asr"):
                            raise self._unavailable("recognises no speech")
                        return
        except (OSError, WyomingError) as error:
            raise self._unavailable(_reason(error)) from error
        raise self._unavailable("hung up")

    def _ask(self, pcm: bytes, language: str, aborted: Callable[[], bool]) -> ServerAnswer:
        deadline = time.monotonic() + self._limits.answer_seconds
        try:
            with self._connect(self._limits.connect_seconds) as connection:
                connection.settimeout(self._limits.answer_seconds)
                for event in _request(pcm, language):
                    if aborted():
                        raise RecognitionAborted("the recognition was aborted")
                    connection.sendall(encode(event))
                for event in _events(connection, deadline, aborted):
                    if event.type == "transcript":
                        text = " ".join(event.text("text").split())
                        return ServerAnswer(text, language=event.text("language"))
                    if event.type == "error":
                        raise self._unavailable(f"says: {clean_line(event.text('text'))[:80]}")
        except (OSError, WyomingError) as error:
            raise self._unavailable(_reason(error)) from error
        raise self._unavailable("hung up without a transcript")

    def _connect(self, seconds: float) -> socket.socket:
        if self._address.port:
            return socket.create_connection((self._address.host, self._address.port), seconds)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(seconds)
            connection.connect(self._address.host)
        except OSError:
            connection.close()
            raise
        return connection

    def _unavailable(self, reason: str) -> ServerUnavailable:
        return ServerUnavailable(
            f"the Wyoming server at {self._address} {reason}",
            "see [whisper] server_url, or empty it",
        )


def _request(pcm: bytes, language: str) -> Iterator[Event]:
    yield Event("transcribe", {} if language == "auto" else {"language": language})
    yield Event("audio-start", _FORMAT)
    for start in range(0, len(pcm), BYTES_PER_SECOND):
        yield Event("audio-chunk", _FORMAT, pcm[start : start + BYTES_PER_SECOND])
    yield Event("audio-stop")


def _events(
    connection: socket.socket, deadline: float, aborted: Callable[[], bool]
) -> Iterator[Event]:
    """Yield what the server sends, until it hangs up.

    Raises:
        RecognitionAborted: `aborted` answered true.
        TimeoutError: The time is over.
        OSError: The connection broke.
        WyomingError: This is another protocol.
    """
    decoder = EventDecoder()
    connection.settimeout(_POLL_SECONDS)
    while True:
        if aborted():
            raise RecognitionAborted("the recognition was aborted")
        if time.monotonic() > deadline:
            raise TimeoutError
        try:
            data = connection.recv(_CHUNK)
        except TimeoutError:
            continue
        if not data:
            return
        yield from decoder.feed(data)


def _address(url: str) -> WyomingAddress:
    rest = url.removeprefix("wyoming://")
    if is_wyoming_address(url) and rest.startswith("/"):
        return WyomingAddress(rest, 0)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not is_wyoming_address(url) or not host:
        raise ServerUnavailable(
            f'"{url}" is no address of a Wyoming server',
            f'set [whisper] server_url, such as "wyoming://127.0.0.1:{DEFAULT_ASR_PORT}"',
        )
    return WyomingAddress(host, port or DEFAULT_ASR_PORT)


def _reason(error: OSError | WyomingError) -> str:
    if isinstance(error, TimeoutError):
        return "does not answer in time"
    if isinstance(error, OSError):
        return f"cannot be reached: {error.strerror or type(error).__name__}"
    return f"does not answer as it should: {error.message}"
