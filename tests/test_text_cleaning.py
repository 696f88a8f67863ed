"""Text from outside, made harmless before anything stores or shows it."""

from __future__ import annotations

import base64
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.audio.sources.wav_file import WaveFile
from codex_voice.config.schema import HistoryConfig
from codex_voice.errors import CodexVoiceError, ServerUnavailable
from codex_voice.recordings.journal import Journal
from codex_voice.speech.models.installed import name_of
from codex_voice.speech.recognizer import Transcript, Word
from codex_voice.text_cleaning import clean, clean_line

CLIPBOARD = f"\x1b]52;c;{base64.b64encode(b'curl evil').decode()}\x1b\\"
HOSTILE = [
    CLIPBOARD,
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[H",
    "\x1bPq~\x1b\\",
    "\x9b2J",
    "\x9d52;c;aGk=\x9c",
    "\x90q\x9c",
    "\x85",
    "\x00\x08\x0e\x7f",
    "\r\nnew",
    "\u202egnp.exe",
    "\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u200e\u200f\u061c",
    "\ud800",
    "\udfff\udc80",
    "\u2028\u2029",
]


def is_harmless(text: str) -> bool:
    """Return whether a terminal only draws it, and a file can hold it."""
    unwanted = {"Cc", "Cs"}
    bidi = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    return not any(
        (unicodedata.category(character) in unwanted and character not in "\n\t")
        or unicodedata.bidirectional(character) in bidi
        or character in "\u200e\u200f\u061c\u2028\u2029"
        for character in text
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_a_terminal_obeys_is_left(hostile: str) -> None:
    """And the words around it stay."""
    cleaned = clean(f"before {hostile} after")
    assert is_harmless(cleaned)
    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")


@given(st.text(st.characters(codec=None)))
def test_whatever_comes_can_be_shown_and_stored(text: str) -> None:
    """Any code points at all; what is clean stays as it is."""
    cleaned = clean(text)
    assert is_harmless(cleaned)
    assert clean(cleaned) == cleaned
    cleaned.encode()
    assert "\n" not in clean_line(text)


@pytest.mark.parametrize(
    "text", ["Grüße an „alle“", "क्ष", "👩‍💻", "नमस्‌ते", "line\nline\ttab", "עברית العربية", "�"]
)
def test_what_people_write_stays(text: str) -> None:
    """Scripts that need joiners, emoji, line feeds and tabs included."""
    assert clean(text) == text


def test_a_lone_surrogate_is_shown_as_the_character_for_that() -> None:
    """The text around it can be stored then."""
    assert clean("a\ud800b") == "a�b"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_every_transcript_is_clean(hostile: str) -> None:
    """Whatever engine made it: text, words, language and model."""
    made = Transcript(
        f"say {hostile} it", 1.0, hostile, 1.0, 1.0, hostile, (Word(f"say{hostile}", 1.0),)
    )
    for text in (made.text, made.language, made.model, made.words[0].text):
        assert is_harmless(text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_every_error_is_one_clean_line(hostile: str) -> None:
    """It may quote an answer of a server, a device or a file name."""
    for error in (
        CodexVoiceError(f"it {hostile} says", f"do {hostile} that"),
        ServerUnavailable(f"a server {hostile}"),
    ):
        assert is_harmless(str(error))
        assert "\n" not in str(error)
        assert str(error.args[0]) == error.message


@pytest.mark.parametrize("hostile", HOSTILE)
def test_file_names_are_shown_clean(hostile: str) -> None:
    """Of models and of sound files."""
    hostile = hostile.replace("\0", "").replace("/", "")
    assert is_harmless(name_of(Path(f"/models/ggml-{hostile}.bin")))
    assert is_harmless(WaveFile(Path(f"/sounds/{hostile}.wav")).name)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_journal_entries_are_read_clean(tmp_path: Path, hostile: str) -> None:
    """Another program, or an older version, may have written them."""
    journal = Journal(tmp_path, HistoryConfig(), lambda error: pytest.fail(str(error)))
    name = "20261126-101112-abcdef"
    journal.begin(name)
    journal.finish(name)
    file = tmp_path / f"{name}.json"
    fields = json.loads(file.read_text(encoding="utf-8"))
    fields.update(text=hostile, model=hostile, outcome=hostile)
    file.write_text(json.dumps(fields), encoding="utf-8")
    (entry,) = journal.entries()
    assert all(map(is_harmless, (entry.shown, entry.model, entry.outcome)))
    journal.close()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_transcript_is_in_the_journal_as_it_was_shown(tmp_path: Path, hostile: str) -> None:
    """A lone surrogate loses nothing of the text around it."""
    journal = Journal(tmp_path, HistoryConfig(), lambda error: pytest.fail(str(error)))
    name = "20261126-101112-abcdef"
    journal.begin(name)
    journal.finish(name)
    transcript = Transcript(f"say {hostile} it", 1.0, "en", 1.0, 1.0, "base.en")
    journal.set_text(name, transcript.text, transcript.model)
    (entry,) = journal.entries()
    assert entry.text == transcript.text
    assert entry.text.startswith("say ")
    journal.close()
