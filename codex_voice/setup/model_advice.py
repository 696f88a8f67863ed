"""Which speech model suits this machine: by a run of the real thing."""

from __future__ import annotations

from pathlib import Path

from codex_voice.setup.checks.model import Trial
from codex_voice.speech.models.catalogue import PublishedModel, published
from codex_voice.speech.models.installed import name_of

TOLERABLE_SECONDS = 1.0
"""For two seconds of speech. Whoever waits longer for each sentence wants a smaller model."""
QUICK_SECONDS = 0.25
"""A model that is done so soon leaves room for one that is three times as slow and hears better."""

_NEXT_SMALLER = {"base": "tiny", "small": "base", "medium": "small", "large": "small"}
_NEXT_LARGER = {"tiny": "base", "base": "small"}
_QUANTISED = {"tiny": "tiny{}-q8_0", "base": "base{}-q8_0", "small": "small{}-q5_1"}


def better_than(path: Path, trial: Trial | None, *, multilingual: bool) -> PublishedModel | None:
    """Return the model that suits this machine better than one that was tried on it.

    Args:
        path: The model that was tried.
        trial: What was measured; None where it did not end in reasonable time.
        multilingual: Whether more than English is spoken.

    Returns:
        A smaller model where this one is slow, a larger one where it is quick; None where it fits.
    """
    size = name_of(path).split("-")[0].removesuffix(".en")
    table = {}
    if trial is None or trial.seconds > TOLERABLE_SECONDS:
        table = _NEXT_SMALLER
    elif trial.seconds < QUICK_SECONDS:
        table = _NEXT_LARGER
    if size not in table:
        return None
    # What can do English alone does it a little better.
    only_english = "" if multilingual or table[size] == "base" else ".en"
    return published(_QUANTISED[table[size]].format(only_english))
