"""What is known of one utterance: a small text file beside its sound, `ID.json` beside `ID.wav`."""

from __future__ import annotations

import json
import math
import os
import re
import stat
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codex_voice.recordings import wav
from codex_voice.recordings.outcomes import Outcome
from codex_voice.text_cleaning import clean, clean_line

# Made by `UtteranceBuffer`: local date and time, and a random part.
_OWN_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
# More than anybody says in 30 s, in any script; what is larger was not written by us.
_LARGEST_TEXT_FILE = 1 << 20
# The end of the year 9999, beyond which no calendar of the standard library goes.
_LATEST_TIME = 253_402_300_799.0


@dataclass(frozen=True)
class Entry:
    """One utterance.

    Args:
        id: The utterance's id.
        started_at: When it began, in seconds since the epoch.
        text: What was written from what was heard, in the end; empty before, or when nothing was.
        outcome: What became of it.
        model: What recognised it.
        owner: The program that recorded it.
        offered_at: When it was first offered after a crash, in seconds since the epoch; 0 before.
        audio_seconds: Its length.
        heard: What was recognised, as the recogniser wrote it. While it is being spoken: the
            part that is committed.
    """

    id: str
    started_at: float
    text: str = ""
    outcome: Outcome = Outcome.PENDING
    model: str = ""
    owner: str = ""
    offered_at: float = 0.0
    audio_seconds: float = 0.0
    heard: str = ""

    @property
    def shown(self) -> str:
        """What a list shows of its words: the text, or what of it was recognised so far."""
        return self.text or (f"{self.heard} …" if self.heard else "")


def read(sound: Path) -> Entry | None:
    """Read what is known of a sound file; what its text file does not tell, it tells itself.

    Whatever is in the text file, the entry can be shown, sorted and written.

    Returns:
        The entry, or None where there is no such sound any more, or it is not the journal's: a
        link, something that is no file, or a file that another program put there.
    """
    try:
        status = sound.lstat()
    except OSError:
        return None
    fields = _read_fields(sound)
    if not stat.S_ISREG(status.st_mode) or not _is_own(sound, fields):
        return None
    started_at = _time(fields.get("started_at"))
    return Entry(
        id=sound.stem,
        started_at=_time(status.st_mtime) or 0.0 if started_at is None else started_at,
        text=_text(fields.get("text")),
        outcome=Outcome.of(clean_line(_text(fields.get("outcome")))),
        model=clean_line(_text(fields.get("model"))),
        owner=_text(fields.get("owner")),
        offered_at=_time(fields.get("offered_at")) or 0.0,
        audio_seconds=wav.seconds(status.st_size),
        heard=_text(fields.get("heard")),
    )


def write(sound: Path, entry: Entry) -> None:
    """Write an entry's text file so that a reader sees the old or the new one, whole.

    Raises:
        OSError: There is no room, or no permission.
    """
    target = _text_file(sound)
    temporary = target.with_suffix(".tmp")
    fields = {name: value for name, value in asdict(entry).items() if name != "audio_seconds"}
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(fields, file, ensure_ascii=False)
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def remove(sound: Path) -> None:
    """Remove a sound file and what is known of it.

    Raises:
        OSError: There is no permission.
    """
    sound.unlink(missing_ok=True)
    _text_file(sound).unlink(missing_ok=True)
    _text_file(sound).with_suffix(".tmp").unlink(missing_ok=True)


def strays(directory: Path) -> list[Path]:
    """Return where the sound files would be of text files that were left without one."""
    texts = (*directory.glob("*.json"), *directory.glob("*.tmp"))
    sounds = {text.with_suffix(".wav") for text in texts}
    return [sound for sound in sounds if not sound.exists() and _is_own(sound, _read_fields(sound))]


def _is_own(sound: Path, fields: dict[str, Any]) -> bool:
    """Return whether the journal made a file: by its name, or by what is told of it."""
    return _OWN_NAME.fullmatch(sound.stem) is not None or fields.get("id") == sound.stem


def _read_fields(sound: Path) -> dict[str, Any]:
    """Return what the text file says; nothing where it is damaged, foreign or absent."""
    # A crash between the two files, or a foreign one: the sound alone is worth keeping.
    with suppress(OSError, ValueError, RecursionError):
        # Not through a link, and not from a pipe, which would be waited for.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(_text_file(sound), flags)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST_TEXT_FILE:
                parsed = json.loads(file.read())
                return parsed if isinstance(parsed, dict) else {}
    return {}


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""


def _time(value: object) -> float | None:
    """Return a time that a calendar knows, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value <= _LATEST_TIME or not math.isfinite(value):
        return None
    return float(value)


def _text_file(sound: Path) -> Path:
    return sound.with_suffix(".json")
