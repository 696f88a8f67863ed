"""Keeps frames coming from a microphone that may fail at any moment."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from codex_voice.audio.events import CaptureEvent, DeviceBack, DeviceTrouble, Found, Opened
from codex_voice.audio.sources.connection import Connection
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.sources.watchdog import CHECK_SECONDS, Health, Watchdog
from codex_voice.errors import AudioError, MicrophoneSilent, MicrophoneUnavailable
from codex_voice.pcm import frames_in

_LOG = logging.getLogger(__name__)

# How often an open microphone is looked after when no frame comes.
_FIRST_RETRY_SECONDS = 0.25
_LAST_RETRY_SECONDS = 5.0
# Opening takes 30 to 80 ms, with Bluetooth up to a second.
_OPENING_SECONDS = 1.7
_FRAMES_PER_NAME = frames_in(1000)


class SourceSupervisor:
    """Opens, watches and reopens the microphone; lives on the capture thread.

    Args:
        make_source: Finds the microphone; called on another thread.
        submit: Puts a call into the capture thread's mailbox.
        post: Takes `Found`, `Opened`, `DeviceTrouble` and `DeviceBack`.
        on_frame: Takes the frames.
        on_lost: Called when the microphone is given up; the connection is closed by then.
    """

    def __init__(
        self,
        make_source: Callable[[], FrameSource],
        submit: Callable[[Callable[[], None]], None],
        post: Callable[[CaptureEvent], None],
        on_frame: Callable[[bytes], None],
        on_lost: Callable[[], None],
    ) -> None:
        self.persistent = False
        self._make_source = make_source
        self._submit = submit
        self._post = post
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._connection: Connection | None = None
        self._earlier_interruptions = 0
        """Of the microphones before this one."""
        self._watchdog = Watchdog()
        self._trouble = False
        self._retry_at: float | None = None
        self._retry_seconds = _FIRST_RETRY_SECONDS
        self._name = ""
        self._frames_since_name = 0

    @property
    def patience(self) -> float | None:
        """Seconds to wait for a call before `look_after` is due; None is for ever."""
        if self._connection is not None:
            return CHECK_SECONDS
        if self._retry_at is not None:
            return max(0.0, self._retry_at - time.monotonic())
        return None

    @property
    def stopped(self) -> bool:
        """Whether the microphone is open and has turned silent as no room ever is."""
        return self._connection is not None and self._watchdog.stopped

    @property
    def interruptions(self) -> int:
        """How often an open microphone has turned so for so long that it was opened anew."""
        return self._earlier_interruptions + self._watchdog.interruptions

    @property
    def ended(self) -> bool:
        """Whether the microphone has been opened and has gone away since, noticed or not."""
        connection = self._connection
        return connection is not None and connection.opened_at is not None and not connection.active

    @property
    def stalled_seconds(self) -> float:
        """How long an open microphone has not answered; 0 while it does."""
        return 0.0 if self._connection is None else self._watchdog.stalled_seconds

    def prepare(self) -> None:
        """Find out what is missing, and load PortAudio, before anybody waits for it."""

        def find() -> None:
            try:
                found = Found(self._make_source().name)
            except AudioError as error:
                self._submit(partial(self._report_trouble, error))
            else:
                self._submit(lambda: self._post(found))

        threading.Thread(target=find, name="find-microphone", daemon=True).start()

    def open(self) -> None:
        """Open the microphone for somebody who is told so: `Opened`, also if it is open."""
        self._trouble = False
        if self._connection is None:
            self._connect(announced=True)
        elif self._connection.opened_at is None:
            self._connection.announced = True
        else:
            self._post(Opened(self._connection.name, 0.0))

    def keep(self) -> None:
        """Open it, if it is neither open nor about to be."""
        if self._connection is None and self._retry_at is None:
            self._connect(announced=True)

    def use(self, make_source: Callable[[], FrameSource]) -> None:
        """Change to another microphone, at once if one is open or wanted."""
        self._make_source = make_source
        self._earlier_interruptions += self._watchdog.interruptions
        self._watchdog = Watchdog()
        self._retry_seconds = _FIRST_RETRY_SECONDS
        if self._connection is not None or self._retry_at is not None:
            self._connect(announced=True)

    def close(self, wait: float = 0.0) -> bool:
        """Close it and wait so many seconds for that; say whether there was anything to close."""
        self._retry_at = None
        connection, self._connection = self._connection, None
        if connection is None:
            return False
        connection.close()
        if wait:
            connection.wait(wait)
        return True

    def look_after(self) -> None:
        """See to the microphone when nothing came for a while."""
        now = time.monotonic()
        connection = self._connection
        if connection is None:
            if self._retry_at is not None and now >= self._retry_at:
                self._connect(announced=False)
        elif connection.opened_at is None:
            if now - connection.began >= _OPENING_SECONDS:
                self._report_trouble(_failure("does not open"))
        elif not connection.active:
            self._lose(_failure("went away"))
        else:
            health = self._watchdog.check(now)
            if health is Health.HOPELESS:
                self._lose(_failure("does not answer"))
            elif health is Health.STALLED:
                self._report_trouble(_failure("does not answer"))

    def _connect(self, announced: bool) -> None:
        self.close()
        submit = self._submit
        self._connection = Connection(
            self._make_source,
            on_opened=lambda connection: submit(partial(self._opened, connection)),
            on_failed=lambda connection, error: submit(partial(self._failed, connection, error)),
            on_frame=lambda connection, frame: submit(partial(self._frame_came, connection, frame)),
            announced=announced,
        )

    def _opened(self, connection: Connection) -> None:
        if connection is not self._connection or connection.opened_at is None:
            return
        self._watchdog.opened(time.monotonic())
        self._name, self._frames_since_name = connection.name, 0
        if connection.announced:
            self._post(Opened(connection.name, connection.opened_at - connection.began))

    def _failed(self, connection: Connection, error: AudioError) -> None:
        if connection is self._connection:
            self._lose(error)

    def _frame_came(self, connection: Connection, frame: bytes) -> None:
        if connection is not self._connection:
            return
        health = self._watchdog.frame_came(frame, time.monotonic())
        if health is Health.GOOD and self._trouble:
            self._trouble = False
            self._retry_seconds = _FIRST_RETRY_SECONDS
            self._post(DeviceBack(connection.name))
        self._report_name(connection)
        self._on_frame(frame)
        if health is Health.SILENT:
            self._report_trouble(
                MicrophoneSilent(
                    "the microphone gives no sound",
                    "is it muted, disconnected, or not allowed for this terminal?",
                )
            )
            # The sound server may have moved the stream away from it: look for it again.
            if connection is self._connection:
                self._connect(announced=False)

    def _report_name(self, connection: Connection) -> None:
        """Report the name once a second where it changes: one far away has its latency in it."""
        self._frames_since_name += 1
        if self._frames_since_name >= _FRAMES_PER_NAME:
            self._frames_since_name = 0
            if connection.name != self._name:
                self._name = connection.name
                self._post(Found(connection.name))

    def _lose(self, error: AudioError) -> None:
        """Give the connection up, and try again later if it should be open."""
        self._report_trouble(error)
        self.close()
        if self.persistent:
            self._retry_at = time.monotonic() + self._retry_seconds
            self._retry_seconds = min(2 * self._retry_seconds, _LAST_RETRY_SECONDS)
        self._on_lost()

    def _report_trouble(self, error: AudioError) -> None:
        if not self._trouble:
            self._trouble = True
            _LOG.warning("%s", error)
            self._post(DeviceTrouble(error))


def _failure(what: str) -> MicrophoneUnavailable:
    return MicrophoneUnavailable(f"the microphone {what}", "is it still connected?")
