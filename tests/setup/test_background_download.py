"""A download that nobody waits for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codex_voice.errors import DownloadFailed, SpeechError
from codex_voice.practice.recordings import model_path
from codex_voice.setup.background_download import BackgroundDownload
from tests.support.model_server import ModelServer

PATIENCE = 60


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """Serve the miniature model in pieces."""
    with ModelServer(model_path().read_bytes(), "tiny.en-q8_0") as running:
        yield running


class ProgressFollower:
    """Runs what is posted, on the thread of the test."""

    def __init__(self) -> None:
        self.posted: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self.threads: set[str] = set()
        self.shares: list[tuple[int, int]] = []
        self.result: Path | SpeechError | None = None

    def post(self, function: Callable[..., object], *arguments: object) -> None:
        """Take a call from any thread."""
        self.threads.add(threading.current_thread().name)
        self.posted.put(lambda: function(*arguments))

    def progress(self, done: int, total: int) -> None:
        """Keep how far it is."""
        self.shares.append((done, total))

    def ended(self, result: Path | SpeechError) -> None:
        """Keep what came of it."""
        self.result = result

    def run_one(self) -> None:
        """Run the next call."""
        self.posted.get(timeout=PATIENCE)()

    def run_to_the_end(self) -> Path | SpeechError:
        """Run all calls up to the last one."""
        while self.result is None:
            self.run_one()
        return self.result


def test_it_goes_on_by_itself_and_says_how_far_it_is(server: ModelServer, tmp_path: Path) -> None:
    """On a thread of its own; what it says comes where it was asked for."""
    follower = ProgressFollower()
    BackgroundDownload(
        server.model,
        tmp_path,
        post=follower.post,
        progress=follower.progress,
        ended=follower.ended,
    )
    follower.run_one()
    assert follower.shares
    assert follower.result is None
    server.go_on.set()
    path = follower.run_to_the_end()
    assert isinstance(path, Path)
    assert path.read_bytes() == server.content
    assert follower.threads == {"download tiny.en-q8_0"}


def test_it_can_be_stopped_and_begun_again(server: ModelServer, tmp_path: Path) -> None:
    """What had come is not fetched twice."""
    follower = ProgressFollower()
    first = BackgroundDownload(
        server.model,
        tmp_path,
        post=follower.post,
        progress=follower.progress,
        ended=follower.ended,
    )
    follower.run_one()
    first.stop()
    server.go_on.set()
    stopped = follower.run_to_the_end()
    assert isinstance(stopped, DownloadFailed)
    assert "was stopped" in str(stopped)
    follower.result = None
    BackgroundDownload(
        server.model,
        tmp_path,
        post=follower.post,
        progress=follower.progress,
        ended=follower.ended,
    )
    path = follower.run_to_the_end()
    assert isinstance(path, Path)
    assert path.read_bytes() == server.content
    assert server.ranges[0] == ""
    assert server.ranges[1].startswith("bytes=")
