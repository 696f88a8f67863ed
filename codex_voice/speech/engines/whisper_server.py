"""A whisper.cpp server that already runs, on this machine or a faster one."""

from __future__ import annotations

import http.client
import json
import select
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from codex_voice.errors import ServerUnavailable, SpeechError
from codex_voice.pcm import SAMPLE_RATE, wav_header
from codex_voice.speech import hallucinations as silence
from codex_voice.speech import loops
from codex_voice.speech import samples as sound
from codex_voice.speech.recognizer import (
    NO_HINTS,
    Hints,
    RecognitionAborted,
    Recognizer,
    Transcript,
    never_aborted,
)

_POLL_SECONDS = 0.05
_RETRIES = 1
_LARGEST_ANSWER = 1 << 20
_REST_SECONDS = 30.0
"""How long a server that failed is left alone, so that each utterance does not wait for it."""


class WhisperServerRecognizer:
    """Sends utterances to a server's `/inference` endpoint.

    The server loads the model and chooses its own decoding parameters; its plain JSON answer
    tells no confidence, so transcripts carry 1.

    Args:
        url: Where it is, such as "http://127.0.0.1:8080".
        language: Code of the language spoken, or "auto".
        translate: Write English whatever is spoken.
        connect_seconds: How long it may take to answer the door.
        answer_seconds: How long it may take to recognise.

    Raises:
        ServerUnavailable: The URL is none.
    """

    def __init__(
        self,
        url: str,
        language: str = "en",
        *,
        translate: bool = False,
        connect_seconds: float = 2.0,
        answer_seconds: float = 30.0,
    ) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ServerUnavailable(
                f'"{url}" is no address of a whisper.cpp server',
                'set [whisper] server_url, such as "http://127.0.0.1:8080"',
            )
        self._url = url
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, port
        self._path = f"{parts.path.rstrip('/')}/inference"
        self._language = language
        self._translate = translate
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self.name = f"server {parts.netloc}"

    def describe(self) -> str:
        """Say where the work is done."""
        return "whisper.cpp server"

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance; see `Recognizer.transcribe`. The server decides how thoroughly.

        Raises:
            RecognitionAborted: `aborted` answered true; the connection is closed.
            ServerUnavailable: It is not there, too slow, or answers something else.
        """
        del thorough, hints
        started = time.perf_counter()
        captured = sound.decode(pcm)
        text = ""
        if not silence.is_silence(captured):
            samples = sound.pad(sound.amplify(captured))
            text = silence.keep_spoken(self._ask(_wav(samples), aborted), samples, 1.0)
            repetitive = loops.repeats(text) or loops.is_double(text)
            if repetitive and loops.is_too_fast(text, silence.active_seconds(samples)):
                text = loops.one_turn(text)
        return Transcript(
            text=text,
            confidence=1.0 if text else 0.0,
            language="" if self._language == "auto" else self._language,
            audio_seconds=captured.size / SAMPLE_RATE,
            seconds=time.perf_counter() - started,
            model=self.name,
        )

    def close(self) -> None:
        """Nothing is kept open between utterances."""

    def _ask(self, wav: bytes, aborted: Callable[[], bool]) -> str:
        boundary, body = _form(wav, self._language, self._translate)
        reason = ""
        for _ in range(1 + _RETRIES):
            try:
                status, answer = self._exchange(boundary, body, aborted)
            except TimeoutError:
                # Asking again would make somebody who waits already wait as long again.
                raise self._unavailable("does not answer in time") from None
            except (OSError, http.client.HTTPException) as error:
                told = error.strerror if isinstance(error, OSError) else str(error)
                reason = f"cannot be reached: {told or type(error).__name__}"
                continue
            if status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                return self._text(status, answer)
            reason = f"answers {status}: {_excerpt(answer)}"
        raise self._unavailable(reason)

    def _exchange(
        self, boundary: str, body: bytes, aborted: Callable[[], bool]
    ) -> tuple[int, bytes]:
        connect = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = connect(self._host, self._port, timeout=self._connect_seconds)
        try:
            connection.connect()
            connection.request(
                "POST",
                self._path,
                body,
                {"Content-Type": f"multipart/form-data; boundary={boundary}"},
            )
            self._await_answer(connection, aborted)
            connection.sock.settimeout(self._answer_seconds)
            response = connection.getresponse()
            return response.status, response.read(_LARGEST_ANSWER)
        finally:
            # The server sees this and stops computing what nobody waits for.
            connection.close()

    def _await_answer(
        self, connection: http.client.HTTPConnection, aborted: Callable[[], bool]
    ) -> None:
        deadline = time.monotonic() + self._answer_seconds
        while not select.select([connection.sock], [], [], _POLL_SECONDS)[0]:
            if aborted():
                raise RecognitionAborted("the recognition was aborted")
            if time.monotonic() > deadline:
                raise TimeoutError

    def _text(self, status: int, answer: bytes) -> str:
        try:
            told = json.loads(answer)
        except ValueError:
            told = None
        if status == http.HTTPStatus.OK and isinstance(told, dict):
            if isinstance(told.get("text"), str):
                return " ".join(told["text"].split())
            if "error" in told:
                raise self._unavailable(f"says: {_excerpt(str(told['error']).encode())}")
        raise self._unavailable(f"answers {status}, and no transcript: {_excerpt(answer)}")

    def _unavailable(self, reason: str) -> ServerUnavailable:
        return ServerUnavailable(
            f"the whisper.cpp server at {self._url} {reason}",
            "start it with: whisper-server -m MODEL, or empty [whisper] server_url",
        )


class FallbackRecognizer:
    """Asks a server first, and a model in this process while the server is down.

    Args:
        server: Asked first.
        load_local: Makes the recogniser of this process when it is first needed.
        on_fallback: Told why the server was left, once for each time it went away.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        server: Recognizer,
        load_local: Callable[[], Recognizer],
        on_fallback: Callable[[ServerUnavailable], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._load_local = load_local
        self._on_fallback = on_fallback
        self._clock = clock
        self._local: Recognizer | None = None
        self._left_alone_until = 0.0
        self._is_down = False

    @property
    def name(self) -> str:
        """Name of what answers at present."""
        return self._local.name if self._is_down and self._local else self._server.name

    def describe(self) -> str:
        """Say what does the work at present."""
        if self._is_down and self._local:
            return f"{self._local.describe()}; {self._server.name} is down"
        return self._server.describe()

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance; see `Recognizer.transcribe`.

        Raises:
            RecognitionAborted: `aborted` answered true.
            SpeechError: Neither the server nor a model of this process has an answer.
        """
        if self._clock() >= self._left_alone_until:
            try:
                transcript = self._server.transcribe(pcm, aborted, thorough=thorough, hints=hints)
            except ServerUnavailable as unavailable:
                self._leave(unavailable)
            else:
                self._is_down = False
                return transcript
        assert self._local is not None
        return self._local.transcribe(pcm, aborted, thorough=thorough, hints=hints)

    def close(self) -> None:
        """Close both."""
        self._server.close()
        if self._local:
            self._local.close()

    def _leave(self, unavailable: ServerUnavailable) -> None:
        if self._local is None:
            try:
                self._local = self._load_local()
            except SpeechError as error:
                raise ServerUnavailable(
                    f"{unavailable.message}; {error.message}", error.remedy
                ) from error
        self._left_alone_until = self._clock() + _REST_SECONDS
        if not self._is_down:
            self._is_down = True
            self._on_fallback(unavailable)


def _wav(samples: sound.Samples) -> bytes:
    pcm = (samples * 32767).round().clip(-32768, 32767).astype("<i2").tobytes()
    return wav_header(len(pcm)) + pcm


def _form(wav: bytes, language: str, translate: bool) -> tuple[str, bytes]:
    """Return the boundary and the body of the form that the server reads."""
    boundary = uuid.uuid4().hex
    fields = {
        "response_format": "json",
        "temperature": "0.0",
        "no_timestamps": "true",
        "language": language,
        "translate": str(translate).lower(),
    }
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="utterance.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n".encode()
        + wav
        + f"\r\n--{boundary}--\r\n".encode()
    )
    return boundary, b"".join(parts)


def _excerpt(answer: bytes) -> str:
    return " ".join(answer[:200].decode("utf-8", "replace").split())[:80]
