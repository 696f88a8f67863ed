"""The journal, written from a thread of its own: a slow disk never holds up the screen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_voice.recordings.journal import Journal
    from codex_voice.recordings.outcomes import Outcome


class BackgroundWriter:
    """Notes texts and outcomes in the journal, in order, without waiting for the disk."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recordings")

    def set_heard(self, utterance_id: str, heard: str, model: str) -> None:
        """Note what was recognised so far, and by which model."""
        self._writer.submit(self.journal.set_heard, utterance_id, heard, model)

    def set_text(self, utterance_id: str, text: str, model: str, heard: str) -> None:
        """Note what was written, which model recognised it, and as what."""
        self._writer.submit(self.journal.set_text, utterance_id, text, model, heard)

    def set_outcome(self, utterance_id: str, outcome: Outcome) -> None:
        """Note where the text went."""
        self._writer.submit(self.journal.set_outcome, utterance_id, outcome)

    def discard(self, utterance_id: str) -> None:
        """Delete a recording in which nothing was said."""
        self._writer.submit(self.journal.discard, utterance_id)

    def close(self) -> None:
        """Write what is still to be written, and let other programs see that this one is gone."""
        self._writer.shutdown(wait=True)
        self.journal.close()
