"""From a transcript to the text that is inserted."""

from __future__ import annotations


def tidy(transcript: str) -> str:
    """Return the words of a transcript as one line.

    Whisper begins segments with a space and may break lines between them. Nothing else is
    changed: what was recognised is what stands there to be corrected. The space to a text that
    already stands in the composer is the composer's affair.

    Args:
        transcript: The text of the recogniser.

    Returns:
        The text with single spaces; empty where nothing was said.
    """
    return " ".join(transcript.split())
