"""Microphones, through PortAudio."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

from codex_voice.audio import portaudio
from codex_voice.audio.resampling import Resampler
from codex_voice.audio.sources.stream_moves import StreamMoves
from codex_voice.errors import MicrophoneUnavailable
from codex_voice.pcm import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE, Framer

# paInvalidSampleRate and paInvalidChannelCount of portaudio.h.
_INVALID_SAMPLE_RATE = -9997
_INVALID_CHANNEL_COUNT = -9998


class Microphone:
    """A microphone; opened at 16 kHz, or at its own rate and resampled.

    Args:
        device: Its name or a part of it, in any case; "" is the system's default.

    Raises:
        PortAudioMissing: The library is not installed.
        MicrophoneUnavailable: There is no such device.
    """

    def __init__(self, device: str = "") -> None:
        self._wanted = device
        self._sounddevice = portaudio.load()
        self._stream: Any = None
        self._active = False
        self._moves: StreamMoves | None = None
        self.rate = 0.0
        """What the device was opened at, in Hz; 0 before it is."""
        try:
            self._device = self._find()
        except MicrophoneUnavailable:
            # It may have been plugged in since PortAudio looked.
            if not portaudio.renew_devices():
                raise
            self._device = self._find()

    @property
    def name(self) -> str:
        """The device's name, as PortAudio has it."""
        return self._device.name

    @property
    def active(self) -> bool:
        """Whether the stream is open and has not ended by itself."""
        return self._active

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Begin to capture; frames are delivered on PortAudio's own thread.

        Raises:
            AudioError: The device cannot be opened.
        """
        try:
            self._open(deliver)
        except self._sounddevice.PortAudioError as error:
            # The device list may be older than the sound server.
            if not portaudio.renew_devices():
                raise self._unavailable(error) from error
            self._device = self._find()
            try:
                self._open(deliver)
            except self._sounddevice.PortAudioError as second_error:
                raise self._unavailable(second_error) from second_error
        self._moves = StreamMoves(self._finished)

    def close(self) -> None:
        """Close the device; it is free for others afterwards."""
        if self._moves is not None:
            self._moves.close()
            self._moves = None
        stream, self._stream = self._stream, None
        self._active = False
        if stream is not None:
            portaudio.close_stream(stream)

    def _open(self, deliver: Callable[[bytes], None]) -> None:
        try:
            self._open_at(SAMPLE_RATE, 1, deliver)
        except self._sounddevice.PortAudioError as error:
            if error.args[1:2] not in ((_INVALID_SAMPLE_RATE,), (_INVALID_CHANNEL_COUNT,)):
                raise
            rate, channels = self._device.rate, min(2, self._device.channels)
            framer, resampler = Framer(), Resampler(rate)

            def deliver_resampled(pcm: bytes) -> None:
                for frame in framer.push(resampler.push(pcm)):
                    deliver(frame)

            self._open_at(rate, channels, deliver_resampled)

    def _open_at(self, rate: float, channels: int, deliver: Callable[[bytes], None]) -> None:
        def receive(block: Any, _frames: int, _time: object, _status: object) -> None:
            if not self._active:
                # What comes now may be of another device: the stream was moved.
                return
            pcm = bytes(block)
            deliver(pcm if channels == 1 else array("h", pcm)[::channels].tobytes())

        block_samples = FRAME_SAMPLES if rate == SAMPLE_RATE else round(rate * FRAME_MS / 1000)
        self._active = True
        try:
            self._stream = portaudio.open_stream(
                lambda: self._sounddevice.RawInputStream(
                    samplerate=rate,
                    blocksize=block_samples,
                    device=self._device.index,
                    channels=channels,
                    dtype="int16",
                    latency="low",
                    callback=receive,
                    finished_callback=self._finished,
                )
            )
        except self._sounddevice.PortAudioError:
            self._active = False
            raise
        self.rate = rate

    def _finished(self) -> None:
        """Note that the stream has ended by itself, or is not of this device any more."""
        self._active = False

    def _find(self) -> portaudio.Device:
        devices = portaudio.inputs()
        if not devices:
            raise MicrophoneUnavailable("no microphone", "connect one, or start the sound server")
        if not self._wanted:
            return next((device for device in devices if device.default), devices[0])
        wanted = self._wanted.casefold()
        exact = [device for device in devices if device.name.casefold() == wanted]
        similar = [device for device in devices if wanted in device.name.casefold()]
        if not exact + similar:
            names = ", ".join(sorted({device.name for device in devices}))
            raise MicrophoneUnavailable(
                f'no microphone is called "{self._wanted}"', f"there are: {names}"
            )
        return (exact + similar)[0]

    def _unavailable(self, error: Exception) -> MicrophoneUnavailable:
        reason = str(error.args[0] if error.args else error).splitlines()[0]
        return MicrophoneUnavailable(
            f"the microphone {self.name} cannot be opened: {reason}",
            "is it connected, unmuted in the system, and not held by another program?",
        )
