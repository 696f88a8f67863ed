"""The recordings say what they are said to say, to the very model that comes with them."""

from __future__ import annotations

import wave
from collections.abc import Iterator

import pytest

from codex_voice.practice.recordings import PracticeRecording, model_path, recordings, tour
from codex_voice.speech.engines.whisper import WhisperRecognizer


@pytest.fixture(scope="module")
def recognizer() -> Iterator[WhisperRecognizer]:
    """Load the miniature model once."""
    made = WhisperRecognizer(model_path())
    yield made
    made.close()


@pytest.mark.parametrize("recording", recordings(), ids=lambda recording: recording.path.stem)
def test_a_recording_becomes_its_text(
    recognizer: WhisperRecognizer, recording: PracticeRecording
) -> None:
    """A newcomer sees the sentence that the list promised, word for word."""
    with wave.open(str(recording.path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        pcm = file.readframes(file.getnframes())
    assert recognizer.transcribe(pcm).text == recording.text


def test_the_tour_is_made_of_the_recordings() -> None:
    """It begins with a sentence and its sending, which is what the program is for."""
    assert set(tour()) <= set(recordings())
    assert [recording.text for recording in tour()[:2]] == [
        "Write a unit test for the main loop.",
        "Send message.",
    ]
