"""What hands-free listening makes of a noisy room, with and without somebody who speaks to it.

    python -m benchmarks.noise [--minutes 10] [--model FILE] [--noises-only]

Typing, a fan, and babble (eight voices at once, in a room) go through capture and a speech model,
by default the miniature one, faster than real time. Prints how many utterances each detector
began, how many of them have a text but are no louder than the room, and how many would have been
inserted.

Then the clips are spoken in such rooms. Prints how many of them were heard, and how many of these
would not have been inserted because they are no louder than the room: words lost to the guard.
"""

from __future__ import annotations

import argparse
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.recognition import CLIPS
from codex_voice.audio.capture import Capture, CaptureSettings
from codex_voice.audio.events import CaptureEvent, UtteranceEnded
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.audio.utterance import Utterance
from codex_voice.audio.vad.detector import Vad, WebrtcVad
from codex_voice.audio.vad.silero import SileroVad
from codex_voice.pcm import FRAME_SAMPLES, SAMPLE_BYTES, SAMPLE_RATE, Framer
from codex_voice.practice.recordings import model_path
from codex_voice.speech.engines.whisper import WhisperRecognizer

Sound = NDArray[np.float64]
Noise = Callable[[float, np.random.Generator], Sound]
# Speech into a headset has -26 dBFS; a noise 10 dB below it is a loud office.
VOICE_DBFS, SOFT_DBFS = -26.0, -40.0
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


NOISES: tuple[Noise, ...] = (typing, fan, babble)


def make_noise(kind: Noise, seconds: float, dbfs: float) -> bytes:
    """Return a noise (int16 mono, 16 kHz), the same every time, at a level in the room's hiss."""
    random = _random_for(kind)
    return _pcm(_at_level(kind(seconds, random), dbfs), random)


@dataclass(frozen=True)
class Speaker:
    """Somebody who speaks the clips, one after the other.

    Args:
        what: Says so in words.
        voice_dbfs: How loud.
        noise: What else is in the room.
        noise_dbfs: How loud that is.
        pause_seconds: The silence between two clips.
        most_seconds: Only clips no longer than that are spoken.
    """

    what: str
    voice_dbfs: float = VOICE_DBFS
    noise: Noise | None = None
    noise_dbfs: float = OFFICE_DBFS
    pause_seconds: float = 1.5
    most_seconds: float = 60.0

    def speak(self) -> tuple[bytes, list[int]]:
        """Return the sound (int16 mono, 16 kHz), and for each clip its loudest sample's place."""
        pause = np.zeros(round(self.pause_seconds * SAMPLE_RATE))
        parts = [np.zeros(round(1.5 * SAMPLE_RATE))]
        places: list[int] = []
        for clip in spoken():
            if clip.size <= self.most_seconds * SAMPLE_RATE:
                start = sum(part.size for part in parts)
                places.append(start + int(np.argmax(np.abs(clip))))
                parts += [_at_level(clip, self.voice_dbfs), pause]
        sound = np.concatenate([*parts, parts[0]])
        if self.noise is not None:
            noise = self.noise(sound.size / SAMPLE_RATE, _random_for(self.noise))
            sound += _at_level(noise, self.noise_dbfs)[: sound.size]
        return _pcm(sound, np.random.default_rng(1)), places


IN_QUIET = Speaker("in a quiet room")
SPEAKERS = (
    IN_QUIET,
    Speaker("softly, -40 dBFS", SOFT_DBFS),
    Speaker("over a fan, 15 dB below", noise=fan, noise_dbfs=VOICE_DBFS - 15),
    Speaker("over a fan, 10 dB below", noise=fan),
    Speaker("over a fan, 5 dB below", noise=fan, noise_dbfs=VOICE_DBFS - 5),
    Speaker("over typing as loud", noise=typing, noise_dbfs=LOUD_DBFS),
    Speaker("over babble, 15 dB below", noise=babble, noise_dbfs=VOICE_DBFS - 15),
    Speaker("over babble, 10 dB below", noise=babble),
    Speaker("single words over a fan, 10 dB below", noise=fan, most_seconds=1.2),
    Speaker("single words over babble, 10 dB below", noise=babble, most_seconds=1.2),
    Speaker("without a pause", pause_seconds=0),
    Speaker("without a pause, fan 10 dB below", noise=fan, pause_seconds=0),
    Speaker("without a pause, babble 10 dB below", noise=babble, pause_seconds=0),
)


def _random_for(kind: Noise) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(kind.__name__.encode()))


def _at_level(sound: Sound, dbfs: float) -> Sound:
    """Give a sound a level: that of its louder parts, clicks, and not what is between them."""
    loud = sound[np.abs(sound) > 0.05 * np.abs(sound).max()]
    levelled: Sound = sound / np.sqrt(np.mean(loud**2)) * 10 ** (dbfs / 20)
    return levelled


def _pcm(sound: Sound, random: np.random.Generator) -> bytes:
    """Return a sound in a quiet room as samples."""
    sound = sound + random.standard_normal(sound.size) * 10 ** (ROOM_DBFS / 20)
    return bytes((np.clip(sound, -1, 1) * 32767).astype("<i2"))


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


def listen(pcm: bytes, vad: Callable[[], Vad]) -> list[Utterance]:
    """Return the utterances that hands-free listening finds."""
    found: list[Utterance] = []

    def post(event: CaptureEvent) -> None:
        if isinstance(event, UtteranceEnded):
            found.append(event.utterance)

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
    parser.add_argument("--model", type=Path, default=model_path())
    parser.add_argument("--noises-only", action="store_true", help="leave out who speaks in them")
    options = parser.parse_args()
    recognizer = WhisperRecognizer(options.model)
    for kind in NOISES:
        for dbfs in (OFFICE_DBFS, LOUD_DBFS):
            pcm = make_noise(kind, 60 * options.minutes, dbfs)
            report_noise(f"{kind.__name__}, {dbfs:.0f} dBFS", pcm, recognizer)
    recognizer.close()
    for speaker in () if options.noises_only else SPEAKERS:
        report_speaker(speaker)


def report_noise(what: str, pcm: bytes, recognizer: WhisperRecognizer) -> None:
    """Print what became of a noise."""
    for vad in (SileroVad, WebrtcVad):
        utterances = listen(pcm, vad)
        texts = [(recognizer.transcribe(one.pcm).text, one.overheard) for one in utterances]
        inserted = [text for text, overheard in texts if text and not overheard]
        kept = sum(overheard for text, overheard in texts if text)
        print(f"{what:38} {vad.__name__:10} {len(utterances):4} utterances", end="")
        print(
            f"  {kept:3} kept  {len(inserted):3} inserted  {' | '.join(inserted[:3])}", flush=True
        )


def report_speaker(speaker: Speaker) -> None:
    """Print how many clips were heard, and how many of these were no louder than the room."""
    pcm, places = speaker.speak()
    for vad in (SileroVad, WebrtcVad):
        utterances = listen(pcm, vad)
        clips = [clips_in(one, pcm, places) for one in utterances]
        spoken_in = [(count, one) for count, one in zip(clips, utterances, strict=True) if count]
        lost = sum(count for count, one in spoken_in if one.overheard)
        known = [one.prominence_db for _, one in spoken_in if one.prominence_db is not None]
        print(f"{speaker.what:38} {vad.__name__:10} {sum(clips):4} of {len(places)} heard", end="")
        print(f"  {lost:3} lost to the guard  least prominence {min(known):.1f} dB", flush=True)


def clips_in(utterance: Utterance, pcm: bytes, places: list[int]) -> int:
    """Return how many clips have their loudest sample in an utterance."""
    start = pcm.index(utterance.pcm) // SAMPLE_BYTES
    end = start + len(utterance.pcm) // SAMPLE_BYTES
    return sum(start <= place < end for place in places)


if __name__ == "__main__":
    main()
