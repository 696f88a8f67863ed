"""Long dictations: two minutes in one breath, and a crash in the middle of one."""

from __future__ import annotations

import os
import signal
from itertools import cycle

import pytest

from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.practice.recordings import model_path
from codex_voice.speech.engines.whisper import WhisperRecognizer
from tests.audio.scripted import duration, noise
from tests.end_to_end.conftest import CLIPS, ENTER, RECORDINGS, TALK_KEY, Start
from tests.support.start_fake_codex import FakeCodex
from tests.support.whisper_server import WhisperServer, recognize, sentences

pytestmark = [pytest.mark.codex, pytest.mark.microphone]

SPOKEN = [
    CLIPS / "08_espeak_clean_up_the_script.wav",
    CLIPS / "10_espeak_print_the_size.wav",
    CLIPS / "13_espeak_add_a_comment_to_this_function.wav",
    CLIPS / "15_espeak_now_explain_this_function.wav",
    CLIPS / "22_flite_move_the_script_to_a_new_file.wav",
    CLIPS / "25_flite_now_commit_the_changes.wav",
    CLIPS / "35_festival_add_a_comment_to_the_session_manager.wav",
    RECORDINGS / "write_a_unit_test.wav",
    RECORDINGS / "run_the_tests.wav",
    RECORDINGS / "fix_the_bug.wav",
    RECORDINGS / "hey_codex_push_the_changes.wav",
]
# With what the detector takes for silence at the ends of the clips, 0.3 to 0.8 s: less than the
# second that ends a dictation.
PAUSES = [0.1, 0.3, 0.2, 0.2]
SECONDS = 121


def dictation() -> tuple[bytes, list[bytes]]:
    """Return two minutes of sentences with pauses between them, and the sentences alone."""
    voices = [next(sentences(read_wave(path))) for path in SPOKEN]
    breath, said = noise(0.5, -70), []
    for voice, pause in zip(cycle(voices), cycle(PAUSES), strict=False):
        breath += voice + noise(pause, -70)
        said.append(voice)
        if duration(breath) > SECONDS:
            break
    return breath + noise(5, -70), said


@pytest.mark.timeout(400)
async def test_two_minutes_lose_no_word_and_double_none(
    start: Start, fake_codex: FakeCodex
) -> None:
    """Codex gets every sentence once, in order; so does who recognises the recordings again."""
    breath, said = dictation()
    recognizer = WhisperRecognizer(model_path())
    expected = " ".join(recognize(recognizer, voice) for voice in said)
    with WhisperServer() as server:
        person = await start(config=f'[whisper]\nserver_url = "{server.url}"\n', columns=250)
        await person.sees("Ask Codex to do anything")
        await person.sees("● idle")
        await person.sees("server 127.0.0.1")
        person.press(TALK_KEY)
        await person.sees("LISTENING")
        await person.speaks(breath)
        await person.terminal.until(
            lambda: expected in " ".join(person.terminal.text().split()), expected
        )
    person.press(ENTER)
    await person.sees("Worked for")
    assert fake_codex.user_texts() == [expected]
    await person.terminal.close()
    journal = person.journal()
    parts = [journal.read_pcm(entry.id) for entry in reversed(journal.entries())]
    assert len(parts) > SECONDS // 30
    assert " ".join(recognize(recognizer, part) for part in parts) == expected
    recognizer.close()


async def test_a_crash_in_the_middle_keeps_what_was_committed_and_all_of_the_sound(
    start: Start,
) -> None:
    """The text up to a pause is on disk while one speaks on, beside the sound up to the crash."""
    breath, said = dictation()
    recognizer = WhisperRecognizer(model_path())
    expected = " ".join(recognize(recognizer, voice) for voice in said)
    with WhisperServer() as server:
        person = await start(config=f'[whisper]\nserver_url = "{server.url}"\n', columns=250)
        await person.sees("Ask Codex to do anything")
        await person.sees("● idle")
        await person.sees("server 127.0.0.1")
        person.press(TALK_KEY)
        await person.sees("LISTENING")
        speaking = person.microphone.play(breath)
        await person.terminal.until(person.has_recordings, "a recording")
        await person.terminal.until(
            lambda: any(entry.heard for entry in person.journal().entries()), "a committed text"
        )
        os.kill(person.app(), signal.SIGKILL)
        speaking.stop()
        await person.terminal.ended()
    journal = person.journal()
    entry = journal.unfinished()[-1]
    assert entry.heard
    assert expected.startswith(entry.heard)
    # What the crash cut short is behind it.
    heard_again = recognize(recognizer, journal.read_pcm(entry.id))
    assert heard_again.startswith(entry.heard)
    assert len(heard_again) > len(entry.heard)
    recognizer.close()
