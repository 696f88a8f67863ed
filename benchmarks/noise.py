"""What hands-free listening makes of a noisy room in which nobody speaks to it.

    python -m benchmarks.noise [--minutes 10]

Typing, a fan, and babble (eight voices at once, in a room) go through capture and the miniature
speech model, faster than real time. Prints how many utterances each detector began, and how many
of them gave a text, which would have been inserted. The clips, spoken one after the other in a
quiet room, show that speech would have been heard.
"""

from __future__ import annotations

import argparse
import threading
import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.recognition import CLIPS
from codex_voice.audio.capture import Capture, CaptureSettings
from codex_voice.audio.events import CaptureEvent, UtteranceEnded
from codex_voice.audio.format import FRAME_SAMPLES, SAMPLE_RATE, Framer
from codex_voice.audio.silero import SileroVad
from codex_voice.audio.vad import Vad, WebrtcVad
from codex_voice.audio.wavefile import read_wave
from codex_voice.practice.recordings import model_path
from codex_voice.speech.whisper import WhisperRecognizer

Sound = NDArray[np.float64]
# Speech into a headset has -26 dBFS; a noise 10 dB below it is a loud office.
OFFICE_DBFS, LOUD_DBFS = -36.0, -26.0
ROOM_DBFS = -66.0
_TALKERS = 8
_QUIET_SECONDS = 1.5


def spoken() -> list[Sound]:
    """Return the clips with speech in them."""
    paths = sorted(path for path in CLIPS.glob("*.wav") if "_none_" not in path.name)
    return [np.frombuffer(read_wave(path), "<i2") / 32768 for path in paths]


def fan(seconds: float, random: np.random.Generator) -> Sound:
    """Return air, and a motor's hum."""
    count = round(seconds * SAMPLE_RATE)
    spectrum = np.fft.rfft(random.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(spectrum.size), 20 * seconds))
    sound: Sound = np.fft.irfft(spectrum, count)
    sound /= sound.std()
    time = np.arange(count) / SAMPLE_RATE
    for number, hertz in enumerate((50, 100, 150, 250), 1):
        sound += 0.8 * np.sin(2 * np.pi * hertz * time) / number
    return sound


def typing(seconds: float, random: np.random.Generator) -> Sound:
    """Return bursts of keys, each a click down, a softer one up, and the desk's short boom."""
    count = round(seconds * SAMPLE_RATE)
    sound = np.zeros(count)
    moment = 0.3
    while moment < seconds - 0.5:
        for _ in range(random.integers(4, 40)):
            for late, gain in ((0.0, 1.0), (random.uniform(0.06, 0.12), random.uniform(0.2, 0.5))):
                click = gain * random.uniform(0.5, 1) * _click(random)
                start = round((moment + late) * SAMPLE_RATE)
                room = sound[start : start + click.size]
                room += click[: room.size]
            moment += random.uniform(0.08, 0.28)
        moment += random.uniform(0.5, 2.5)
    return sound


def _click(random: np.random.Generator) -> Sound:
    size = round(random.uniform(0.012, 0.035) * SAMPLE_RATE)
    time = np.arange(size)
    knock = random.standard_normal(size) * np.exp(-4 * time / size)
    boom = np.sin(2 * np.pi * random.uniform(180, 400) * time / SAMPLE_RATE)
    return knock + 0.6 * boom * np.exp(-3 * time / size)


def babble(seconds: float, random: np.random.Generator) -> Sound:
    """Return many voices at once, none ahead of the others, with the echo of a room."""
    count = round(seconds * SAMPLE_RATE)
    clips = [_without_silence(clip) for clip in spoken()]
    sound = np.zeros(count)
    for _ in range(_TALKERS):
        # Everybody is in the middle of something.
        position = -int(random.uniform(0, 1) * SAMPLE_RATE)
        while position < count:
            clip = clips[random.integers(len(clips))]
            clip = clip[max(0, -position) :]
            position = max(0, position)
            room = sound[position : position + clip.size]
            room += random.uniform(0.6, 1) * clip[: room.size]
            position += clip.size
    echo = random.standard_normal(round(0.35 * SAMPLE_RATE))
    echo *= np.exp(-np.arange(echo.size) / (0.08 * SAMPLE_RATE))
    echo[0] = 2
    size = 1 << (count + echo.size).bit_length()
    echoing: Sound = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size)
    return echoing[:count]


def _without_silence(clip: Sound) -> Sound:
    """Return what is loud of a clip, in unit power."""
    frames = clip[: clip.size // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    power = np.mean(frames**2, axis=1)
    loud: Sound = frames[power > power.max() / 1000].ravel()
    loud /= np.sqrt(np.mean(loud**2))
    return loud


NOISES: tuple[Callable[[float, np.random.Generator], Sound], ...] = (typing, fan, babble)


def make_noise(
    kind: Callable[[float, np.random.Generator], Sound], seconds: float, dbfs: float
) -> bytes:
    """Return a noise (int16 mono, 16 kHz), the same every time.

    Its level is that of its louder parts: clicks, and not what is between them.
    """
    random = np.random.default_rng(zlib.crc32(kind.__name__.encode()))
    sound = kind(seconds, random)
    loud = sound[np.abs(sound) > 0.05 * np.abs(sound).max()]
    sound = sound / np.sqrt(np.mean(loud**2)) * 10 ** (dbfs / 20)
    sound = sound + random.standard_normal(sound.size) * 10 ** (ROOM_DBFS / 20)
    return _pcm(sound)


def _pcm(sound: Sound) -> bytes:
    return bytes((np.clip(sound, -1, 1) * 32767).astype("<i2"))


def speech_in_quiet() -> tuple[bytes, int]:
    """Return the clips with pauses between them, and how many they are."""
    random = np.random.default_rng(1)
    clips = spoken()
    pause = np.zeros(round(_QUIET_SECONDS * SAMPLE_RATE))
    sound = np.concatenate([part for clip in clips for part in (pause, clip)] + [pause])
    sound += random.standard_normal(sound.size) * 10 ** (ROOM_DBFS / 20)
    return _pcm(sound), len(clips)


class Tape:
    """A microphone that hears a whole recording at once, and then nothing."""

    name = "tape"
    active = True

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm
        self.heard = threading.Event()

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Deliver everything."""
        for frame in Framer().push(self._pcm):
            deliver(frame)
        self.heard.set()

    def close(self) -> None:
        """Do nothing."""


def listen(pcm: bytes, vad: Callable[[], Vad]) -> list[bytes]:
    """Return the sound of the utterances that hands-free listening finds."""
    found: list[bytes] = []

    def post(event: CaptureEvent) -> None:
        if isinstance(event, UtteranceEnded):
            found.append(event.utterance.pcm)

    tape = Tape(pcm)
    capture = Capture(lambda: tape, CaptureSettings(hands_free_vad=vad), post)
    capture.monitor(True)
    tape.heard.wait()
    # What was put into the mailbox before is worked off first.
    capture.monitor(False)
    capture.close(timeout=600)
    return found


def main() -> None:
    """Listen to all noises and print what became of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    recognizer = WhisperRecognizer(model_path())

    def report(what: str, pcm: bytes) -> None:
        for vad in (SileroVad, WebrtcVad):
            utterances = listen(pcm, vad)
            texts = [recognizer.transcribe(sound).text for sound in utterances]
            inserted = [text for text in texts if text]
            print(f"{what:28} {vad.__name__:10} {len(utterances):4} utterances", end="")
            print(f"  {len(inserted):4} texts  {' | '.join(inserted[:3])}", flush=True)

    for kind in NOISES:
        for dbfs in (OFFICE_DBFS, LOUD_DBFS):
            pcm = make_noise(kind, 60 * options.minutes, dbfs)
            report(f"{kind.__name__}, {dbfs:.0f} dBFS", pcm)
    pcm, count = speech_in_quiet()
    report(f"{count} clips, spoken", pcm)
    recognizer.close()


if __name__ == "__main__":
    main()
