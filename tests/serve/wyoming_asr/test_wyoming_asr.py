"""`serve --wyoming` in a process of its own, with the public Wyoming package as its client."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codex_voice.config.schema import WhisperConfig
from codex_voice.practice.recordings import model_path
from codex_voice.serve.wyoming_asr.sent_sound import MOST_BYTES, SentSound, SoundRefused
from codex_voice.speech.recognizer import Hints
from codex_voice.speech.servers.factory import server_of
from codex_voice.wyoming_events import Event, EventDecoder, encode
from tests.serve.agent_api.api_process import PATIENCE_SECONDS, sound_of
from tests.support.virtual_mic import VirtualMic

if TYPE_CHECKING:
    from wyoming.event import Event as PublicEvent

SENTENCE = sound_of("31_festival_open_the_readme.wav")
PROGRAM = (sys.executable, "-m", "codex_voice", "serve", "--wyoming", "--port", "0")


@dataclass
class WyomingProcess:
    """A server that runs, and where."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, *events: Event) -> Event:
        """Send events on a connection of their own and return the answer."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS) as connection:
            for event in events:
                connection.sendall(encode(event))
            decoder = EventDecoder()
            while data := connection.recv(1 << 16):
                for answer in decoder.feed(data):
                    return answer
        raise AssertionError("it hung up")


@contextmanager
def _serving(own_files: dict[str, str], directory: Path) -> Iterator[WyomingProcess]:
    with subprocess.Popen(
        [*PROGRAM, "--model", str(model_path())],
        cwd=directory,
        env={**VirtualMic.no_device_environment(), **own_files},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            assert "at wyoming://127.0.0.1:" in line, line
            yield WyomingProcess(process, int(line.partition("127.0.0.1:")[2].partition(",")[0]))
        finally:
            process.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WyomingProcess]:
    """Run one server for the tests that leave it as it is."""
    home = tmp_path_factory.mktemp("wyoming")
    own_files = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
    with _serving(own_files, home) as running:
        yield running


@pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (48_000, 2)], ids=["mono", "stereo"])
def test_the_public_package_gets_a_transcript(
    server: WyomingProcess, rate: int, channels: int
) -> None:
    """As Home Assistant asks for one: who are you, then sound in chunks; in any usual format."""
    pytest.importorskip("wyoming")
    from wyoming.asr import Transcribe, Transcript
    from wyoming.audio import AudioChunk, AudioStart, AudioStop
    from wyoming.client import AsyncTcpClient
    from wyoming.info import Describe, Info

    step = rate // 16_000
    pcm = b"".join(SENTENCE[at : at + 2] * step * channels for at in range(0, len(SENTENCE), 2))

    async def ask() -> tuple[PublicEvent | None, PublicEvent | None]:
        async with AsyncTcpClient("127.0.0.1", server.port) as client:
            await client.write_event(Describe().event())
            described = await client.read_event()
            await client.write_event(Transcribe(language="en-GB").event())
            await client.write_event(AudioStart(rate, 2, channels).event())
            for at in range(0, len(pcm), 4096):
                chunk = AudioChunk(rate, 2, channels, pcm[at : at + 4096])
                await client.write_event(chunk.event())
            await client.write_event(AudioStop().event())
            return described, await client.read_event()

    described, heard = asyncio.run(ask())
    assert described is not None
    (program,) = Info.from_event(described).asr
    (model,) = program.models
    assert model.languages == ["en"]
    assert program.installed
    assert model.installed
    assert heard is not None
    transcript = Transcript.from_event(heard)
    assert "readme" in transcript.text.lower()
    assert transcript.language == "en"


def test_our_own_client_is_served(server: WyomingProcess) -> None:
    """Two machines with codex-voice are a recogniser and its user."""
    recognizer = server_of(WhisperConfig(server_url=f"wyoming://127.0.0.1:{server.port}"))
    recognizer.greet(PATIENCE_SECONDS)  # type: ignore[union-attr]
    assert "readme" in recognizer.transcribe(SENTENCE, hints=Hints()).text.lower()


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([Event("audio-chunk", {"width": 4}, bytes(4)), Event("audio-stop")], "32 bits"),
        ([Event("audio-chunk", {"channels": 99}, bytes(4))], "99 channels"),
        ([Event("audio-chunk", {"rate": 1}, bytes(4))], "rate must be"),
        (
            [
                Event("transcribe", {"language": "de"}),
                Event("audio-chunk", {}, SENTENCE),
                Event("audio-stop"),
            ],
            "knows only English",
        ),
        (
            [Event("audio-chunk", {}, bytes(4)), Event("audio-chunk", {"rate": 8000}, bytes(4))],
            "format changes",
        ),
    ],
    ids=["width", "channels", "rate", "language", "changing"],
)
def test_what_cannot_be_recognised_is_told(
    server: WyomingProcess, events: list[Event], words: str
) -> None:
    """With an error event; the client may go on."""
    answer = server.ask(*events)
    assert answer.type == "error"
    assert words in answer.text("text")


def test_after_a_refusal_the_next_recording_is_recognised(server: WyomingProcess) -> None:
    """The rest of the refused one is dropped, and silence is an empty transcript."""
    refused = Event("audio-chunk", {"width": 1}, bytes(640))
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS) as connection:
        for event in (
            *(refused, refused, Event("audio-stop"), Event("ping", {"text": "x"})),
            *(Event("audio-start"), Event("audio-chunk", {}, bytes(32_000)), Event("audio-stop")),
        ):
            connection.sendall(encode(event))
        decoder, answers = EventDecoder(), list[Event]()
        while len(answers) < 3:
            answers += decoder.feed(connection.recv(1 << 16))
    assert [answer.type for answer in answers] == ["error", "pong", "transcript"]
    assert answers[2].text("text") == ""


def test_another_protocol_is_told_and_hung_up_on(server: WyomingProcess) -> None:
    """And others are served."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        received = b""
        while data := connection.recv(1 << 16):
            received += data
    assert EventDecoder().feed(received)[0].type == "error"
    assert server.ask(Event("describe")).type == "info"


def test_sound_has_a_limit() -> None:
    """Nobody can fill the memory."""
    sound = SentSound()
    chunk = Event("audio-chunk", {}, bytes(1 << 20))
    with pytest.raises(SoundRefused, match="at most"):
        for _ in range(MOST_BYTES // len(chunk.payload) + 1):
            sound.add(chunk)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "int"])
def test_a_signal_ends_it_cleanly(
    own_files: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    """With exit status 0, also while a client is connected."""
    with (
        _serving(own_files, tmp_path) as running,
        socket.create_connection(("127.0.0.1", running.port), PATIENCE_SECONDS) as connection,
    ):
        connection.sendall(encode(Event("describe")))
        assert connection.recv(1)
        running.process.send_signal(number)
        assert running.process.wait(PATIENCE_SECONDS) == 0
        assert running.process.stderr is not None
        assert running.process.stderr.read() == ""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--port", "99999"), "99999"),
        (("--bind", "192.0.2.1"), "192.0.2.1"),
        (("--model", "no-such-model"), "no-such-model"),
        (("--audio", "wyoming://127.0.0.1"), "--audio"),
    ],
    ids=["port", "bind", "model", "audio"],
)
def test_what_cannot_be_used_is_one_line(
    own_files: dict[str, str],
    tmp_path: Path,
    options: tuple[str, ...],
    words: str,
) -> None:
    """And exit status 1 or 2."""
    done = subprocess.run(
        [*PROGRAM, *options],
        cwd=tmp_path,
        env={**VirtualMic.no_device_environment(), **own_files},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert words in done.stderr.splitlines()[-1]
