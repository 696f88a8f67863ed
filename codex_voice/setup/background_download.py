"""Downloads a speech model on a thread of its own, so that everything else goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from codex_voice.errors import DownloadFailed, SpeechError
from codex_voice.speech.models.catalogue import PublishedModel
from codex_voice.speech.models.download import download

_REPORT_SECONDS = 0.5
"""A row that changes more often than this is only restless."""

Post = Callable[..., object]


class BackgroundDownload:
    """A download that has begun.

    It holds up neither the event loop nor the end of the process: what has come so far stays on
    disk, and the next download of the same model goes on from there.

    Args:
        model: What is fetched.
        directory: Where it goes.
        post: Has a function called with some arguments on the event loop, from any thread.
        progress: Called there with the bytes that are here and all there will be (0: unknown).
        ended: Called there, once, with the file or with why there is none.
    """

    def __init__(
        self,
        model: PublishedModel,
        directory: Path,
        *,
        post: Post,
        progress: Callable[[int, int], None],
        ended: Callable[[Path | SpeechError], None],
    ) -> None:
        self.model = model
        self._directory = directory
        self._post = post
        self._progress = progress
        self._ended = ended
        self._stopping = threading.Event()
        self._reported = float("-inf")
        thread = threading.Thread(target=self._run, name=f"download {model.name}", daemon=True)
        thread.start()

    def stop(self) -> None:
        """Stop as soon as the next piece comes; what is here is kept for another time."""
        self._stopping.set()

    def _run(self) -> None:
        result: Path | SpeechError
        try:
            result = download(self.model, self._directory, self._came)
        except SpeechError as error:
            result = error
        # The loop may have ended meanwhile; then nobody is interested.
        with suppress(RuntimeError):
            self._post(self._ended, result)

    def _came(self, done: int, total: int) -> None:
        if self._stopping.is_set():
            raise DownloadFailed(
                f"the download of {self.model.name} was stopped", "choosing it again goes on"
            )
        now = time.monotonic()
        if now - self._reported >= _REPORT_SECONDS:
            self._reported = now
            with suppress(RuntimeError):
                self._post(self._progress, done, total)
