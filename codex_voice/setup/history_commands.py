"""`codex-voice history`: what was said, from the recordings that are kept."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
import time

from codex_voice import paths
from codex_voice.config.schema import Config
from codex_voice.errors import CodexVoiceError, JournalError
from codex_voice.recordings.entry import Entry
from codex_voice.recordings.journal import Journal
from codex_voice.recordings.outcomes import Outcome
from codex_voice.text_cleaning import clean_line

# Each reads the text from its standard input; the first that is installed is taken.
_CLIPBOARDS = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--input", "--clipboard"),
)
_CLIPBOARD_SECONDS = 5.0


class History:
    """The recordings, numbered from the newest, which is 1."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._journal = Journal(paths.recordings_directory(), config.history, _complain)

    def list_all(self) -> None:
        """Print one line for each recording, or that there is none."""
        entries = self._journal.entries()
        if not entries:
            print("There are no recordings.")
        for number, entry in enumerate(entries, 1):
            print(
                f"{number:4}  {_time(entry)}  {entry.audio_seconds:5.1f} s  "
                f"{entry.outcome:10}  {entry.shown}"
            )

    def show(self, which: str) -> None:
        """Print everything known about a recording."""
        entry = self._entry(which)
        for name, value in (
            ("id", entry.id),
            ("time", _time(entry)),
            ("length", f"{entry.audio_seconds:.1f} s"),
            ("outcome", entry.outcome),
            ("model", entry.model or "-"),
            ("file", clean_line(str(self._journal.sound_file(entry.id)))),
            ("heard", entry.heard or "-"),
            ("text", entry.text or "-"),
        ):
            print(f"{name:9}{value}")

    def play(self, which: str) -> None:
        """Play a recording.

        Raises:
            AudioError: PortAudio is missing, or nothing can play.
        """
        from codex_voice.audio.playback import play

        play(self._journal.read_pcm(self._entry(which).id))

    def retry(self, which: str, model: str) -> None:
        """Recognise a recording again, print the text and keep it.

        Args:
            which: Its number or id.
            model: A model's name or file; "" takes the one that is configured for this, or
                whatever recognises in the app.
        """
        from codex_voice.speech.factory import find_model, open_recognizer, with_model

        whisper = self._config.whisper
        entry = self._entry(which)
        if larger := model or whisper.retry_model:
            whisper = with_model(whisper, larger)
        recognizer = open_recognizer(whisper, lambda: find_model(whisper), _complain)
        try:
            transcript = recognizer.transcribe(self._journal.read_pcm(entry.id))
        finally:
            recognizer.close()
        self._journal.set_text(entry.id, transcript.text, transcript.model)
        print(transcript.text)
        if any(left.id == entry.id for left in self._journal.unfinished()):
            # The app need not offer it any more.
            self._journal.set_outcome(entry.id, Outcome.PRINTED)

    def copy(self, which: str) -> None:
        """Copy a recording's text to the clipboard.

        Raises:
            JournalError: It has no text yet, or there is no clipboard.
        """
        entry = self._entry(which)
        if not entry.text:
            raise JournalError(
                f"the recording {which} has no text", f"codex-voice history retry {which}"
            )
        _copy(entry.text)

    def clear(self) -> None:
        """Delete all recordings but those that a running codex-voice works on; print how many."""
        before = len(self._journal.entries())
        self._journal.clear()
        kept = len(self._journal.entries())
        still = f"; {kept} still in use by a running codex-voice" if kept else ""
        print(f"{before - kept} recordings deleted{still}.")

    def _entry(self, which: str) -> Entry:
        entries = self._journal.entries()
        if which.isdecimal() and 0 < int(which) <= len(entries):
            return entries[int(which) - 1]
        for entry in entries:
            if entry.id == which:
                return entry
        raise JournalError(f"there is no recording {which}", "codex-voice history list")


def _time(entry: Entry) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.started_at))


def _copy(text: str) -> None:
    for command in _CLIPBOARDS:
        if shutil.which(command[0]):
            try:
                subprocess.run(
                    command,
                    input=text.encode(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=_CLIPBOARD_SECONDS,
                    check=True,
                )
            except (subprocess.SubprocessError, OSError):
                continue
            return
    if not sys.stdout.isatty():
        raise JournalError("there is no clipboard here", "install wl-clipboard or xclip")
    # OSC 52: the terminal's own clipboard, also through ssh. As bytes: what is printed loses its
    # control characters.
    sys.stdout.flush()
    sys.stdout.buffer.write(b"\x1b]52;c;" + base64.b64encode(text.encode()) + b"\x07")
    sys.stdout.buffer.flush()


def _complain(error: CodexVoiceError) -> None:
    print(f"codex-voice: {error}", file=sys.stderr)
