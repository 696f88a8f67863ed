"""Keeps text that nobody spoke out: what Whisper invents on silence, breath, typing and fans.

Whisper was trained on subtitles, and on sound without speech it writes what subtitles end with
("Thank you.", "Thanks for watching!"), names the noise in brackets, or repeats itself. The words
alone prove nothing, for people do say "thank you"; so words are dropped only when the sound
itself shows no voice. A voice is periodic (its pitch) and rises above the room; a fan is periodic
at most, and steady; a key's click or a breath is neither.
"""

from __future__ import annotations

import re

import numpy as np

from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import loops
from codex_voice.speech.samples import Samples

_ANNOTATION = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|♪[^♪]*♪?|[♪♫♬]")
_WORD = re.compile(r"[\w']+")

_INVENTIONS = frozenset(
    {
        "bye",
        "bye bye",
        "i'm sorry",
        "okay",
        "oh",
        "please subscribe",
        "so",
        "subtitles by the amara org community",
        "thank you",
        "thank you bye",
        "thank you for watching",
        "thank you so much",
        "thank you so much for watching",
        "thank you very much",
        "thanks",
        "thanks for watching",
        "the",
        "the end",
        "you",
    }
)
"""What English Whisper models write on sound without speech, lower case without punctuation
(whisper.cpp issues 1592 and 1724; openai/whisper discussions 679 and 1606)."""

_FRAME = SAMPLE_RATE * 40 // 1000
_SHORT_FRAME = _FRAME // 2
_HOP = SAMPLE_RATE * 10 // 1000
_LONGEST_LAG = SAMPLE_RATE // 75
_SHORTEST_LAG = SAMPLE_RATE // 400
_RUMBLE = 75
_PERIODICITY = 0.6
_ABOVE_ROOM = 10 ** (6 / 10)
_WITHIN_PEAK = 10 ** (-30 / 10)
_FEWEST_FRAMES = 4
_QUIETEST_SPEECH = 10 ** (-60 / 20)
_ENOUGH_VOICE_SECONDS = 0.1
_SURE = 0.4


def is_silence(samples: Samples) -> bool:
    """Return whether no 40 ms of the sound reach -60 dBFS, as digital zeros and quiet rooms do not.

    Args:
        samples: The utterance as it was captured, without gain.
    """
    frames = samples[: samples.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    loudest = float(np.square(frames, dtype=np.float64).mean(axis=1).max(initial=0.0))
    return loudest < _QUIETEST_SPEECH**2


def voiced_seconds(samples: Samples) -> float:
    """Measure for how long a voice can be heard.

    Counts frames of 40 ms whose autocorrelation shows a pitch of 75 to 400 Hz and whose level is
    6 dB above the room's and within 30 dB of the loudest frame's, in runs of at least four.

    Args:
        samples: The utterance, at any level.

    Returns:
        Seconds of voice.
    """
    if samples.size < _FRAME:
        return 0.0
    windows = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    frames = windows - windows.mean(axis=1, keepdims=True)
    power = np.square(frames).mean(axis=1)
    room = np.percentile(power, 10)
    loud = (power > room * _ABOVE_ROOM) & (power > power.max() * _WITHIN_PEAK)
    voiced = loud & (_periodicity(frames) > _PERIODICITY)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], voiced.astype(np.int8), [0]))))
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= _FEWEST_FRAMES].sum()) * _HOP / SAMPLE_RATE


def active_seconds(samples: Samples) -> float:
    """Measure for how long the sound is within 30 dB of its loudest 20 ms."""
    frames = samples[: samples.size // _SHORT_FRAME * _SHORT_FRAME].reshape(-1, _SHORT_FRAME)
    power = np.square(frames).mean(axis=1)
    active = np.count_nonzero(power > power.max(initial=0.0) * _WITHIN_PEAK)
    return float(active) * _SHORT_FRAME / SAMPLE_RATE


def has_voice(samples: Samples) -> bool:
    """Return whether enough voice can be heard for the shortest word."""
    return voiced_seconds(samples) >= _ENOUGH_VOICE_SECONDS


def _periodicity(frames: Samples) -> Samples:
    """Return each frame's highest normalised autocorrelation at the lags of a human pitch."""
    spectrum = np.fft.rfft(frames, 2 * _FRAME)
    spectrum[:, : _RUMBLE * 2 * _FRAME // SAMPLE_RATE] = 0
    correlation = np.fft.irfft(np.square(np.abs(spectrum)))[:, : _LONGEST_LAG + 1]
    # Fewer samples overlap at longer lags; without this a low voice looks less periodic.
    correlation *= _FRAME / (_FRAME - np.arange(_LONGEST_LAG + 1))
    strongest = correlation[:, _SHORTEST_LAG:].max(axis=1)
    return np.asarray(strongest / np.maximum(correlation[:, 0], 1e-12), dtype=np.float32)


def strip_annotations(text: str) -> str:
    """Remove what is not speech: "[BLANK_AUDIO]", "(keyboard clicking)", "*sigh*", "♪"."""
    return " ".join(_ANNOTATION.sub(" ", text).split())


def keep_spoken(text: str, samples: Samples, confidence: float) -> str:
    """Return the text without what nobody said.

    Args:
        text: What the recogniser wrote.
        samples: The sound it was made from.
        confidence: How sure the recogniser was, 0 to 1.

    Returns:
        The text; empty when the sound holds no voice and the words are those that Whisper invents,
        a loop, or words it is unsure of. Whispered speech has no pitch: it stays when
        the recogniser is sure of it.
    """
    spoken = strip_annotations(text)
    words = _WORD.findall(spoken.lower())
    if not words:
        return ""
    suspect = " ".join(words) in _INVENTIONS or loops.repeats(spoken) or confidence < _SURE
    if suspect and not has_voice(samples):
        return ""
    return spoken
