"""What is known of one utterance: a small text file beside its sound, `ID.json` beside `ID.wav`."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codex_voice.recordings import wav as recording_file
from codex_voice.text_cleaning import clean, clean_line


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


def read(sound: Path) -> Entry | None:
    """Read what is known of a sound file; what its text file does not tell, it tells itself.

    Returns:
        The entry, or None where there is no such sound any more.
    """
    try:
        status = sound.stat()
    except OSError:
        return None
    told: dict[str, Any] = {}
    # A crash between the two files, or a foreign one: the sound alone is worth keeping.
    with suppress(OSError, ValueError):
        parsed = json.loads(_text_file(sound).read_text("utf-8"))
        told = parsed if isinstance(parsed, dict) else {}
    started_at = told.get("started_at")
    return Entry(
        id=sound.stem,
        started_at=started_at if isinstance(started_at, float) else status.st_mtime,
        text=clean(str(told.get("text", ""))),
        outcome=clean_line(str(told.get("outcome", ""))),
        model=clean_line(str(told.get("model", ""))),
        owner=str(told.get("owner", "")),
        audio_seconds=recording_file.seconds(status.st_size),
    )


def write(sound: Path, entry: Entry) -> None:
    """Write an entry's text file so that a reader sees the old or the new one, whole.

    Raises:
        OSError: There is no room, or no leave.
    """
    target = _text_file(sound)
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


def remove(sound: Path) -> None:
    """Remove a sound file and what is known of it.

    Raises:
        OSError: There is no leave.
    """
    sound.unlink(missing_ok=True)
    _text_file(sound).unlink(missing_ok=True)
    _text_file(sound).with_suffix(".tmp").unlink(missing_ok=True)


def strays(directory: Path) -> list[Path]:
    """Return where the sound files would be of text files that were left without one."""
    texts = (*directory.glob("*.json"), *directory.glob("*.tmp"))
    sounds = {text.with_suffix(".wav") for text in texts}
    return [sound for sound in sounds if not sound.exists()]


def _text_file(sound: Path) -> Path:
    return sound.with_suffix(".json")
