"""Keeps every utterance on disk, from its first frame on, so that nothing said is lost.

A recording is `ID.wav` with `ID.json` beside it (text, outcome, times). The sound is written frame
by frame while it is captured: after `kill -9` everything up to the last frame is there. Each
running program holds the lock of its own `ID.owner` file; a recording whose owner holds none and
that never reached an outcome was left by a crash.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from codex_voice.config.schema import HistoryConfig
from codex_voice.errors import JournalError
from codex_voice.recordings import entry as entry_file
from codex_voice.recordings import wav
from codex_voice.recordings.entry import Entry
from codex_voice.recordings.locks import Ownership
from codex_voice.recordings.outcomes import Outcome

# Of the recordings that are kept one in so many may be of the room, however loud that is.
_OVERHEARD_SHARE = 10
_SECONDS_PER_DAY = 86_400


class Journal:
    """The recordings in a directory; several programs may share it.

    `begin`, `append`, `finish` and `discard` belong to the capture thread and never raise: a
    full disk must not stop speech. All others may be called from any thread.

    Args:
        directory: Where recordings are; made, for the user alone, when first needed.
        history: What is kept, and how much.
        on_error: Called once when recordings cannot be written, and again only after they could.
            On the thread that found out.
        on_recovered: Called when they can be written again.
    """

    def __init__(
        self,
        directory: Path,
        history: HistoryConfig,
        on_error: Callable[[JournalError], None],
        on_recovered: Callable[[], None] = lambda: None,
    ) -> None:
        self._directory = directory
        self._history = history
        self._on_error = on_error
        self._on_recovered = on_recovered
        self._ownership = Ownership(directory)
        self._recordings: dict[str, int] = {}
        self._lock = threading.RLock()
        self._in_trouble = False
        self.keep = history.keep

    def begin(self, utterance_id: str) -> None:
        """Start a recording; nothing is written while `keep` is false."""
        if not self.keep:
            return
        with self._lock:
            try:
                owner = self._ownership.claim()
                # The sound first: it is worth keeping even where there is no room for the rest.
                self._recordings[utterance_id] = wav.create(self._sound(utterance_id))
                entry = Entry(utterance_id, started_at=time.time(), owner=owner)
                entry_file.write(self._sound(utterance_id), entry)
            except OSError as error:
                self._complain(error)
            else:
                self._recover()

    def append(self, utterance_id: str, frame: bytes) -> None:
        """Add sound; 16-bit mono samples at 16 kHz."""
        with self._lock:
            descriptor = self._recordings.get(utterance_id)
            if descriptor is None:
                return
            try:
                wav.append(descriptor, frame)
            except OSError as error:
                self._close(utterance_id)
                self._complain(error)

    def finish(self, utterance_id: str, length: int | None = None) -> None:
        """End a recording; its text and outcome may follow.

        Args:
            utterance_id: Which.
            length: How many bytes of its sound are its own, where the next one has the others.
        """
        with self._lock:
            self._close(utterance_id, length)

    def discard(self, utterance_id: str) -> None:
        """Forget a recording that held no speech."""
        with self._lock:
            self._close(utterance_id)
            try:
                entry_file.remove(self._sound(utterance_id))
            except OSError as error:
                self._complain(error)

    def set_heard(self, utterance_id: str, heard: str, model: str = "") -> None:
        """Keep what was recognised so far. Ignored for an utterance that is not kept."""
        self._change(utterance_id, heard=heard, model=model)

    def set_text(
        self, utterance_id: str, text: str, model: str = "", heard: str | None = None
    ) -> None:
        """Keep what was written in the end. Ignored for an utterance that is not kept.

        Args:
            utterance_id: Which.
            text: The text as it goes to the composer.
            model: What recognised it.
            heard: What it was written from, as the recogniser wrote it; the text itself by
                default.
        """
        self._change(utterance_id, text=text, model=model, heard=text if heard is None else heard)

    def set_outcome(self, utterance_id: str, outcome: Outcome) -> None:
        """Keep where the text went. Ignored for an utterance that is not kept."""
        self._change(utterance_id, outcome=outcome)
        if not outcome.is_open and self._has_surplus(outcome):
            self.purge()

    def entries(self) -> list[Entry]:
        """Return all recordings, newest first."""
        try:
            sounds = list(self._directory.glob("*.wav"))
        except OSError:
            return []
        read = map(entry_file.read, sounds)
        found = [entry for entry in read if entry is not None]
        return sorted(found, key=lambda entry: entry.started_at, reverse=True)

    def unfinished(self) -> list[Entry]:
        """Return what a crash left, newest first: not arrived anywhere, and its program gone."""
        left = [entry for entry in self.entries() if self._is_left(entry)]
        for entry in left:
            wav.repair(self._sound(entry.id))
        return left

    def mark_offered(self, entries: Iterable[Entry]) -> None:
        """Note that the user was told of what a crash left: it may grow old from now on."""
        for entry in entries:
            if not entry.offered_at:
                self._change(entry.id, offered_at=time.time())

    def read_pcm(self, utterance_id: str) -> bytes:
        """Return the samples of a recording: 16-bit mono at 16 kHz.

        Raises:
            JournalError: It is not there or cannot be read.
        """
        try:
            return wav.read(self._sound(utterance_id))
        except OSError as error:
            raise JournalError(
                f"the recording {utterance_id} cannot be read: {error.strerror}"
            ) from error

    def sound_file(self, utterance_id: str) -> Path:
        """Return the recording's WAV file, for other programs to play."""
        return self._sound(utterance_id)

    def delete(self, utterance_id: str) -> None:
        """Remove a recording and its text.

        Raises:
            JournalError: It cannot be removed.
        """
        with self._lock:
            self._close(utterance_id)
            try:
                entry_file.remove(self._sound(utterance_id))
            except OSError as error:
                raise JournalError(
                    f"the recording {utterance_id} cannot be deleted: {error.strerror}"
                ) from error

    def clear(self) -> None:
        """Remove all recordings but those that a running program still works on.

        Raises:
            JournalError: One cannot be removed.
        """
        for entry in self.entries():
            if not self._is_in_use(entry):
                self.delete(entry.id)

    def purge(self) -> None:
        """Remove what is older or more than the configuration allows.

        What a crash left and nobody was told of stays, and its age counts from when it was offered.
        """
        oldest = time.time() - self._history.maximum_days * _SECONDS_PER_DAY
        most = self._history.maximum_count
        owners = set()
        overheard = 0
        for count, entry in enumerate(self.entries(), start=1):
            is_overheard = entry.outcome is Outcome.OVERHEARD
            overheard += is_overheard
            of_the_room = is_overheard and overheard > most // _OVERHEARD_SHARE
            age_from = max(entry.started_at, entry.offered_at)
            surplus = of_the_room or count > most or age_from < oldest
            still_to_offer = self._is_left(entry) and not entry.offered_at
            if surplus and not still_to_offer and not self._is_in_use(entry):
                self._remove_quietly(self._sound(entry.id))
            else:
                owners.add(entry.owner)
        for stray in entry_file.strays(self._directory):
            self._remove_quietly(stray)
        self._ownership.sweep(owners)

    def close(self) -> None:
        """End recordings that run, and let other programs see that this one is gone."""
        with self._lock:
            for utterance_id in list(self._recordings):
                self._close(utterance_id)
            self._ownership.release()

    def _has_surplus(self, outcome: Outcome) -> bool:
        """Return whether there may be more than is kept; counting is fast, reading is not."""
        if outcome is Outcome.OVERHEARD:
            return True
        try:
            with os.scandir(self._directory) as files:
                count = sum(file.name.endswith(".wav") for file in files)
        except OSError:
            return False
        return count > self._history.maximum_count

    def _is_in_use(self, entry: Entry) -> bool:
        return entry.outcome.is_open and self._ownership.is_alive(entry.owner)

    def _is_left(self, entry: Entry) -> bool:
        """Return whether a crash, or a program that quit too soon, left it."""
        return (
            entry.audio_seconds > 0
            and entry.outcome.is_open
            and not self._ownership.is_alive(entry.owner)
        )

    def _sound(self, utterance_id: str) -> Path:
        # An id may come from a command line; it never leads out of the directory.
        return self._directory / f"{Path(utterance_id).name}.wav"

    def _change(self, utterance_id: str, **changes: Any) -> None:
        with self._lock:
            sound = self._sound(utterance_id)
            entry = entry_file.read(sound)
            if entry is None:
                return
            try:
                entry_file.write(sound, replace(entry, **changes))
            except OSError as error:
                self._complain(error)

    def _close(self, utterance_id: str, length: int | None = None) -> None:
        descriptor = self._recordings.pop(utterance_id, None)
        if descriptor is not None:
            try:
                wav.finish(descriptor, length)
            except OSError as error:
                self._complain(error)

    def _remove_quietly(self, sound: Path) -> None:
        try:
            entry_file.remove(sound)
        except OSError as error:
            self._complain(error)

    def _recover(self) -> None:
        if self._in_trouble:
            self._in_trouble = False
            self._on_recovered()

    def _complain(self, error: OSError) -> None:
        if not self._in_trouble:
            self._in_trouble = True
            self._on_error(
                JournalError(
                    f"recordings cannot be kept: {error.strerror}", f"see to {self._directory}"
                )
            )
