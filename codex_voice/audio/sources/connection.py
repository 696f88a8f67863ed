"""One opening of a source, in threads of its own: a hanging sound server hangs those calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.errors import AudioError


class Connection:
    """A source that is being opened, is open, or is closed again.

    Args:
        make_source: Finds the source; may raise AudioError.
        on_opened: Called with this connection when it is open, on its thread.
        on_failed: Called with it and the error when it cannot be opened, on its thread.
        on_frame: Called with it and a frame, on the source's thread.
        announced: Whoever listens asked for it, and is told that it is open.
    """

    def __init__(
        self,
        make_source: Callable[[], FrameSource],
        on_opened: Callable[[Connection], None],
        on_failed: Callable[[Connection, AudioError], None],
        on_frame: Callable[[Connection, bytes], None],
        announced: bool,
    ) -> None:
        self.announced = announced
        self.began = time.monotonic()
        self.opened_at: float | None = None
        self._make_source = make_source
        self._on_opened = on_opened
        self._on_failed = on_failed
        self._on_frame = on_frame
        self._source: FrameSource | None = None
        self._closing: threading.Thread | None = None
        self._wanted = True
        self._lock = threading.Lock()
        self._opening = threading.Thread(target=self._open, name="open-microphone", daemon=True)
        self._opening.start()

    @property
    def name(self) -> str:
        """The source's name; empty before it is open."""
        return self._source.name if self._source is not None else ""

    @property
    def active(self) -> bool:
        """Whether frames may still come."""
        return self._source is not None and self._source.active

    def close(self) -> None:
        """Begin to close it, also while it is still being opened."""
        with self._lock:
            self._wanted = False
            source = self._source
        if source is not None:
            self._closing = threading.Thread(
                target=source.close, name="close-microphone", daemon=True
            )
            self._closing.start()

    def wait(self, timeout: float) -> None:
        """Wait until it is closed, at most so many seconds."""
        self._opening.join(timeout)
        if self._closing is not None:
            self._closing.join(timeout)

    def _open(self) -> None:
        try:
            source = self._make_source()
            source.open(self._deliver)
        except AudioError as error:
            self._on_failed(self, error)
            return
        with self._lock:
            self._source = source
            wanted = self._wanted
        if wanted:
            self.opened_at = time.monotonic()
            self._on_opened(self)
        else:
            source.close()

    def _deliver(self, frame: bytes) -> None:
        self._on_frame(self, frame)
