"""A microphone behind a connection, as a source of frames."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.errors import MicrophoneUnavailable
from codex_voice.pcm import SAMPLE_BYTES, SAMPLE_RATE, Framer
from codex_voice.serve.remote_microphone.address import Address, parse, parse_server
from codex_voice.serve.remote_microphone.command import CommandSource
from codex_voice.serve.remote_microphone.timeline import Timeline
from codex_voice.serve.remote_microphone.transport import Transport, connect
from codex_voice.text_cleaning import clean_line
from codex_voice.wyoming_events import Event, EventDecoder, WyomingError, encode

_LOG = logging.getLogger(__name__)

_FIRST_RETRY_SECONDS = 0.1
_PING_SECONDS = 2.0
_WAIT = "listen:"


@dataclass(frozen=True)
class Patience:
    """How long the other side may take.

    Args:
        first_sound_seconds: For opening the microphone over there.
        quiet_seconds: A microphone gives something every 20 ms; a connection that gives nothing
            for so long is dead.
        renew_seconds: A lost connection is renewed within what the watchdog of any microphone
            waits (3 s).
    """

    first_sound_seconds: float = 5.0
    quiet_seconds: float = 1.0
    renew_seconds: float = 2.5


USUAL = Patience()


def source_of(url: str) -> Callable[[], FrameSource]:
    """Return what makes the source at an address.

    Raises:
        ConfigError: It is no address, or nobody can wait there for a microphone.
    """
    if url.startswith(_WAIT):
        from codex_voice.serve.remote_microphone.waiting import CallWaiter

        # Waits from now on: the call is there when somebody wants to talk.
        waiter = CallWaiter(parse_server(url.removeprefix(_WAIT)))
        return lambda: RemoteMicrophone(waiter.address, waiter.next_call)
    address = parse(url)
    if isinstance(address, Address):
        return lambda: RemoteMicrophone(address)
    return lambda: CommandSource(address)


class RemoteMicrophone:
    """The microphone of another machine, by Wyoming events.

    A lost connection is renewed with back-off; silence takes the place of what was missed.

    Args:
        address: Where it is.
        connect_to: Connects to it.
        patience: How long it may take.
    """

    def __init__(
        self,
        address: Address,
        connect_to: Callable[[Address], Transport] = connect,
        patience: Patience = USUAL,
    ) -> None:
        self._patience = patience
        self._address = address
        self._connect_to = connect_to
        self._transport: Transport | None = None
        self._timeline = Timeline()
        self._framer = Framer()
        self._closing = threading.Event()
        self._heard = threading.Event()
        self._failure: MicrophoneUnavailable | None = None
        self._thread: threading.Thread | None = None
        self._pinged_at: float | None = None
        self._latency_ms: int | None = None
        self._microphone = ""

    @property
    def name(self) -> str:
        """The microphone, its latency and its gaps, as they are now."""
        parts = [self._microphone or str(self._address)]
        if self._latency_ms is not None:
            parts.append(f"{self._latency_ms} ms")
        if self._timeline.gaps:
            parts.append(f"{self._timeline.gaps} gap{'s' if self._timeline.gaps > 1 else ''}")
        return ", ".join(parts)

    @property
    def active(self) -> bool:
        """Whether frames may still come."""
        return self._thread is not None and self._thread.is_alive() and not self._closing.is_set()

    @property
    def gaps(self) -> int:
        """How often sound was missing."""
        return self._timeline.gaps

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Connect, and wait for the first sound.

        Raises:
            MicrophoneUnavailable: There is no sound.
        """
        self._transport = self._introduce(self._connect_to(self._address))
        self._thread = threading.Thread(
            target=self._run, args=(deliver,), name="remote-microphone", daemon=True
        )
        self._thread.start()
        self._heard.wait(self._patience.first_sound_seconds)
        if self._failure is not None or not self._heard.is_set():
            self._heard.set()
            self.close()
            raise self._failure or MicrophoneUnavailable(
                f"the microphone at {self._address} gives no sound",
                "is codex-voice mic --serve running there?",
            )

    def close(self) -> None:
        """End the connection; the microphone over there is closed by that."""
        self._closing.set()
        transport = self._transport
        if transport is not None:
            transport.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _introduce(self, transport: Transport) -> Transport:
        """Send the token first, then ask what is there."""
        try:
            transport.send(encode(Event("hello", {"token": self._address.token})))
            transport.send(encode(Event("describe")))
        except OSError as error:
            transport.close()
            raise MicrophoneUnavailable(
                f"the microphone at {self._address} hung up: {error.strerror or error}"
            ) from error
        return transport

    def _run(self, deliver: Callable[[bytes], None]) -> None:
        while self._listen_once(deliver) and self._renew(deliver):
            pass
        if not self._heard.is_set():
            self._failure = self._failure or MicrophoneUnavailable(
                f"the microphone at {self._address} hung up"
            )
            self._heard.set()
        # It may have been renewed while somebody closed the one before.
        if self._transport is not None:
            self._transport.close()

    def _listen_once(self, deliver: Callable[[bytes], None]) -> bool:
        """Deliver what one connection gives; say whether it is to be renewed."""
        try:
            self._listen(deliver)
        except (OSError, WyomingError) as error:
            # Our own close breaks it too.
            if not self._closing.is_set():
                _LOG.warning("the connection to the remote microphone broke: %s", error)
        except MicrophoneUnavailable as failure:
            self._failure = failure
            return False
        return self._heard.is_set() and not self._closing.is_set()

    def _listen(self, deliver: Callable[[bytes], None]) -> None:
        """Deliver what comes, until the connection ends."""
        transport = self._transport
        assert transport is not None
        decoder = EventDecoder()
        due = time.monotonic()
        while not self._closing.is_set():
            if time.monotonic() >= due:
                due = time.monotonic() + _PING_SECONDS
                self._pinged_at = time.monotonic()
                transport.send(encode(Event("ping", {"text": "codex-voice"})))
            patience = self._patience
            timeout = (
                patience.quiet_seconds if self._heard.is_set() else patience.first_sound_seconds
            )
            data = transport.receive(timeout)
            if not data:
                return
            for event in decoder.feed(data):
                self._handle(event, deliver)

    def _handle(self, event: Event, deliver: Callable[[bytes], None]) -> None:
        match event.type:
            case "audio-chunk":
                self._check_format(event)
                timestamp = event.data.get("timestamp")
                self._deliver(
                    self._timeline.place(
                        event.payload, timestamp if isinstance(timestamp, int) else None
                    ),
                    deliver,
                )
                self._heard.set()
            case "pong" if self._pinged_at is not None:
                # Both ways; tens of milliseconds are what matters, and what does not flicker.
                self._latency_ms = round(100 * (time.monotonic() - self._pinged_at)) * 10
                self._pinged_at = None
            case "info":
                self._microphone = _microphone_in(event)
            case "error":
                raise MicrophoneUnavailable(
                    f"the microphone at {self._address} says: {clean_line(event.text('text'))}"
                )
            case _:
                pass

    def _check_format(self, event: Event) -> None:
        rate, width = event.number("rate", SAMPLE_RATE), event.number("width", SAMPLE_BYTES)
        channels = event.number("channels", 1)
        if (rate, width, channels) != (SAMPLE_RATE, SAMPLE_BYTES, 1):
            raise MicrophoneUnavailable(
                f"the microphone at {self._address} sends {8 * width} bits, {channels} channels "
                f"at {rate} Hz",
                "16-bit mono at 16,000 Hz is needed",
            )

    def _deliver(self, pcm: bytes, deliver: Callable[[bytes], None]) -> None:
        for frame in self._framer.push(pcm):
            deliver(frame)

    def _renew(self, deliver: Callable[[bytes], None]) -> bool:
        """Connect again, with back-off; say whether that worked in time."""
        lost_at = time.monotonic()
        pause = _FIRST_RETRY_SECONDS
        assert self._transport is not None
        self._transport.close()
        deadline = lost_at + self._patience.renew_seconds
        while time.monotonic() < deadline and not self._closing.wait(pause):
            try:
                self._transport = self._introduce(self._connect_to(self._address))
            except MicrophoneUnavailable:
                pause *= 2
                continue
            self._deliver(self._timeline.reconnected(time.monotonic() - lost_at), deliver)
            return True
        return False


def _microphone_in(event: Event) -> str:
    """Return the name of the microphone that an `info` event tells of; "" where there is none."""
    microphones = event.data.get("mic")
    first = microphones[0] if isinstance(microphones, list) and microphones else None
    name = first.get("description") or first.get("name") if isinstance(first, dict) else None
    return clean_line(name)[:60] if isinstance(name, str) else ""
