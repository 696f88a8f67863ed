"""Keeps every utterance on disk, from its first frame on, so that nothing said is lost.

A recording is `ID.wav` with `ID.json` beside it (text, outcome, times). The sound is written frame
by frame while it is captured: after `kill -9` everything up to the last frame is there. Each
running program holds the lock of its own `ID.owner` file; a recording whose owner holds none and
that never reached an outcome was left by a crash.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from codex_voice.config import HistoryConfig
from codex_voice.errors import JournalError
from codex_voice.speech import recording_file
from codex_voice.speech.ownership import Ownership

PENDING = ("", "held", "unconfirmed")
"""Outcomes of an utterance whose text has not arrived anywhere yet."""

_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class Entry:
    """One utterance.

    Args:
        id: The utterance's id.
        started_at: When it began, in seconds since the epoch.
        text: What was recognised; empty before, or when nothing was.
        outcome: Where it went, such as "inserted", "sent", "held", "failed" or "cancelled"; empty
            before it is known.
        model: What recognised it.
        owner: The program that recorded it.
        audio_seconds: Its length.
    """

    id: str
    started_at: float
    text: str = ""
    outcome: str = ""
    model: str = ""
    owner: str = ""
    audio_seconds: float = 0.0


class Journal:
    """The recordings in a directory; several programs may share it.

    `begin`, `append`, `finish` and `discard` belong to the capture thread and never raise: a
    full disk must not stop speech. All others may be called from any thread.

    Args:
        directory: Where recordings are; made, for the user alone, when first needed.
        history: What is kept, and how much.
        on_error: Told once when recordings cannot be written, and again only after they could.
            Called on the thread that found out.
    """

    def __init__(
        self,
        directory: Path,
        history: HistoryConfig,
        on_error: Callable[[JournalError], None],
    ) -> None:
        self._directory = directory
        self._history = history
        self._on_error = on_error
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
                self._recordings[utterance_id] = recording_file.create(self._sound(utterance_id))
                self._write(Entry(utterance_id, started_at=time.time(), owner=owner))
            except OSError as error:
                self._complain(error)
            else:
                self._in_trouble = False

    def append(self, utterance_id: str, frame: bytes) -> None:
        """Add sound; 16-bit mono samples at 16 kHz."""
        with self._lock:
            descriptor = self._recordings.get(utterance_id)
            if descriptor is None:
                return
            try:
                recording_file.append(descriptor, frame)
            except OSError as error:
                self._close(utterance_id)
                self._complain(error)

    def finish(self, utterance_id: str) -> None:
        """End a recording; its text and outcome may follow."""
        with self._lock:
            self._close(utterance_id)

    def discard(self, utterance_id: str) -> None:
        """Forget a recording that held no speech."""
        with self._lock:
            self._close(utterance_id)
            try:
                self._remove(utterance_id)
            except OSError as error:
                self._complain(error)

    def set_text(self, utterance_id: str, text: str, model: str = "") -> None:
        """Keep what was recognised. Ignored for an utterance that is not kept."""
        self._change(utterance_id, text=text, model=model)

    def set_outcome(self, utterance_id: str, outcome: str) -> None:
        """Keep where the text went. Ignored for an utterance that is not kept."""
        self._change(utterance_id, outcome=outcome)
        if outcome not in PENDING:
            self.purge()

    def entries(self) -> list[Entry]:
        """Return all recordings, newest first."""
        try:
            sounds = list(self._directory.glob("*.wav"))
        except OSError:
            return []
        read = (self._read(path.stem) for path in sounds)
        found = [entry for entry in read if entry is not None]
        return sorted(found, key=lambda entry: entry.started_at, reverse=True)

    def unfinished(self) -> list[Entry]:
        """Return what a crash left, newest first: pending, and its program is gone."""
        left = [
            entry
            for entry in self.entries()
            if entry.audio_seconds > 0
            and entry.outcome in PENDING
            and not self._ownership.is_alive(entry.owner)
        ]
        for entry in left:
            recording_file.repair(self._sound(entry.id))
        return left

    def read_pcm(self, utterance_id: str) -> bytes:
        """Return the samples of a recording: 16-bit mono at 16 kHz.

        Raises:
            JournalError: It is not there or cannot be read.
        """
        try:
            return recording_file.read(self._sound(utterance_id))
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
                self._remove(utterance_id)
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
        """Remove what is older or more than the configuration allows."""
        oldest = time.time() - self._history.maximum_days * _SECONDS_PER_DAY
        owners = set()
        for count, entry in enumerate(self.entries(), start=1):
            surplus = count > self._history.maximum_count or entry.started_at < oldest
            if surplus and not self._is_in_use(entry):
                self._remove_quietly(entry.id)
            else:
                owners.add(entry.owner)
        for stray in (*self._directory.glob("*.json"), *self._directory.glob("*.tmp")):
            if not stray.with_suffix(".wav").exists():
                self._remove_quietly(stray.stem)
        self._ownership.sweep(owners)

    def close(self) -> None:
        """End recordings that run, and let other programs see that this one is gone."""
        with self._lock:
            for utterance_id in list(self._recordings):
                self._close(utterance_id)
            self._ownership.release()

    def _is_in_use(self, entry: Entry) -> bool:
        return entry.outcome in PENDING and self._ownership.is_alive(entry.owner)

    def _sound(self, utterance_id: str) -> Path:
        # An id may come from a command line; it never leads out of the directory.
        return self._directory / f"{Path(utterance_id).name}.wav"

    def _sidecar(self, utterance_id: str) -> Path:
        return self._sound(utterance_id).with_suffix(".json")

    def _read(self, utterance_id: str) -> Entry | None:
        """Read an entry; what its text file does not tell, the sound file does."""
        try:
            status = self._sound(utterance_id).stat()
        except OSError:
            # Another program removed it since the directory was read.
            return None
        told: dict[str, Any] = {}
        # A crash between the two files, or a foreign one: the sound alone is worth keeping.
        with suppress(OSError, ValueError):
            parsed = json.loads(self._sidecar(utterance_id).read_text("utf-8"))
            told = parsed if isinstance(parsed, dict) else {}
        started_at = told.get("started_at")
        return Entry(
            id=utterance_id,
            started_at=started_at if isinstance(started_at, float) else status.st_mtime,
            text=str(told.get("text", "")),
            outcome=str(told.get("outcome", "")),
            model=str(told.get("model", "")),
            owner=str(told.get("owner", "")),
            audio_seconds=recording_file.seconds(status.st_size),
        )

    def _write(self, entry: Entry) -> None:
        """Write an entry's text file so that a reader sees the old or the new one, whole."""
        target = self._sidecar(entry.id)
        temporary = target.with_suffix(".tmp")
        told = {name: value for name, value in asdict(entry).items() if name != "audio_seconds"}
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(told, file, ensure_ascii=False)
            temporary.replace(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise

    def _change(self, utterance_id: str, **changes: Any) -> None:
        with self._lock:
            entry = self._read(utterance_id)
            if entry is None:
                return
            try:
                self._write(replace(entry, **changes))
            except OSError as error:
                self._complain(error)

    def _close(self, utterance_id: str) -> None:
        descriptor = self._recordings.pop(utterance_id, None)
        if descriptor is not None:
            try:
                recording_file.finish(descriptor)
            except OSError as error:
                self._complain(error)

    def _remove(self, utterance_id: str) -> None:
        self._sound(utterance_id).unlink(missing_ok=True)
        self._sidecar(utterance_id).unlink(missing_ok=True)
        self._sidecar(utterance_id).with_suffix(".tmp").unlink(missing_ok=True)

    def _remove_quietly(self, utterance_id: str) -> None:
        try:
            self._remove(utterance_id)
        except OSError as error:
            self._complain(error)

    def _complain(self, error: OSError) -> None:
        if not self._in_trouble:
            self._in_trouble = True
            self._on_error(
                JournalError(
                    f"recordings cannot be kept: {error.strerror}", f"see to {self._directory}"
                )
            )
