"""A server of the public Wyoming package as recogniser, and peers that are none."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import ServerUnavailable
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import RecognitionAborted
from codex_voice.speech.servers.factory import server_of
from codex_voice.speech.servers.server_recognizer import Limits
from codex_voice.speech.servers.wyoming_server import WyomingServerRecognizer
from tests.support.unused_port import unused_port

if TYPE_CHECKING:
    from wyoming.server import AsyncEventHandler

pytest.importorskip("wyoming", reason="the package wyoming is not installed")
pytestmark = pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")


class PublicServer:
    """A server of the public package, on a thread of its own, with our miniature model.

    Args:
        uri: Where it listens.
        recognizer: Its model.
    """

    def __init__(self, uri: str, recognizer: WhisperRecognizer) -> None:
        self.languages: list[str | None] = []
        self.mode = "recognise"
        self.asked, self.hung_up = threading.Event(), threading.Event()
        self._uri = uri
        self._recognizer = recognizer
        self._listening = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._listening.wait(60)

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        from wyoming.server import AsyncServer

        server = AsyncServer.from_uri(self._uri)
        await server.start(self._handler())
        self._listening.set()
        await self._stopping.wait()
        await server.stop()

    def _handler(self) -> Callable[..., AsyncEventHandler]:
        from wyoming.asr import Transcribe, Transcript
        from wyoming.audio import AudioChunk
        from wyoming.error import Error
        from wyoming.event import Event
        from wyoming.info import AsrModel, AsrProgram, Attribution, Info
        from wyoming.server import AsyncEventHandler

        peer = self
        whose = Attribution("", "")
        model = AsrModel("mini", whose, True, None, None, languages=["en"])
        program = AsrProgram("tests", whose, True, None, None, models=[model])

        class WyomingHandler(AsyncEventHandler):
            sound = b""

            async def handle_event(self, event: Event) -> bool:
                if event.type == "describe":
                    programs = [] if peer.mode == "other" else [program]
                    await self.write_event(Info(asr=programs).event())
                elif event.type == "transcribe":
                    peer.languages.append(Transcribe.from_event(event).language)
                elif event.type == "audio-chunk":
                    self.sound += AudioChunk.from_event(event).audio
                elif event.type == "audio-stop":
                    await self._answer()
                return peer.mode != "hang up"

            async def _answer(self) -> None:
                peer.asked.set()
                if peer.mode == "error":
                    await self.write_event(Error("the model is on fire").event())
                elif peer.mode == "recognise":
                    text = peer._recognizer.transcribe(self.sound).text
                    await self.write_event(Transcript(f" {text}\n").event())

            async def disconnect(self) -> None:
                peer.hung_up.set()

        return WyomingHandler


@pytest.fixture(params=["tcp", "unix"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where a server is to listen, as the package writes it."""
    if request.param == "unix":
        return f"unix://{tmp_path}/socket"
    return f"tcp://127.0.0.1:{unused_port()}"


@pytest.fixture
def server(address: str, mini: WhisperRecognizer) -> Iterator[PublicServer]:
    """Start a server of the public package."""
    running = PublicServer(address, mini)
    yield running
    running.stop()


@pytest.fixture
def url(address: str) -> str:
    """Return where it is, as our configuration writes it."""
    return f"wyoming://{address.partition('://')[2]}"


def test_it_recognises(server: PublicServer, url: str, say: Callable[[str], bytes]) -> None:
    """The words come back clean; the language is told, but for one that is to be found."""
    recognizer = server_of(WhisperConfig(server_url=url))
    transcript = recognizer.transcribe(say("Scroll down."))
    assert (transcript.text, transcript.language) == ("Scroll down.", "en")
    assert recognizer.transcribe(bytes(32_000)).text == ""
    server_of(WhisperConfig(server_url=url, language="auto")).transcribe(say("Scroll down."))
    assert server.languages == ["en", None]
    WyomingServerRecognizer(url).greet(60)


@pytest.mark.parametrize(
    ("mode", "words"),
    [("error", "says: the model is on fire"), ("hang up", "hung up|cannot be reached")],
)
def test_a_server_that_fails_is_told(
    server: PublicServer, url: str, real_voice: bytes, mode: str, words: str
) -> None:
    """With what it said, where it said something."""
    server.mode = mode
    with pytest.raises(ServerUnavailable, match=words) as refused:
        WyomingServerRecognizer(url).transcribe(real_voice)
    assert "server_url" in refused.value.remedy


def test_a_slow_server_is_given_up_and_an_abort_hangs_up(
    server: PublicServer, url: str, real_voice: bytes
) -> None:
    """So that nobody waits longer than he wants."""
    server.mode = "silent"
    with pytest.raises(ServerUnavailable, match="in time"):
        WyomingServerRecognizer(url, limits=Limits(answer_seconds=0.2)).transcribe(real_voice)
    server.asked.clear()
    server.hung_up.clear()
    with pytest.raises(RecognitionAborted):
        WyomingServerRecognizer(url).transcribe(real_voice, server.asked.is_set)
    assert server.hung_up.wait(60)


def test_a_server_of_something_else_is_told(server: PublicServer, url: str) -> None:
    """Before anybody speaks: a text-to-speech server has the same protocol."""
    server.mode = "other"
    with pytest.raises(ServerUnavailable, match="recognises no speech"):
        WyomingServerRecognizer(url).greet(60)


def test_what_is_no_server_is_told(dead_url: str, real_voice: bytes) -> None:
    """A port on which nobody listens, one with another protocol, and no address at all."""
    dead = dead_url.replace("http", "wyoming")
    with pytest.raises(ServerUnavailable, match="cannot be reached"):
        WyomingServerRecognizer(dead).transcribe(real_voice)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"220 smtp.example ESMTP\r\n")
                while connection.recv(1 << 16):
                    pass

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"wyoming://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(ServerUnavailable, match="not the Wyoming protocol"):
            WyomingServerRecognizer(url).transcribe(real_voice)
        thread.join()
    for url in ("wyoming://", "wyoming://h:port", "http://h"):
        with pytest.raises(ServerUnavailable, match="no address"):
            WyomingServerRecognizer(url)


def test_translation_is_refused_before_anybody_speaks() -> None:
    """The protocol has no word for it."""
    with pytest.raises(ServerUnavailable, match="does not translate"):
        server_of(WhisperConfig(server_url="wyoming://h", translate=True))
