"""Finds out that the sound server has moved our stream to another device.

When a microphone is unplugged, PulseAudio and PipeWire move the streams that were open on it to
another source, often one that gives nothing but zeros, and PortAudio hears nothing of that. The
server says so to whoever subscribes. Where there is no such server, nothing is ever moved.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from typing import Any

_LOG = logging.getLogger(__name__)

# How soon the thread ends when nobody listens any more.
_CHECK_SECONDS = 0.5


class StreamMoves:
    """Watches the streams of this process, on a thread of its own.

    Args:
        on_moved: Called once, on that thread, when one of them has been moved.
        on_watching: Called once, on that thread, when the server is being listened to.
    """

    def __init__(
        self, on_moved: Callable[[], None], on_watching: Callable[[], None] = lambda: None
    ) -> None:
        self._on_moved = on_moved
        self._on_watching = on_watching
        self._closed = threading.Event()
        threading.Thread(target=self._run, name="stream-moves", daemon=True).start()

    def close(self) -> None:
        """Watch no longer; does not wait."""
        self._closed.set()

    def _run(self) -> None:
        try:
            # Loads libpulse, which PortAudio's ALSA plugin has loaded already where it is in use.
            import pulsectl
        except (ImportError, OSError) as error:
            _LOG.debug("streams are not watched: %s", error)
            return
        pulse = pulsectl.Pulse("codex-voice-watch", connect=False)
        try:
            # With a timeout pulsectl always waits for all of it. Without one this thread hangs as
            # long as the server does, on which nothing waits.
            pulse.connect(autospawn=False)
            self._watch(pulse, pulsectl.PulseLoopStop)
        except (pulsectl.PulseError, pulsectl.PulseDisconnected, OSError) as error:
            # No server, or it has ended: the stream has ended with it, and says so itself.
            _LOG.debug("streams are not watched: %s", error)
        finally:
            pulse.close()

    def _watch(self, pulse: Any, stop_listening: type[Exception]) -> None:
        news = threading.Event()

        def note(_event: object) -> None:
            news.set()
            # Otherwise `event_listen` returns only after its timeout.
            raise stop_listening

        pulse.event_mask_set("source_output")
        pulse.event_callback_set(note)
        sources = _sources_of_our_streams(pulse)
        self._on_watching()
        while not self._closed.is_set():
            if not news.is_set():
                pulse.event_listen(timeout=_CHECK_SECONDS)
                continue
            news.clear()
            now = _sources_of_our_streams(pulse)
            if any(sources.get(stream, source) != source for stream, source in now.items()):
                if not self._closed.is_set():
                    self._on_moved()
                return
            sources = now


def _sources_of_our_streams(pulse: Any) -> dict[int, int]:
    """Return the number of the source for that of each stream of this process."""
    own = str(os.getpid())
    return {
        stream.index: stream.source
        for stream in pulse.source_output_list()
        if stream.proplist.get("application.process.id") == own
    }
