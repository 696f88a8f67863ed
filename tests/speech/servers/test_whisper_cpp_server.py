"""A whisper.cpp server, in health and sickness, over a real loopback connection."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

from codex_voice.errors import ServerUnavailable
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import RecognitionAborted
from codex_voice.speech.servers.server_recognizer import Limits
from codex_voice.speech.servers.whisper_cpp_server import WhisperServerRecognizer
from tests.speech.servers.scripted_server import ScriptedServer

DRIPS = {
    "status": b"",
    "headers": b"HTTP/1.1 200 OK\r\nServer: ",
    "body": b'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"text": "',
    "rest": b'HTTP/1.1 200 OK\r\n\r\n{"text": "Run the tests."}',
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{",
}


def test_sends_the_form_that_the_server_reads(
    server: ScriptedServer, say: Callable[[str], bytes], mini: WhisperRecognizer
) -> None:
    """A WAV file with the same sound, the language, JSON; and the text comes back clean."""
    pcm = say("Scroll down.")
    transcript = WhisperServerRecognizer(f"{server.url}/", "de", translate=True).transcribe(pcm)
    assert transcript.text == "Run the tests."
    assert transcript.audio_seconds == len(pcm) / 32_000
    [asked] = server.requests
    assert asked.path == "/inference"
    fields = asked.fields
    wav = fields.pop("file")
    assert fields == {
        "response_format": b"verbose_json",
        "temperature": b"0.0",
        "no_timestamps": b"true",
        "language": b"de",
        "translate": b"true",
    }
    assert wav.startswith(b"RIFF")
    assert mini.transcribe(wav[44:]).text == "Scroll down."


def test_silence_is_not_sent(server: ScriptedServer) -> None:
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
    server: ScriptedServer, real_voice: bytes, status: int, body: bytes, words: str
) -> None:
    """With what it was, and what to do."""
    server.status, server.body = status, body
    with pytest.raises(ServerUnavailable, match=words) as raised:
        WhisperServerRecognizer(server.url).transcribe(real_voice)
    assert "whisper-server" in raised.value.remedy


def test_an_overloaded_server_is_asked_once_more(server: ScriptedServer, real_voice: bytes) -> None:
    """Its first failure may be the last."""
    server.statuses = [503]
    assert WhisperServerRecognizer(server.url).transcribe(real_voice).text == "Run the tests."
    assert len(server.requests) == 2


def test_a_dead_server_is_told(dead_url: str, real_voice: bytes) -> None:
    """It is a clear error, not an exception of the network library."""
    with pytest.raises(ServerUnavailable, match="cannot be reached"):
        WhisperServerRecognizer(dead_url).transcribe(real_voice)


def test_a_slow_server_is_given_up(server: ScriptedServer, real_voice: bytes) -> None:
    """After the time it was given, and only once."""
    server.may_answer.clear()
    with pytest.raises(ServerUnavailable, match="in time"):
        WhisperServerRecognizer(server.url, limits=Limits(answer_seconds=0.2)).transcribe(
            real_voice
        )
    assert len(server.requests) == 1


@pytest.mark.parametrize("sent", DRIPS.values(), ids=DRIPS)
def test_a_server_that_drips_is_given_up(
    server: ScriptedServer, real_voice: bytes, sent: bytes
) -> None:
    """The time that it was given holds for all of its answer, though each byte comes in time."""
    server.drips_after = sent
    recognizer = WhisperServerRecognizer(server.url, limits=Limits(answer_seconds=0.5))
    with pytest.raises(ServerUnavailable, match="in time"):
        recognizer.transcribe(real_voice)
    assert server.hung_up.wait(60)
    assert len(server.requests) == 1


@pytest.mark.parametrize("sent", DRIPS.values(), ids=DRIPS)
def test_an_abort_hangs_up_on_a_server_that_drips(
    server: ScriptedServer, real_voice: bytes, sent: bytes
) -> None:
    """Also in the middle of its answer."""
    server.drips_after = sent
    with pytest.raises(RecognitionAborted):
        WhisperServerRecognizer(server.url).transcribe(real_voice, server.asked.is_set)
    assert server.hung_up.wait(60)


def test_an_abort_hangs_up(server: ScriptedServer, real_voice: bytes) -> None:
    """So that the server stops too."""
    server.may_answer.clear()
    with pytest.raises(RecognitionAborted):
        WhisperServerRecognizer(server.url).transcribe(real_voice, server.asked.is_set)
    assert server.hung_up.wait(60)


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://host", "http://", "http://h:port"])
def test_a_wrong_address_is_told_at_once(url: str) -> None:
    """Before anybody speaks."""
    with pytest.raises(ServerUnavailable, match="no address"):
        WhisperServerRecognizer(url)


def test_how_sure_it_is_is_told(server: ScriptedServer, real_voice: bytes) -> None:
    """Servers that tell nothing are believed."""
    recognizer = WhisperServerRecognizer(server.url, "auto")
    assert recognizer.transcribe(real_voice).confidence == 1.0
    server.body = json.dumps(
        {
            "text": " Run the tests.",
            "language": "english",
            "segments": [{"text": " Run the tests.", "avg_logprob": math.log(0.5), "tokens": [1]}],
        }
    ).encode()
    transcript = recognizer.transcribe(real_voice)
    assert transcript.confidence == pytest.approx(0.5)
    assert transcript.language == "en"
