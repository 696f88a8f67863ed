"""A server with OpenAI's API: the model, the key, and the two formats of answers."""

from __future__ import annotations

import json
import math
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import ServerUnavailable
from codex_voice.speech.recognizer import Hints, RecognitionAborted
from codex_voice.speech.servers.factory import server_of
from codex_voice.speech.servers.openai_server import OpenAIServerRecognizer
from codex_voice.speech.servers.server_recognizer import Limits
from tests.speech.servers.scripted_server import ScriptedServer
from tests.support.certificate import certificate_for_loopback

KEY = "sk-a-key-of-tests"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def _recognizer(server: ScriptedServer, language: str = "en") -> OpenAIServerRecognizer:
    return OpenAIServerRecognizer(f"{server.url}/v1", "a-model", language)


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/proxy/v1", "/v1/audio/transcriptions"])
def test_an_address_that_ends_in_v1_is_such_a_server(
    server: ScriptedServer, say: Callable[[str], bytes], path: str
) -> None:
    """It is sent a WAV file, the model, the language, and the key of the environment."""
    whisper = WhisperConfig(server_url=server.url + path, server_model="a-model", language="de")
    recognizer = server_of(whisper)
    assert recognizer.transcribe(say("Scroll down.")).text == "Run the tests."
    [asked] = server.requests
    prefix = "/proxy" if "proxy" in path else ""
    assert asked.path == f"{prefix}/v1/audio/transcriptions"
    assert asked.authorization == f"Bearer {KEY}"
    assert asked.fields.pop("file").startswith(b"RIFF")
    assert asked.fields == {
        "model": b"a-model",
        "response_format": b"verbose_json",
        "temperature": b"0",
        "language": b"de",
    }


def test_a_language_to_be_found_is_not_named(server: ScriptedServer, real_voice: bytes) -> None:
    """These servers know no "auto"; an utterance may have a language of its own."""
    server.body = json.dumps(
        {
            "text": "Lauf.",
            "language": "german",
            "segments": [{"text": "Lauf.", "avg_logprob": math.log(0.8), "no_speech_prob": None}],
        }
    ).encode()
    transcript = _recognizer(server, "auto").transcribe(real_voice)
    assert "language" not in server.requests[0].fields
    assert transcript.language == "de"
    assert transcript.confidence == pytest.approx(0.8)
    transcript = _recognizer(server).transcribe(real_voice, hints=Hints(language="fr"))
    assert (server.requests[1].fields["language"], transcript.language) == (b"fr", "fr")


def test_translation_is_another_path(server: ScriptedServer, real_voice: bytes) -> None:
    """And there no language is named."""
    whisper = WhisperConfig(server_url=f"{server.url}/v1", language="de", translate=True)
    server_of(whisper).transcribe(real_voice)
    [asked] = server.requests
    assert asked.path == "/v1/audio/translations"
    assert "language" not in asked.fields


@pytest.mark.parametrize("refusal", [400, 422])
def test_a_model_of_the_plain_format_is_asked_in_it(
    server: ScriptedServer, real_voice: bytes, refusal: int
) -> None:
    """And from then on only in it; its word is taken."""
    server.statuses = [refusal]
    recognizer = _recognizer(server)
    for _ in range(2):
        transcript = recognizer.transcribe(real_voice)
        assert (transcript.text, transcript.confidence) == ("Run the tests.", 1.0)
    formats = [asked.fields["response_format"] for asked in server.requests]
    assert formats == [b"verbose_json", b"json", b"json"]


def test_a_request_that_is_wrong_in_both_formats_is_told(
    server: ScriptedServer, real_voice: bytes
) -> None:
    """With the server's own words, in each of the ways there are."""
    for body in (
        {"error": {"message": "no such model", "type": "invalid_request_error"}},
        {"detail": [{"msg": "no such model"}]},
        {"error": "no such model"},
    ):
        server.status, server.body = 422, json.dumps(body).encode()
        with pytest.raises(ServerUnavailable, match="no such model") as refused:
            _recognizer(server).transcribe(real_voice)
        assert "server_model" in refused.value.remedy


def test_a_key_that_is_refused_is_told(
    server: ScriptedServer, real_voice: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the variable that it comes from, and never itself."""
    server.status, server.body = 401, json.dumps({"error": {"message": f"not {KEY}"}}).encode()
    with pytest.raises(ServerUnavailable, match="does not take the key") as refused:
        _recognizer(server).transcribe(real_voice)
    assert "OPENAI_API_KEY" in refused.value.remedy
    with pytest.raises(ServerUnavailable, match="does not take the key"):
        _recognizer(server).greet(30)
    server.status = 404
    with pytest.raises(ServerUnavailable) as refused:
        _recognizer(server).transcribe(real_voice)
    assert KEY not in str(refused.value)
    monkeypatch.delenv("OPENAI_API_KEY")
    server.status = 401
    with pytest.raises(ServerUnavailable, match="wants a key"):
        _recognizer(server).transcribe(real_voice)
    assert server.requests[-1].authorization == ""


def test_no_key_goes_over_plain_http_to_another_machine(
    server: ScriptedServer, real_voice: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server in one's own network that needs none works; one that wants it is told apart."""
    resolve = socket.getaddrinfo

    def to_loopback(host: str, *arguments: object) -> object:
        return resolve("127.0.0.1" if host == "speech.lan" else host, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", to_loopback)
    recognizer = OpenAIServerRecognizer(f"http://speech.lan:{server.port}/v1")
    assert recognizer.transcribe(real_voice).text == "Run the tests."
    recognizer.greet(30)
    server.status = 401
    with pytest.raises(ServerUnavailable, match="none is sent over plain http"):
        recognizer.transcribe(real_voice)
    assert {asked.authorization for asked in server.requests} == {""}


def test_a_key_in_the_address_is_refused() -> None:
    """The configuration is no place for it, and the message does not show it."""
    with pytest.raises(ServerUnavailable, match="must hold no name and no password") as refused:
        OpenAIServerRecognizer("https://user:hunter2@api.example/v1")
    assert "hunter2" not in str(refused.value)


def test_an_abort_hangs_up_also_with_tls(
    tmp_path: Path, real_voice: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the server has sent something: the tickets of TLS 1.3 come before any answer."""
    certificate = certificate_for_loopback(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = ScriptedServer(certificate)
    try:
        # Also a handshake of threads that are held up.
        recognizer = OpenAIServerRecognizer(f"{server.url}/v1", limits=Limits(60, 60))
        assert recognizer.transcribe(real_voice).text == "Run the tests."
        assert server.requests[0].authorization == f"Bearer {KEY}"
        server.asked.clear()
        server.may_answer.clear()
        with pytest.raises(RecognitionAborted):
            recognizer.transcribe(real_voice, server.asked.is_set)
        assert server.hung_up.wait(60)
        server.may_answer.set()
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(ServerUnavailable, match="cannot be reached"):
            recognizer.transcribe(real_voice)
    finally:
        server.stop()
