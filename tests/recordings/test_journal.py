"""Nothing said is lost: not by a kill, a full disk, or another instance."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codex_voice.config.schema import HistoryConfig
from codex_voice.errors import JournalError
from codex_voice.recordings.journal import Journal
from codex_voice.recordings.outcomes import Outcome
from tests.speech.conftest import REPOSITORY, run_python

FRAME = b"\x01\x02" * 320


class Shelf:
    """Makes journals in one directory, and keeps what they complain of."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.complaints: list[JournalError] = []
        self.opened: list[Journal] = []

    def open(self, history: HistoryConfig | None = None) -> Journal:
        """Open the journal as a program does when it starts."""
        journal = Journal(self.directory, history or HistoryConfig(), self.complaints.append)
        self.opened.append(journal)
        return journal


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Make a place for journals that is not there yet."""
    made = Shelf(tmp_path / "state" / "recordings")
    yield made
    for journal in made.opened:
        journal.close()


def record(journal: Journal, utterance_id: str, frames: int = 50) -> None:
    """Record a whole utterance."""
    journal.begin(utterance_id)
    for _ in range(frames):
        journal.append(utterance_id, FRAME)
    journal.finish(utterance_id)


def test_keeps_sound_text_and_outcome(shelf: Shelf) -> None:
    """And finds them again when the program is started anew."""
    journal = shelf.open()
    record(journal, "one")
    journal.set_text("one", "Grüße an „alle“", "base.en")
    journal.set_outcome("one", Outcome.SENT)
    [entry] = shelf.open().entries()
    assert (entry.id, entry.text, entry.model) == ("one", "Grüße an „alle“", "base.en")
    assert (entry.outcome, entry.audio_seconds) == ("sent", 1.0)
    assert abs(entry.started_at - time.time()) < 60
    assert shelf.open().read_pcm("one") == FRAME * 50
    assert shelf.complaints == []


def test_the_sound_file_is_a_wav_file(shelf: Shelf) -> None:
    """Any program plays it."""
    journal = shelf.open()
    record(journal, "one")
    with wave.open(str(journal.sound_file("one"))) as file:
        assert file.getparams()[:4] == (1, 2, 16_000, 16_000)


def test_what_another_recording_goes_on_with_is_cut_off(shelf: Shelf) -> None:
    """A long dictation is recorded in parts, and no word is in two of them."""
    journal = shelf.open()
    journal.begin("one")
    for _ in range(50):
        journal.append("one", FRAME)
    journal.finish("one", 30 * len(FRAME))
    assert journal.read_pcm("one") == FRAME * 30
    with wave.open(str(journal.sound_file("one"))) as file:
        assert file.getnframes() == 30 * len(FRAME) // 2


def test_only_the_user_may_read(shelf: Shelf) -> None:
    """Files 0600 in a directory 0700, one that was there before included."""
    shelf.directory.mkdir(parents=True, mode=0o755)
    record(shelf.open(), "one")
    assert stat.S_IMODE(shelf.directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in shelf.directory.iterdir()} == {0o600}


def test_newest_first(shelf: Shelf) -> None:
    """In the order of a history."""
    journal = shelf.open()
    for name in ("b", "c", "a"):
        record(journal, name)
    assert [entry.id for entry in journal.entries()] == ["a", "c", "b"]


_SPEAK_AND_WAIT = f"""
import signal, sys
from pathlib import Path
from codex_voice.config.schema import HistoryConfig
from codex_voice.recordings.journal import Journal
journal = Journal(Path(sys.argv[1]), HistoryConfig(), print)
journal.begin("done")
journal.append("done", {FRAME!r} * 50)
journal.finish("done")
journal.set_text("done", "not delivered")
journal.begin("cut")
for _ in range(75):
    journal.append("cut", {FRAME!r})
journal.begin("empty")
print("ready", flush=True)
signal.pause()
"""


@pytest.fixture
def speaking(shelf: Shelf) -> Iterator[subprocess.Popen[str]]:
    """Start a program that is in the middle of an utterance."""
    with subprocess.Popen(
        [sys.executable, "-c", _SPEAK_AND_WAIT, str(shelf.directory)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        yield program
        program.kill()


def test_a_kill_in_the_middle_of_an_utterance_loses_nothing(
    shelf: Shelf, speaking: subprocess.Popen[str]
) -> None:
    """The next start offers it, to its last frame, and what was not delivered before."""
    journal = shelf.open()
    assert journal.unfinished() == []
    speaking.send_signal(signal.SIGKILL)
    speaking.wait()
    left = {entry.id: entry for entry in journal.unfinished()}
    assert set(left) == {"cut", "done"}
    assert left["cut"].audio_seconds == 1.5
    assert left["done"].text == "not delivered"
    assert journal.read_pcm("cut") == FRAME * 75
    with wave.open(str(journal.sound_file("cut"))) as file:
        assert file.getnframes() == 75 * 320


def test_what_was_offered_and_settled_is_not_offered_again(
    shelf: Shelf, speaking: subprocess.Popen[str]
) -> None:
    """Held text is: it has not arrived anywhere yet."""
    speaking.kill()
    speaking.wait()
    journal = shelf.open()
    journal.set_outcome("cut", Outcome.INSERTED)
    journal.set_outcome("done", Outcome.HELD)
    assert [entry.id for entry in journal.unfinished()] == ["done"]


def test_the_recordings_of_a_running_program_are_left_alone(
    shelf: Shelf, speaking: subprocess.Popen[str]
) -> None:
    """Neither offered, nor purged, nor cleared."""
    journal = shelf.open(HistoryConfig(maximum_count=1))
    for name in ("a", "b", "c"):
        record(journal, name)
        journal.set_outcome(name, Outcome.SENT)
    journal.clear()
    assert {entry.id for entry in journal.entries()} == {"cut", "done", "empty"}


def test_closing_leaves_what_is_pending_to_the_next_start(shelf: Shelf) -> None:
    """A program that quits while it recognises has not delivered."""
    journal = shelf.open()
    journal.begin("one")
    journal.append("one", FRAME)
    assert shelf.open().unfinished() == []
    journal.close()
    assert [entry.id for entry in shelf.open().unfinished()] == ["one"]


def test_count_and_age_are_bounded(shelf: Shelf) -> None:
    """The oldest go first, with all that belongs to them."""
    journal = shelf.open(HistoryConfig(maximum_count=3, maximum_days=2))
    for number in range(5):
        record(journal, str(number))
        journal.set_outcome(str(number), Outcome.SENT)
    assert [entry.id for entry in journal.entries()] == ["4", "3", "2"]
    old = shelf.directory / "3.json"
    fields = json.loads(old.read_text())
    old.write_text(json.dumps(fields | {"started_at": time.time() - 3 * 86_400}))
    journal.purge()
    assert [entry.id for entry in journal.entries()] == ["4", "2"]
    kinds = sorted(file.suffix for file in shelf.directory.iterdir())
    assert kinds == [".json", ".json", ".owner", ".wav", ".wav"]


def test_what_the_room_said_takes_little_of_the_space(shelf: Shelf) -> None:
    """A loud room overnight does not push out what the user said before."""
    journal = shelf.open(HistoryConfig(maximum_count=20))
    for number in range(40):
        record(journal, f"{number:02}")
        journal.set_outcome(f"{number:02}", Outcome.OVERHEARD if number >= 10 else Outcome.SENT)
    assert [entry.id for entry in journal.entries()] == [
        "39",
        "38",
        *[f"{number:02}" for number in reversed(range(10))],
    ]


def test_purging_sweeps_what_dead_programs_left(
    shelf: Shelf, speaking: subprocess.Popen[str]
) -> None:
    """Locks that nothing needs, texts without sound, texts half written."""
    speaking.kill()
    speaking.wait()
    (shelf.directory / f"{name_of(1)}.json").write_text("{}")
    (shelf.directory / f"{name_of(2)}.tmp").write_text("{")
    journal = shelf.open()
    journal.clear()
    journal.purge()
    assert list(shelf.directory.iterdir()) == []


def test_nothing_is_written_when_switched_off(shelf: Shelf) -> None:
    """Not even the directory; and it can be switched on again."""
    journal = shelf.open(HistoryConfig(keep=False))
    record(journal, "one")
    journal.set_text("one", "secret")
    journal.set_outcome("one", Outcome.SENT)
    assert not shelf.directory.exists()
    journal.keep = True
    record(journal, "two")
    assert [entry.id for entry in journal.entries()] == ["two"]


def test_a_discarded_recording_is_gone(shelf: Shelf) -> None:
    """It held no speech."""
    journal = shelf.open()
    journal.begin("one")
    journal.append("one", FRAME)
    journal.discard("one")
    assert journal.entries() == []


def test_an_unwritable_directory_is_told_once_and_never_raised(shelf: Shelf) -> None:
    """A file stands where the directory should be."""
    shelf.directory.parent.mkdir(parents=True)
    shelf.directory.write_text("in the way")
    journal = shelf.open()
    record(journal, "one")
    record(journal, "two")
    journal.set_outcome("two", Outcome.SENT)
    journal.discard("two")
    assert len(shelf.complaints) == 1
    assert str(shelf.directory) in shelf.complaints[0].remedy
    shelf.directory.unlink()
    record(journal, "three")
    assert [entry.id for entry in journal.entries()] == ["three"]


def test_a_full_disk_keeps_what_there_was_room_for() -> None:
    """The limit on a file's size stands for the disk; speech goes on, told once."""
    ended = run_python(
        "import resource, signal, tempfile\nfrom pathlib import Path\n"
        "from codex_voice.config.schema import HistoryConfig\n"
        "from codex_voice.recordings.journal import Journal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "with tempfile.TemporaryDirectory() as name:\n"
        "    journal = Journal(Path(name), HistoryConfig(), lambda e: print('told', e.message))\n"
        "    journal.begin('one')\n"
        f"    for _ in range(100): journal.append('one', {FRAME!r})\n"
        "    journal.finish('one')\n"
        "    journal.set_text('one', 'said')\n"
        "    print(len(journal.read_pcm('one')), journal.entries()[0].text)\n"
    )
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == [
        f"told recordings cannot be kept: {os.strerror(27)}",
        "19956 said",
    ]


DAMAGED = [
    "{",
    "",
    "[1]",
    "null",
    "\x00\xff",
    "[" * 100_000,
    '{"started_at": "x"}',
    '{"started_at": NaN}',
    '{"started_at": Infinity}',
    '{"started_at": -Infinity}',
    '{"started_at": 1e308}',
    '{"started_at": -5.0}',
    '{"started_at": true}',
    '{"started_at": 1' + "0" * 400 + "}",
    '{"started_at": {}, "text": [], "outcome": 7, "model": null, "owner": ["x"]}',
    '{"offered_at": 1e308, "outcome": "from a later version"}',
    '{"text": "' + "x" * 2_000_000 + '"}',
]


def name_of(number: int) -> str:
    """Return a name as the capture makes them."""
    return f"20261126-101112-{number:06x}"


def test_damaged_texts_hide_neither_their_sound_nor_others(shelf: Shelf) -> None:
    """Torn, foreign, absurd or absent ones: each entry can be shown, and the file has a time."""
    journal = shelf.open()
    record(journal, name_of(0))
    for number, damage in enumerate(DAMAGED, 1):
        record(journal, name_of(number))
        (shelf.directory / f"{name_of(number)}.json").write_text(damage, encoding="latin-1")
    record(journal, name_of(99))
    (shelf.directory / f"{name_of(99)}.json").unlink()
    expected = {name_of(number) for number in (*range(len(DAMAGED) + 1), 99)}
    entries = journal.entries()
    assert {entry.id for entry in entries} == expected
    for entry in entries:
        assert abs(entry.started_at - time.time()) < 60
        assert time.localtime(entry.started_at)
    # One whose owner is not known was left by a crash; the intact one is ours, and we live.
    left = {entry.id for entry in shelf.open().unfinished()}
    assert left == expected - {name_of(0)}


def test_a_text_file_that_is_a_pipe_is_not_waited_for(shelf: Shelf) -> None:
    """Nor one that leads elsewhere believed."""
    journal = shelf.open()
    for number in (1, 2):
        record(journal, name_of(number))
        (shelf.directory / f"{name_of(number)}.json").unlink()
    os.mkfifo(shelf.directory / f"{name_of(1)}.json")
    elsewhere = shelf.directory.parent / "elsewhere.json"
    elsewhere.write_text('{"text": "secret"}')
    (shelf.directory / f"{name_of(2)}.json").symlink_to(elsewhere)
    assert [entry.text for entry in journal.entries()] == ["", ""]


def test_only_the_journals_own_files_are_touched(shelf: Shelf) -> None:
    """Not what others put into the folder, not through links, not what has another header."""
    journal = shelf.open(HistoryConfig(maximum_count=1, maximum_days=1))
    record(journal, name_of(1))
    outside = shelf.directory.parent / "outside.wav"
    outside.write_bytes(b"outside" * 100)
    foreign = {
        shelf.directory / "song.wav": b"RIFF" + bytes(60),
        shelf.directory / "notes.json": b"{}",
        shelf.directory / "half.tmp": b"{",
        outside: outside.read_bytes(),
    }
    for file, content in foreign.items():
        file.write_bytes(content)
        os.utime(file, (1, 1))
    (shelf.directory / f"{name_of(2)}.wav").symlink_to(outside)
    (shelf.directory / f"{name_of(3)}.wav").mkdir()
    strange = shelf.directory / f"{name_of(4)}.wav"
    strange.write_bytes(b"OggS" + bytes(100))
    again = shelf.open(HistoryConfig(maximum_count=1, maximum_days=1))
    assert [entry.id for entry in again.unfinished()] == [name_of(4)]
    assert strange.read_bytes() == b"OggS" + bytes(100)
    again.purge()
    again.clear()
    assert {file: file.read_bytes() for file in foreign} == foreign
    assert (shelf.directory / f"{name_of(2)}.wav").is_symlink()


def test_what_a_crash_left_is_offered_before_it_is_too_old(shelf: Shelf) -> None:
    """However long nobody started the program; after that it has its days like any other."""
    crashed = shelf.open()
    record(crashed, name_of(1))
    crashed.close()
    file = shelf.directory / f"{name_of(1)}.json"
    fields = json.loads(file.read_text())
    file.write_text(json.dumps(fields | {"started_at": time.time() - 300 * 86_400}))
    journal = shelf.open(HistoryConfig(maximum_days=2, maximum_count=1))
    journal.purge()
    (left,) = journal.unfinished()
    journal.mark_offered([left])
    journal.purge()
    assert [entry.id for entry in journal.unfinished()] == [name_of(1)]
    fields = json.loads(file.read_text())
    file.write_text(json.dumps(fields | {"offered_at": time.time() - 3 * 86_400}))
    journal.purge()
    assert journal.entries() == []


def test_what_was_heard_is_kept_beside_what_was_written(shelf: Shelf) -> None:
    """And while somebody speaks, as much of it as is certain."""
    journal = shelf.open()
    record(journal, "one")
    journal.set_heard("one", "open the", "base.en")
    (entry,) = journal.entries()
    assert (entry.heard, entry.text, entry.shown) == ("open the", "", "open the …")
    journal.set_text("one", "open `read_me`", "base.en", heard="open the read me")
    (entry,) = journal.entries()
    assert (entry.heard, entry.text) == ("open the read me", "open `read_me`")
    assert entry.shown == "open `read_me`"


def test_it_is_told_when_recordings_can_be_kept_again(shelf: Shelf) -> None:
    """A warning need not outlive its cause."""
    shelf.directory.parent.mkdir(parents=True)
    shelf.directory.write_text("in the way")
    recovered: list[bool] = []
    journal = Journal(
        shelf.directory,
        HistoryConfig(),
        shelf.complaints.append,
        on_recovered=lambda: recovered.append(True),
    )
    record(journal, "one")
    assert (len(shelf.complaints), recovered) == (1, [])
    shelf.directory.unlink()
    record(journal, "two")
    record(journal, "three")
    assert (len(shelf.complaints), recovered) == (1, [True])
    journal.close()


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_read_as_it_was_written(shelf: Shelf, outcome: Outcome) -> None:
    """One word for each, which is also what the history shows."""
    journal = shelf.open()
    record(journal, "one")
    journal.set_outcome("one", outcome)
    (entry,) = journal.entries()
    assert entry.outcome is outcome
    assert Outcome.of(str(outcome)) is outcome
    assert Outcome.of("") is Outcome.PENDING


@pytest.mark.parametrize("read", [Journal.read_pcm, Journal.sound_file])
def test_an_id_never_leads_out_of_the_directory(
    shelf: Shelf, read: Callable[[Journal, str], object]
) -> None:
    """Ids come from command lines too."""
    outside = shelf.directory.parent / "secret.wav"
    outside.parent.mkdir(parents=True)
    outside.write_bytes(bytes(100))
    journal = shelf.open()
    journal.delete("../secret")
    assert outside.exists()
    if read is Journal.sound_file:
        assert journal.sound_file("../secret") != outside
    else:
        with pytest.raises(JournalError, match="cannot be read"):
            journal.read_pcm("../secret")


def test_deleting(shelf: Shelf) -> None:
    """One, or all."""
    journal = shelf.open()
    for name in ("a", "b", "c"):
        record(journal, name)
        journal.set_outcome(name, Outcome.INSERTED)
    journal.delete("b")
    assert {entry.id for entry in journal.entries()} == {"a", "c"}
    journal.clear()
    assert journal.entries() == []
