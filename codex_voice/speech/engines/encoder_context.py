"""How much of Whisper's 30 s window the encoder computes for a clip.

The encoder's cost grows with its positions: 3 s at 512 of them take a third of what the full
window takes. Below a size that depends on the model, real weights write sentences twice or
without end.
"""

from __future__ import annotations

import math

FULL_CONTEXT = 1500
"""Encoder positions for Whisper's whole window: 30 s, 20 ms each."""

_POSITIONS_PER_SECOND = 50
_MARGIN = 128
"""Positions beyond the clip's end: models loop when they cannot hear the speech end
(whisper.cpp issue 1855 uses the same 128)."""
_STEP = 16
_FLOORS = ((128, 256), (384, 768), (512, 512), (768, 768), (1024, 1024))
"""Largest encoder width of a size of model, and the fewest positions that it works with.

Measured on OpenAI's weights (docs/speech.md): base (512) loops in 26 of 272 clips with 256
positions and in none of 236 with 512; tiny.en (384) in 44 of 260 with 256, in 6 of 180 with 512
and in one of 123 with 768. small (768) and medium (1024) were not at hand and are given more
than base needs; larger ones get everything. The miniature model of the practice mode (128) was
trained with as few as 96."""
_MORE = 192
"""Positions that the second look at a loop has more than the first. Of four loops of base in 134
stretches of dictations 64 more ended two, 128 three and 192 all, in two thirds of the time
that 1024 positions take."""
_MANY = 1024
"""Positions of the last look: two thirds of the full window's cost, and it mended as many loops."""


def smallest_context(audio_state: int) -> int:
    """Return the fewest encoder positions that a model stays sane with.

    Args:
        audio_state: Width of its encoder, as its file says.
    """
    return next((floor for width, floor in _FLOORS if audio_state <= width), FULL_CONTEXT)


def fitted_context(seconds: float, smallest: int) -> int:
    """Return the encoder positions that suffice for a clip.

    Args:
        seconds: Length of the clip.
        smallest: What `smallest_context` says of the model.

    Returns:
        The clip's own positions and a margin, never too few for the model to stay sane.
    """
    needed = math.ceil(seconds * _POSITIONS_PER_SECOND) + _MARGIN
    stepped = math.ceil(needed / _STEP) * _STEP
    return min(max(stepped, smallest), FULL_CONTEXT)


def further_contexts(first: int) -> tuple[int, ...]:
    """Return the encoder positions for further looks at what loops with `first` of them.

    Returns:
        Growing numbers, to be tried in turn until one does not loop.
    """
    contexts = (min(first + _MORE, _MANY), _MANY)
    return tuple(dict.fromkeys(contexts)) if first < _MANY else (FULL_CONTEXT,)
