"""A host of the sidecar, for tests: starts the real command and talks to it."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

PATIENCE_SECONDS = 60.0


class SidecarHost:
    """A running sidecar.

    Args:
        directory: Where it is started.
        environment: Its environment.
        arguments: Options of the command.
    """

    def __init__(
        self, directory: Path, environment: Mapping[str, str], arguments: tuple[str, ...] = ()
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "codex_voice", "sidecar", *arguments],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.log = b""
        self._number = 0
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        self._threads = [
            threading.Thread(target=self._read_answers),
            threading.Thread(target=self._read_log),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> SidecarHost:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        for thread in self._threads:
            thread.join()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def ask(self, method: str, **params: Any) -> int:
        """Send a request and return its number."""
        self._number += 1
        self._answers[self._number] = queue.Queue()
        assert self.process.stdin is not None
        request = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        return self._number

    def answer(self, number: int) -> dict[str, Any]:
        """Wait for the answer to a request."""
        return self._answers[number].get(timeout=PATIENCE_SECONDS)

    def has_answer(self, number: int) -> bool:
        """Return whether the answer to a request has come."""
        return not self._answers[number].empty()

    def result(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request and return its result."""
        answer = self.answer(self.ask(method, **params))
        assert "result" in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def event(self, *names: str) -> tuple[str, dict[str, Any]]:
        """Wait for the next event of one of these names; others are dropped."""
        while True:
            message = self._events.get(timeout=PATIENCE_SECONDS)
            name = message["method"].removeprefix("event.")
            if name in names:
                return name, message["params"]

    def _read_answers(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message = json.loads(line)
            if "method" in message:
                self._events.put(message)
            elif message["id"] is not None:
                self._answers[message["id"]].put(message)

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log += line
