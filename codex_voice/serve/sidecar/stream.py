"""An open microphone: its frames arrive on a thread that may take its time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from codex_voice.audio.sources.connection import Connection
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.errors import AudioError
from codex_voice.serve.sidecar.protocol import Fault, RpcError

# Opening takes 30 to 80 ms, with Bluetooth up to a second; the host gives up after 2 s.
_OPENING_SECONDS = 1.7
# Whether it is still there is looked at when no frame came for so long.
_CHECK_SECONDS = 0.25
_LOST_SECONDS = 3.0


class MicrophoneStream:
    """A microphone, opened.

    Args:
        make_source: Finds it; called on another thread.
        on_frame: Takes the frames, on the stream's own thread.
        on_lost: Called there when no more will come though it was not closed.

    Raises:
        RpcError: It cannot be opened.
    """

    def __init__(
        self,
        make_source: Callable[[], FrameSource],
        on_frame: Callable[[bytes], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        opened: queue.SimpleQueue[AudioError | None] = queue.SimpleQueue()
        self._connection = Connection(
            make_source,
            on_opened=lambda _connection: opened.put(None),
            on_failed=lambda _connection, error: opened.put(error),
            on_frame=lambda _connection, frame: self._frames.put(frame),
            announced=False,
        )
        try:
            failure = opened.get(timeout=_OPENING_SECONDS)
        except queue.Empty:
            self._connection.close()
            raise RpcError(Fault.AUDIO_IO, "the microphone does not open") from None
        if failure is not None:
            raise RpcError(Fault.AUDIO_IO, str(failure)) from failure
        self._thread = threading.Thread(target=self._run, name="sidecar-frames", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, after the frames that have arrived; the device is closed on another thread."""
        self._connection.close()
        self._frames.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        waited = 0.0
        while True:
            try:
                frame = self._frames.get(timeout=_CHECK_SECONDS)
            except queue.Empty:
                waited += _CHECK_SECONDS
                if not self._connection.active or waited >= _LOST_SECONDS:
                    self._connection.close()
                    self._on_lost()
                    return
            else:
                if frame is None:
                    return
                waited = 0.0
                self._on_frame(frame)
