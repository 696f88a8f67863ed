"""How far a voice stands out from the room around it.

An open microphone hears colleagues and televisions too, and many voices at once are speech to any
detector. What sets the person at the microphone apart is that their syllables rise above what is
there before, between and after their words. Babble never falls silent: what a detector takes for
its speech is hardly louder than what it does not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from codex_voice.audio.level import powers
from codex_voice.pcm import frames_in

LEAST_PROMINENCE_DB = 3.5
"""Prominence below which speech is part of the room: it must have more than twice its power.

Of 126 utterances that Silero found in 90 minutes of generated babble (six, eight or twelve talkers,
-26 and -20 dBFS) one had more: 3.9 dB. Of 36 clips the least prominent had 4.8 dB
with a fan or babble 10 dB below the voice, and 3.6 dB with a fan 5 dB below it.
"""

# One or two syllables. In less, babble has peaks of its own; in more, a short word is lost.
_LOUDEST_FRAMES = frames_in(300)
# The peaks of babble are so long; those of a fan are no higher than the rest of it.
_ROOM_PEAK_FRAMES = frames_in(100)
# Of so long an utterance so much is no speech: between words, for breath. Of JFK's address over
# babble it is a fifth; of babble that a detector takes for an utterance it is mostly nothing.
_LONG_FRAMES = frames_in(10_000)
_LEAST_SILENCE = 0.1
# In less of the room than this its level is a matter of chance.
_FEWEST_FRAMES = frames_in(400)


def prominence(pcm: bytes, speech: Sequence[bool]) -> float | None:
    """Return how far the loudest 300 ms of an utterance are above the room's peaks, in dB.

    Of the room the quieter half of the time counts: a cough before the words, or a door after
    them, does not make them part of it.

    Args:
        pcm: The utterance with what is around it: int16 mono 16 kHz.
        speech: For each of its frames whether it is speech; all others are the room.

    Returns:
        The difference; 0 for what goes on for 10 s and never falls silent; or None where there is
        too little of the room to compare with.
    """
    power = powers(pcm)
    room = power[~np.array(speech, dtype=bool)]
    if power.size >= _LONG_FRAMES and room.size < _LEAST_SILENCE * power.size:
        return 0.0
    if room.size < _FEWEST_FRAMES:
        return None
    around = min(_peak(half, _ROOM_PEAK_FRAMES) for half in np.array_split(room, 2))
    return float(10 * np.log10(_peak(power, _LOUDEST_FRAMES) / around))


def _peak(power: NDArray[np.float64], frames: int) -> float:
    """Return the mean power of the loudest stretch of so many frames."""
    return float(np.convolve(power, np.full(frames, 1 / frames), "valid").max())
