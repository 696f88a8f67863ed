"""A whisper.cpp server for tests: a process of its own that recognises with the miniature model.

It takes what whisper.cpp's server takes, and answers as that does. The miniature model knows single
sentences, so long sound is given to it sentence by sentence, parted at its silences.
"""

from __future__ import annotations

import email
import email.policy
import json
import select
import signal
import socket
import subprocess
import sys
import threading
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby
from pathlib import Path
from types import TracebackType

from codex_voice.practice.recordings import model_path
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import RecognitionAborted, never_aborted

_REPOSITORY = Path(__file__).parents[2]
_WAV_HEADER_BYTES = 44
_FRAME_BYTES = 640
_FRAME_MS = 20
# Between the room of the tests (-70 dBFS) and its voices, as a mean of absolute samples.
_LOUD = 60
# Longer than any silence within a sentence of the clips, shorter than a breath between two.
_SENTENCE_PAUSE_MS = 300
_MARGIN_FRAMES = 6


class WhisperServer:
    """Runs the server; use it as a context.

    Args:
        words: What it writes instead of what the miniature model hears: words of its own, for
            the miniature model knows but 128.
        port: Where it listens; 0 is any free port.
    """

    def __init__(self, words: Mapping[str, str] | None = None, port: int = 0) -> None:
        self.url = ""
        self._words = dict(words or {})
        self._port = port
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> WhisperServer:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, json.dumps(self._words), str(self._port)],
            cwd=_REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    def freeze(self) -> None:
        """Let it take requests, and answer none."""
        self._signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)


def read_form(content_type: str, body: bytes) -> dict[str, bytes]:
    """Return the fields of a multipart form."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    form = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    return {
        str(part.get_param("name", header="Content-Disposition")): _payload(part)
        for part in form.iter_parts()
    }


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def sentences(pcm: bytes) -> Iterator[bytes]:
    """Part sound (int16 mono 16 kHz) at its silences, and leave these out."""
    frames = [pcm[at : at + _FRAME_BYTES] for at in range(0, len(pcm), _FRAME_BYTES)]
    runs: list[tuple[bool, int]] = []
    for loud, run in groupby(map(is_loud, frames)):
        length = len(list(run))
        loud = loud or length * _FRAME_MS < _SENTENCE_PAUSE_MS
        if runs and runs[-1][0] == loud:
            length += runs.pop()[1]
        runs.append((loud, length))
    position = 0
    for loud, length in runs:
        start, stop = max(0, position - _MARGIN_FRAMES), position + length + _MARGIN_FRAMES
        if loud and any(map(is_loud, frames[position : position + length])):
            yield b"".join(frames[start:stop])
        position += length


def is_loud(frame: bytes) -> bool:
    """Return whether somebody speaks."""
    samples = array("h", frame[: len(frame) // 2 * 2])
    return sum(map(abs, samples)) > _LOUD * len(samples)


def recognize(
    recognizer: WhisperRecognizer, pcm: bytes, aborted: Callable[[], bool] = never_aborted
) -> str:
    """Return the text of any number of sentences.

    Raises:
        RecognitionAborted: `aborted` answered true, before one of them or while it was recognised.
    """
    texts = []
    for sentence in sentences(pcm):
        if aborted():
            raise RecognitionAborted("nobody waits for it")
        texts.append(recognizer.transcribe(sentence, aborted).text)
    return " ".join(filter(None, texts))


def _has_hung_up(connection: socket.socket) -> bool:
    readable = select.select([connection], [], [], 0)[0]
    return bool(readable) and not connection.recv(1, socket.MSG_PEEK)


def _handler(answer: Callable[[bytes, Callable[[], bool]], str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.path != "/inference":
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers["Content-Length"]))
            form = read_form(self.headers["Content-Type"], body)
            # Who asked may have hung up: speech went on. As whisper.cpp's own server, this one
            # then stops, so that no later request waits for text that nobody wants.
            with suppress(ConnectionError, RecognitionAborted):
                text = answer(
                    form["file"][_WAV_HEADER_BYTES:], lambda: _has_hung_up(self.connection)
                )
                body = json.dumps({"text": f" {text}\n"}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Handler


def main() -> None:
    """Serve until killed; the address is the first line of the output."""
    words: dict[str, str] = json.loads(sys.argv[1])
    recognizer = WhisperRecognizer(model_path())
    one_at_a_time = threading.Lock()

    def answer(pcm: bytes, aborted: Callable[[], bool]) -> str:
        with one_at_a_time:
            text = recognize(recognizer, pcm, aborted)
        return words.get(text, text)

    with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), _handler(answer)) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
