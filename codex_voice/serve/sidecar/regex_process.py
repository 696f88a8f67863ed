"""Regular expressions of other people, in a process that can be ended when one never does.

Python's `re` cannot be interrupted and lets no other thread run meanwhile: `(a+)+$` on 27 letters
would hold up every answer for half a minute. A helper process is forked while this one has a single
thread; it forks a worker for each request, and the worker's alarm clock ends it.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import asdict
from typing import BinaryIO, NoReturn

from codex_voice.serve.sidecar.protocol import Fault, RpcError
from codex_voice.serve.sidecar.replacements import Replaced, Rule, apply

# The published host gives up after 2 s.
TIME_LIMIT_SECONDS = 0.5
# Below so many characters times rules literal ones need no process: a few milliseconds.
_SMALL_WORK = 1_000_000


class RuleProcess:
    """Applies rules, in a child process where they could take long.

    To be made while the program has only one thread.
    """

    def __init__(self) -> None:
        request_reader, request_writer = os.pipe()
        answer_reader, answer_writer = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(request_writer)
            os.close(answer_reader)
            _serve(request_reader, answer_writer)
        os.close(request_reader)
        os.close(answer_writer)
        self._requests = os.fdopen(request_writer, "wb")
        self._answers = os.fdopen(answer_reader, "rb")
        self._lock = threading.Lock()

    def apply(self, text: str, rules: Sequence[Rule]) -> Replaced:
        """Apply rules to a text.

        Raises:
            RpcError: They take longer than `TIME_LIMIT_SECONDS`.
        """
        enabled = tuple(rule for rule in rules if rule.enabled)
        literal = all(rule.kind == "literal" for rule in enabled)
        if literal and len(text) * len(enabled) < _SMALL_WORK:
            return apply(text, enabled)
        request = json.dumps({"text": text, "rules": [asdict(rule) for rule in enabled]})
        try:
            with self._lock:
                self._requests.write(request.encode() + b"\n")
                self._requests.flush()
                answer = self._answers.readline()
        except (OSError, ValueError):
            answer = b""
        if not answer:
            raise RpcError(Fault.INTERNAL, "the process that applies rules has ended")
        if not (replaced := json.loads(answer)):
            raise RpcError(
                Fault.INVALID_PARAMS,
                f"a regular expression took longer than {TIME_LIMIT_SECONDS:g} s",
                details={"reason": "timeout"},
            )
        return Replaced(**replaced)

    def close(self) -> None:
        """End the process."""
        self._requests.close()
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._answers.close()


def _serve(requests: int, answers: int) -> NoReturn:
    """Answer each line of requests with one line, until the requests end; never returns."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        with os.fdopen(requests, "rb") as lines, os.fdopen(answers, "wb") as output:
            for line in lines:
                output.write(_in_time(line) + b"\n")
                output.flush()
    finally:
        # The program's own ways out, such as its handlers at exit, are not this process's.
        os._exit(0)


def _in_time(line: bytes) -> bytes:
    """Answer one request in a process of its own; `null` when that took too long."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _work(line, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as result:
        answer = result.read()
    os.waitpid(pid, 0)
    return answer or b"null"


def _work(line: bytes, writer: int) -> NoReturn:
    try:
        # The default action of the signal ends the process, also in the middle of a match.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT_SECONDS)
        request = json.loads(line)
        replaced = apply(request["text"], [Rule(**rule) for rule in request["rules"]])
        output: BinaryIO
        with os.fdopen(writer, "wb") as output:
            output.write(json.dumps(asdict(replaced)).encode())
    finally:
        os._exit(0)
