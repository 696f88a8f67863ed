"""`history`: what was said can be found, read, recognised again and thrown away."""

from __future__ import annotations

import wave
from dataclasses import replace
from pathlib import Path

import pytest

from codex_voice import paths
from codex_voice.config.schema import Config, HistoryConfig, WhisperConfig
from codex_voice.errors import JournalError
from codex_voice.practice.recordings import model_path, recordings
from codex_voice.recordings.journal import Journal
from codex_voice.recordings.outcomes import Outcome
from codex_voice.setup.history_commands import History
from tests.setup.conftest import MakeProgram
from tests.support.whisper_server import WhisperServer

CONFIG = Config(whisper=WhisperConfig(model=str(model_path())))


def complain(error: JournalError) -> None:
    """Let no error of the journal pass."""
    raise error


@pytest.fixture
def history(home: Path) -> History:
    """Keep two recordings: an older one with its text, a newer one without."""
    assert paths.recordings_directory().is_relative_to(home)
    journal = Journal(paths.recordings_directory(), HistoryConfig(), complain)
    for name, recording in zip(("older", "newer"), recordings()[:2], strict=True):
        journal.begin(name)
        with wave.open(str(recording.path)) as file:
            journal.append(name, file.readframes(file.getnframes()))
        journal.finish(name)
    journal.set_text("older", "It was this.", "base.en")
    journal.set_outcome("older", Outcome.SENT)
    journal.close()
    return History(CONFIG)


def test_the_list_is_numbered_from_the_newest(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    """Time, length, outcome and text, a line each."""
    history.list_all()
    newer, older = capsys.readouterr().out.splitlines()
    assert newer.startswith("   1  ")
    assert "pending" in newer
    assert older.startswith("   2  ")
    assert older.endswith("sent        It was this.")


@pytest.mark.parametrize("which", ["2", "older"])
def test_one_recording_is_shown(
    history: History, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    """By its number or its id, with the file that other programs can play."""
    history.show(which)
    shown = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert shown["text"] == "It was this."
    assert shown["model"] == "base.en"
    assert Path(shown["file"]).is_file()


@pytest.mark.parametrize("which", ["0", "3", "-1", "nobody", "../older"])
def test_what_is_not_there_is_told(history: History, which: str) -> None:
    """The error names what was asked for and where to look."""
    with pytest.raises(JournalError, match="there is no recording"):
        history.show(which)


def test_a_recording_is_recognised_again(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    """The new text is printed and kept; what was lost is settled by that, what was not stays so."""
    history.retry("newer", "")
    history.retry("older", "")
    texts = [recording.text for recording in recordings()[:2]]
    assert capsys.readouterr().out.splitlines() == texts[::-1]
    history.list_all()
    newer, older = capsys.readouterr().out.splitlines()
    assert newer.endswith(f"printed     {texts[1]}")
    assert older.endswith(f"sent        {texts[0]}")


def test_the_server_recognises_again_as_it_does_in_the_app(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unless a model is asked for; and while the server is down the model of this machine."""
    with WhisperServer({recordings()[1].text: "Said the server."}) as server:
        whisper = replace(CONFIG.whisper, server_url=server.url)
        with_server = History(Config(whisper=whisper))
        with_server.retry("newer", "")
        with_server.retry("newer", str(model_path()))
        again = replace(whisper, retry_model=str(model_path()))
        History(Config(whisper=again)).retry("newer", "")
    with_server.retry("newer", "")
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["Said the server.", *[recordings()[1].text] * 3]
    assert printed.err.count("cannot be reached") == 1


@pytest.mark.microphone
@pytest.mark.usefixtures("virtual_mic")
def test_a_recording_is_played_to_its_end(history: History) -> None:
    """The command returns when the sound is over; an unknown recording is told."""
    history.play("newer")
    with pytest.raises(JournalError, match="there is no recording"):
        history.play("nobody")


def test_the_text_goes_to_the_clipboard_program(
    home: Path, history: History, make_program: MakeProgram
) -> None:
    """The first that is installed gets it, to the byte."""
    make_program(home / "bin" / "xclip", f'while read -r line; do :; done; echo "$line" > {home}/x')
    history.copy("older")
    assert (home / "x").read_text() == "It was this.\n"


def test_without_text_or_clipboard_there_is_an_error(history: History) -> None:
    """Nothing is copied quietly."""
    with pytest.raises(JournalError, match="has no text"):
        history.copy("newer")
    with pytest.raises(JournalError, match="there is no clipboard"):
        history.copy("older")


def test_all_can_be_deleted(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    """Sound and text are gone, and both commands say so."""
    there = len(list(paths.recordings_directory().glob("*.wav")))
    history.clear()
    history.list_all()
    assert capsys.readouterr().out == (f"{there} recordings deleted.\nThere are no recordings.\n")
    assert not list(paths.recordings_directory().glob("*.wav"))
