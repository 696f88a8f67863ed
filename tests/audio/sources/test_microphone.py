"""Real capture through PortAudio from a virtual microphone, with everything that goes wrong."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from codex_voice.audio import portaudio
from codex_voice.audio.capture import Capture, CaptureSettings
from codex_voice.audio.earcons import Cue, Earcons, synthesize
from codex_voice.audio.events import (
    Closed,
    DeviceBack,
    DeviceTrouble,
    Opened,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.playback import play
from codex_voice.audio.portaudio import list_microphones
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.audio.utterance import EndReason
from codex_voice.errors import AudioError, MicrophoneUnavailable
from tests.audio.scripted import JFK, SENTENCE, EventLog
from tests.support.virtual_mic import VirtualMic

pytestmark = pytest.mark.microphone


@pytest.fixture
def log() -> EventLog:
    """Return what the capture told."""
    return EventLog()


class HeardMicrophone(Microphone):
    """A microphone that says when the room is heard; what is played before is lost."""

    def __init__(self, frames_come: threading.Event) -> None:
        super().__init__()
        self._frames_come = frames_come

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Begin to deliver."""

        def deliver_and_say_so(frame: bytes) -> None:
            deliver(frame)
            if any(frame):
                self._frames_come.set()

        super().open(deliver_and_say_so)


@pytest.fixture
def frames_come() -> threading.Event:
    """Return what is set by the first frame in which the room is heard."""
    return threading.Event()


@pytest.fixture
def capture(
    virtual_mic: VirtualMic, room: None, log: EventLog, frames_come: threading.Event
) -> Iterator[Capture]:
    """Capture from the virtual microphone."""
    capture = Capture(lambda: HeardMicrophone(frames_come), CaptureSettings(), log.post)
    yield capture
    virtual_mic.mend()
    capture.close()


def _correlation(captured: bytes, played: bytes) -> float:
    """Return how alike two sounds are at the best shift; 1 is the same but for the volume."""
    a, b = (np.frombuffer(pcm, "<i2").astype(float) for pcm in (captured, played))
    size = 1 << (len(a) + len(b)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    shift = int(cross.argmax())
    shift -= size if shift > size // 2 else 0
    if shift < 0:
        b, shift = b[-shift:], 0
    length = min(len(a) - shift, len(b))
    return float(np.corrcoef(a[shift : shift + length], b[:length])[0, 1])


def test_what_is_captured_is_what_was_played(
    virtual_mic: VirtualMic, capture: Capture, log: EventLog, frames_come: threading.Event
) -> None:
    """Sample for sample, from the speech's beginning to its end."""
    capture.listen()
    log.wait_for(Opened)
    assert frames_come.wait(20)
    virtual_mic.play(SENTENCE).wait()
    utterance = log.wait_for(UtteranceEnded).utterance
    log.wait_for(Closed)
    assert utterance.reason is EndReason.ENDPOINT
    spoken = np.frombuffer(read_wave(SENTENCE), "<i2")[64 * 320 : 182 * 320].tobytes()
    assert len(utterance.pcm) > len(spoken)
    assert _correlation(utterance.pcm, spoken) > 0.99


def test_the_first_syllable_is_kept_hands_free(
    virtual_mic: VirtualMic, capture: Capture, log: EventLog, frames_come: threading.Event
) -> None:
    """Speech from its very first sample on, after a quiet moment."""
    capture.monitor(True)
    assert frames_come.wait(20)
    talking = read_wave(SENTENCE)[65 * 640 :]
    virtual_mic.play(talking).wait()
    utterance = log.wait_for(UtteranceEnded).utterance
    beginning = talking[:16_000]
    assert _correlation(utterance.pcm[:48_000], beginning) > 0.99


@pytest.mark.parametrize("failure", ["vanish", "crash"])
def test_a_microphone_that_goes_away_and_comes_back(
    virtual_mic: VirtualMic,
    capture: Capture,
    log: EventLog,
    frames_come: threading.Event,
    failure: str,
) -> None:
    """In the middle of a sentence: told, what was said is kept, and the next is heard."""
    capture.monitor(True)
    assert frames_come.wait(20)
    playing = virtual_mic.play(JFK)
    log.wait_for_seconds(1.2)
    getattr(virtual_mic, failure)()
    # Zeros before the speech may have been told as well.
    utterance = log.wait_for(UtteranceEnded).utterance
    assert utterance.reason is EndReason.LOST
    assert utterance.speech_seconds > 0.3
    log.wait_for(DeviceTrouble)
    playing.stop()
    backs = len(log.all(DeviceBack))
    virtual_mic.mend()
    speech = virtual_mic.play(SENTENCE)
    log.wait_for(DeviceBack, count=backs + 1)
    assert log.wait_for(UtteranceEnded, count=2).utterance.speech_seconds > 0.2
    speech.wait()


def test_a_sound_server_that_hangs_is_told_and_gives_everything_back(
    virtual_mic: VirtualMic, capture: Capture, log: EventLog, frames_come: threading.Event
) -> None:
    """A short hang in the middle of a sentence loses not a sample of it."""
    capture.listen()
    assert frames_come.wait(20)
    playing = virtual_mic.play(SENTENCE)
    log.wait_for(SpeechStarted)
    virtual_mic.freeze(True)
    assert "does not answer" in str(log.wait_for(DeviceTrouble).error)
    virtual_mic.freeze(False)
    log.wait_for(DeviceBack)
    playing.wait()
    assert log.wait_for(UtteranceEnded).utterance.speech_seconds > 1.8


def test_a_sound_server_that_hangs_for_good_leaves_what_was_said(
    virtual_mic: VirtualMic, capture: Capture, log: EventLog, frames_come: threading.Event
) -> None:
    """By key the capture is over, and the thread still answers while the server hangs."""
    capture.listen()
    assert frames_come.wait(20)
    playing = virtual_mic.play(JFK)
    log.wait_for(SpeechStarted)
    virtual_mic.freeze(True)
    assert log.wait_for(UtteranceEnded).utterance.reason is EndReason.LOST
    log.wait_for(Closed)
    capture.listen()
    capture.cancel()
    log.wait_for(Closed, count=2)
    playing.stop()


def test_a_microphone_that_is_muted_is_told_and_found_again(
    virtual_mic: VirtualMic, capture: Capture, log: EventLog, frames_come: threading.Event
) -> None:
    """It gives zeros, and no error comes from below; what was being said was cut short."""
    capture.monitor(True)
    assert frames_come.wait(20)
    playing = virtual_mic.play(JFK)
    log.wait_for_seconds(1.2)
    troubles = len(log.all(DeviceTrouble))
    virtual_mic.mute(True)
    assert "muted" in str(log.wait_for(DeviceTrouble, count=troubles + 1).error)
    utterance = log.wait_for(UtteranceEnded).utterance
    assert utterance.speech_seconds >= 0.2
    backs = len(log.all(DeviceBack))
    playing.stop()
    virtual_mic.mend()
    speech = virtual_mic.play(JFK)
    log.wait_for(DeviceBack, count=backs + 1)
    speech.stop()


@pytest.mark.parametrize("by_key", [True, False])
def test_a_stream_that_the_server_moves_is_a_microphone_that_went_away(
    virtual_mic: VirtualMic,
    capture: Capture,
    log: EventLog,
    frames_come: threading.Event,
    by_key: bool,
) -> None:
    """Whatever the other device gives: nothing of it is heard, and the sentence was cut short."""
    if by_key:
        capture.listen()
    else:
        capture.monitor(True)
    assert frames_come.wait(20)
    playing = virtual_mic.play(JFK)
    log.wait_for_seconds(1.2)
    virtual_mic.unplug()
    utterance = log.wait_for(UtteranceEnded).utterance
    assert (utterance.reason, utterance.complete) == (EndReason.LOST, False)
    assert utterance.speech_seconds >= 0.2
    log.wait_for(DeviceTrouble)
    playing.stop()
    if not by_key:
        # Also before it is plugged in again: the other device is a microphone as well.
        virtual_mic.mend()
        log.wait_for(DeviceBack)


def test_microphones_are_listed_and_found_by_part_of_their_name(virtual_mic: VirtualMic) -> None:
    """In any case; the default one is marked."""
    microphones = list_microphones()
    assert {"pulse", "default"} <= {microphone.name for microphone in microphones}
    assert [m.name for m in microphones if m.default] == ["default"]
    assert Microphone("PUL").name == "pulse"
    with pytest.raises(MicrophoneUnavailable, match="Røde"):
        Microphone("Røde")


@pytest.mark.usefixtures("room")
def test_a_device_that_refuses_16_khz_is_resampled(
    virtual_mic: VirtualMic,
    log: EventLog,
    frames_come: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Raw ALSA devices do; PulseAudio does not, so that its refusal is put in its way here."""
    sounddevice = portaudio.load()
    open_stream = sounddevice.RawInputStream

    def refuse(**options: object) -> object:
        if options["samplerate"] == 16_000:
            raise sounddevice.PortAudioError("Invalid sample rate", -9997)
        return open_stream(**options)

    monkeypatch.setattr(sounddevice, "RawInputStream", refuse)
    capture = Capture(lambda: HeardMicrophone(frames_come), CaptureSettings(), log.post)
    capture.listen()
    assert frames_come.wait(20)
    virtual_mic.play(SENTENCE).wait()
    captured = log.wait_for(UtteranceEnded).utterance.pcm
    capture.close()
    spoken = np.frombuffer(read_wave(SENTENCE), "<i2")[64 * 320 : 182 * 320].tobytes()
    assert _correlation(captured, spoken) > 0.99


def test_earcons_are_short_and_are_played(virtual_mic: VirtualMic) -> None:
    """Each is under 120 ms; all of them come out without trouble beside an open microphone."""
    assert all(cue.seconds < 0.12 for cue in Cue)
    assert all(len(synthesize(cue)) == 2 * round(48_000 * cue.seconds) for cue in Cue)
    troubles: list[AudioError] = []
    earcons = Earcons(troubles.append)
    for cue in Cue:
        earcons.play(cue)
    earcons.close(timeout=20)
    assert troubles == []


def test_a_recording_is_played_and_the_output_closed(virtual_mic: VirtualMic) -> None:
    """Afterwards no stream keeps PortAudio from looking for devices."""
    play(read_wave(SENTENCE)[:32_000])
    assert portaudio.renew_devices()


_NO_DEVICE = """
import threading
from codex_voice.audio.earcons import Cue, Earcons
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.audio.playback import play
from codex_voice.errors import AudioError
try:
    Microphone().open(print)
except AudioError as error:
    print(type(error).__name__, error)
try:
    play(bytes(3200))
except AudioError as error:
    print("playback", type(error).__name__)
told = threading.Event()
earcons = Earcons(lambda error: (print("earcons", type(error).__name__), told.set()))
earcons.play(Cue.START)
assert told.wait(20)
"""

_NO_PORTAUDIO = """
import ctypes.util
ctypes.util.find_library = lambda name: None
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.errors import PortAudioMissing
try:
    Microphone()
except PortAudioMissing as error:
    print(error)
"""


def _run(program: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_without_any_device_the_error_says_so() -> None:
    """For microphone and loudspeaker."""
    output = _run(_NO_DEVICE, VirtualMic.no_device_environment())
    assert "MicrophoneUnavailable" in output
    assert "earcons AudioError" in output
    assert "playback AudioError" in output


def test_without_portaudio_the_error_names_the_remedy() -> None:
    """The command for this platform is in it."""
    output = _run(_NO_PORTAUDIO, VirtualMic.no_device_environment())
    assert "PortAudio is not installed" in output
    assert "install" in output.split("(", 1)[1]
