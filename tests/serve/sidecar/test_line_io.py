"""Lines come in whole and bounded, and go out whole and in order."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator

import pytest

from codex_voice.serve.sidecar.line_io import LineReader, LineWriter
from codex_voice.serve.sidecar.protocol import LONGEST_LINE, RpcError


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Make a pipe; the test closes the end that it writes to."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)


@pytest.fixture
def wake() -> Iterator[tuple[int, int]]:
    """Make the pipe that ends a reading."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def _write_and_close(writer: int, pieces: list[bytes]) -> threading.Thread:
    def write() -> None:
        with os.fdopen(writer, "wb", buffering=0) as file:
            for piece in pieces:
                file.write(piece)

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def test_lines_are_put_together_from_pieces(pipe: tuple[int, int], wake: tuple[int, int]) -> None:
    """Blanks around them are tolerated, empty ones ignored, and the last needs no line break."""
    thread = _write_and_close(pipe[1], [b"on", b"e\r\n\n  \n tw", b"o \nthree"])
    assert list(LineReader(pipe[0], wake[0])) == [b"one", b"two", b"three"]
    thread.join()


def test_a_line_too_long_is_one_error_and_the_next_is_read(
    pipe: tuple[int, int], wake: tuple[int, int]
) -> None:
    """A line of the greatest length is read, one byte more is refused."""
    longest = b"x" * (LONGEST_LINE - 1)
    thread = _write_and_close(
        pipe[1], [longest, b"\n", longest, b"x\n", b"y" * (3 * LONGEST_LINE), b"\nz\n"]
    )
    first, second, third, fourth = LineReader(pipe[0], wake[0])
    assert first == longest
    assert isinstance(second, RpcError)
    assert isinstance(third, RpcError)
    assert fourth == b"z"
    thread.join()


def test_a_signal_ends_the_reading(pipe: tuple[int, int], wake: tuple[int, int]) -> None:
    """A byte on the other descriptor counts as the end."""
    os.write(wake[1], b"\0")
    assert list(LineReader(pipe[0], wake[0])) == []
    os.close(pipe[1])


def test_messages_of_many_threads_are_whole_and_levels_never_wait(
    pipe: tuple[int, int], wake: tuple[int, int]
) -> None:
    """With nobody reading, levels return at once; then every other message comes, whole."""
    writer = LineWriter(pipe[1], wake[1])
    padding = "x" * 10_000

    def send(number: int) -> None:
        for index in range(50):
            writer.send({"thread": number, "index": index, "padding": padding})

    for _ in range(10_000):
        writer.send_level({"level": 1})
    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    messages: list[dict[str, object]] = []
    with os.fdopen(os.dup(pipe[0]), "rb") as file:
        while sum("index" in message for message in messages) < 200:
            messages.append(json.loads(file.readline()))
    for number in range(4):
        indices = [message["index"] for message in messages if message.get("thread") == number]
        assert indices == list(range(50))
    for thread in threads:
        thread.join()
    writer.close(1.0)
    os.close(pipe[1])


def test_nobody_reading_wakes_the_program(pipe: tuple[int, int], wake: tuple[int, int]) -> None:
    """It has no work any more once the host is gone."""
    reader, target = os.pipe()
    os.close(reader)
    LineWriter(target, wake[1]).send({"a": 1})
    assert os.read(wake[0], 1) == b"\0"
    os.close(target)
    os.close(pipe[1])
