"""An HTTP server that answers as a test tells it, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.whisper_server import read_form

_DRIP_SECONDS = 0.02


@dataclass(frozen=True)
class ReceivedRequest:
    """A request.

    Args:
        path: Its path.
        fields: What was in its form.
        authorization: The header of that name, "" where there was none.
    """

    path: str
    fields: dict[str, bytes]
    authorization: str


class ScriptedServer:
    """Answers as it is told, and keeps what it was asked.

    Args:
        certificate: A file with a certificate and its key, for TLS.
    """

    def __init__(self, certificate: Path | None = None) -> None:
        self.status = 200
        self.body = json.dumps({"text": " Run the\n tests.\n"}).encode()
        self.statuses: list[int] = []
        self.requests: list[ReceivedRequest] = []
        self.hung_up = threading.Event()
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.drips_after: bytes | None = None
        """After this part of its answer it sends a byte now and then, and no end of them."""
        server = self

        class ScriptedHandler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self._answer(read_form(self.headers["Content-Type"], body))

            def _answer(self, fields: dict[str, bytes]) -> None:
                key = self.headers.get("Authorization", "")
                server.requests.append(ReceivedRequest(self.path, fields, key))
                server.asked.set()
                if not server.may_answer.is_set():
                    # An empty read is the client's hanging up.
                    self.connection.settimeout(60)
                    if not self.connection.recv(1):
                        server.hung_up.set()
                    return
                if server.drips_after is not None:
                    self.wfile.write(server.drips_after)
                    with suppress(ConnectionError):
                        while True:
                            self.wfile.write(b"1")
                            time.sleep(_DRIP_SECONDS)
                    server.hung_up.set()
                    return
                self.send_response(server.statuses.pop(0) if server.statuses else server.status)
                self.send_header("Content-Length", str(len(server.body)))
                self.end_headers()
                self.wfile.write(server.body)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), ScriptedHandler)
        scheme = "http"
        if certificate is not None:
            import ssl

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
            scheme = "https"
        self.port = self._http.server_port
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        """End the server."""
        self.may_answer.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
