"""A whisper.cpp server, in health and sickness, over a real loopback connection."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from codex_voice.errors import ModelMissing, ServerUnavailable
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.engines.whisper_server import FallbackRecognizer, WhisperServerRecognizer
from codex_voice.speech.recognizer import RecognitionAborted, Recognizer, Transcript
from tests.support.whisper_server import read_form


class Server:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.body = json.dumps({"text": " Run the\n tests.\n"}).encode()
        self.statuses: list[int] = []
        self.requests: list[tuple[str, dict[str, bytes]]] = []
        self.hung_up = threading.Event()
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fields = read_form(self.headers["Content-Type"], body)
                server.requests.append((self.path, fields))
                server.asked.set()
                if not server.may_answer.is_set():
                    # An empty read is the client's hanging up.
                    self.connection.settimeout(10)
                    if not self.connection.recv(1):
                        server.hung_up.set()
                    return
                self.send_response(server.statuses.pop(0) if server.statuses else server.status)
                self.send_header("Content-Length", str(len(server.body)))
                self.end_headers()
                self.wfile.write(server.body)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        """End the server."""
        self.may_answer.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    """Start a server."""
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def dead_url() -> str:
    """Find a port on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


def test_sends_the_form_that_the_server_reads(
    server: Server, say: Callable[[str], bytes], mini: WhisperRecognizer
) -> None:
    """A WAV file with the same sound, the language, JSON; and the text comes back clean."""
    pcm = say("Scroll down.")
    transcript = WhisperServerRecognizer(f"{server.url}/", "de", translate=True).transcribe(pcm)
    assert transcript.text == "Run the tests."
    assert transcript.audio_seconds == len(pcm) / 32_000
    [(path, fields)] = server.requests
    assert path == "/inference"
    wav = fields.pop("file")
    assert fields == {
        "response_format": b"json",
        "temperature": b"0.0",
        "no_timestamps": b"true",
        "language": b"de",
        "translate": b"true",
    }
    assert wav.startswith(b"RIFF")
    assert mini.transcribe(wav[44:]).text == "Scroll down."


def test_silence_is_not_sent(server: Server) -> None:
    """Nor its inventions believed."""
    assert WhisperServerRecognizer(server.url).transcribe(bytes(32_000)).text == ""
    assert server.requests == []


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, b'{"error":"failed to process audio"}', "answers 500: .*failed to process"),
        (404, b"<html>not here</html>", "answers 404, and no transcript"),
        (200, b"<html>log in</html>", "no transcript: <html>"),
        (200, b'{"error":"no model"}', "says: no model"),
        (200, b'{"text": 7}', "no transcript"),
        (200, b"\xff\xfe\x00", "no transcript"),
        (200, b"", "no transcript"),
    ],
)
def test_a_wrong_answer_is_told(
    server: Server, real_voice: bytes, status: int, body: bytes, words: str
) -> None:
    """With what it was, and what to do."""
    server.status, server.body = status, body
    with pytest.raises(ServerUnavailable, match=words) as raised:
        WhisperServerRecognizer(server.url).transcribe(real_voice)
    assert "whisper-server" in raised.value.remedy


def test_an_overloaded_server_is_asked_once_more(server: Server, real_voice: bytes) -> None:
    """Its first failure may be the last."""
    server.statuses = [503]
    assert WhisperServerRecognizer(server.url).transcribe(real_voice).text == "Run the tests."
    assert len(server.requests) == 2


def test_a_dead_server_is_told(dead_url: str, real_voice: bytes) -> None:
    """It is a clear error, not an exception of the network library."""
    with pytest.raises(ServerUnavailable, match="cannot be reached"):
        WhisperServerRecognizer(dead_url).transcribe(real_voice)


def test_a_slow_server_is_given_up(server: Server, real_voice: bytes) -> None:
    """After the time it was given, and only once."""
    server.may_answer.clear()
    with pytest.raises(ServerUnavailable, match="in time"):
        WhisperServerRecognizer(server.url, answer_seconds=0.2).transcribe(real_voice)
    assert len(server.requests) == 1


def test_an_abort_hangs_up(server: Server, real_voice: bytes) -> None:
    """So that the server stops too."""
    server.may_answer.clear()
    with pytest.raises(RecognitionAborted):
        WhisperServerRecognizer(server.url).transcribe(real_voice, server.asked.is_set)
    assert server.hung_up.wait(10)


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://host", "http://", "http://h:port"])
def test_a_wrong_address_is_told_at_once(url: str) -> None:
    """Before anybody speaks."""
    with pytest.raises(ServerUnavailable, match="no address"):
        WhisperServerRecognizer(url)


class Clock:
    """Time that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_a_dead_server_is_replaced_by_the_local_model_until_it_is_back(
    server: Server, mini: WhisperRecognizer, say: Callable[[str], bytes]
) -> None:
    """It says so once, leaves the server alone for a while, and returns to it."""
    told: list[ServerUnavailable] = []
    clock = Clock()
    both = FallbackRecognizer(WhisperServerRecognizer(server.url), lambda: mini, told.append, clock)
    pcm = say("Scroll down.")

    def heard_by() -> Transcript:
        return both.transcribe(pcm)

    assert heard_by().text == "Run the tests."
    server.status = 500
    assert (heard_by().text, heard_by().model) == ("Scroll down.", mini.name)
    assert both.name == mini.name
    assert "is down" in both.describe()
    assert len(told) == 1
    asked = len(server.requests)
    heard_by()
    assert len(server.requests) == asked
    clock.now += 31
    server.status = 200
    assert heard_by().text == "Run the tests."
    assert both.name.startswith("server")


def test_without_server_and_model_both_are_told(dead_url: str, real_voice: bytes) -> None:
    """And the next utterance tries again."""

    def no_model() -> Recognizer:
        raise ModelMissing("no model", "codex-voice models get base.en")

    both = FallbackRecognizer(WhisperServerRecognizer(dead_url), no_model, lambda _: None)
    for _ in range(2):
        with pytest.raises(ServerUnavailable, match=r"reached.*no model.*get base\.en"):
            both.transcribe(real_voice)
