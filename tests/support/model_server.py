"""A server that sends a speech model in two pieces, the second when it is told to."""

from __future__ import annotations

import hashlib
import re
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from codex_voice.speech.models.catalogue import PublishedModel

_FIRST_PIECE = 1 << 20
_PATIENCE_SECONDS = 60.0


class ModelServer:
    """Serves one model; use it as a context.

    Args:
        content: The file.
        name: The model's name in a catalogue.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self.content = content
        self.go_on = threading.Event()
        """Set when the rest may be sent."""
        self.ranges: list[str] = []
        """What was asked for, by request; "" is the whole file."""
        server = self

        class ModelHandler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = self.headers.get("Range", "")
                server.ranges.append(asked)
                start = int(re.findall(r"\d+", asked)[0]) if asked else 0
                body = server.content[start:]
                self.send_response(206 if asked else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(ConnectionError):
                    self.wfile.write(body[:_FIRST_PIECE])
                    self.wfile.flush()
                    server.go_on.wait(_PATIENCE_SECONDS)
                    self.wfile.write(body[_FIRST_PIECE:])

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), ModelHandler)
        url = f"http://127.0.0.1:{self._http.server_port}/ggml-{name}.bin"
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        self.model = PublishedModel(name, (len(content) >> 20) + 1, sha1, url)
        """The file, as a catalogue has it."""
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.go_on.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
