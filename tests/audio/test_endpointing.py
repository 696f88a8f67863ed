"""End-pointing, on scripted probabilities and on real clips with silence and noise around them."""

from __future__ import annotations

import numpy as np
import pytest

from codex_voice.audio.endpointing import Endpointer, Mark, Onset
from codex_voice.audio.frame_analysis import CaptureSettings, FrameAnalysis
from codex_voice.audio.level import measure
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.audio.vad.detector import WebrtcVad
from tests.audio.scripted import CLIPS, SENTENCE, duration, frames, noise

_SECOND = 50


def _endpointer(maximum_seconds: float = 30.0) -> Endpointer:
    return Endpointer(Onset(180, 300), end_silence_ms=1000, maximum_seconds=maximum_seconds)


def _marks(endpointer: Endpointer, probabilities: list[float]) -> list[tuple[int, Mark]]:
    found = []
    for index, probability in enumerate(probabilities):
        mark = endpointer.push(probability)
        if mark is not None:
            found.append((index, mark))
    return found


def test_speech_starts_pauses_resumes_and_ends() -> None:
    """Each step is marked at the frame the rules say: 180 ms, 240 ms and 1000 ms."""
    speech = [0.0] * 40 + [1.0] * 50 + [0.0] * 20 + [1.0] * 10 + [0.0] * 60
    assert _marks(_endpointer(), speech)[:5] == [
        (48, Mark.STARTED),
        (101, Mark.PAUSED),
        (110, Mark.RESUMED),
        (131, Mark.PAUSED),
        (169, Mark.ENDED),
    ]


def test_short_noises_do_not_start_speech() -> None:
    """Clicks of 100 ms every 400 ms are never 180 ms within 300."""
    assert _marks(_endpointer(), ([1.0] * 5 + [0.0] * 15) * 20) == []


def test_the_utterance_begins_300_ms_before_its_onset() -> None:
    """Pre-roll keeps the first syllable: 15 frames before the window of 15."""
    endpointer = _endpointer()
    _marks(endpointer, [0.0] * 100 + [1.0] * 9)
    assert len(endpointer) == 15 + 15


def test_a_wavering_voice_goes_on() -> None:
    """Once started, a probability between the two thresholds is still speech."""
    endpointer = _endpointer()
    marks = _marks(endpointer, [0.9] * 20 + [0.4] * 100)
    assert marks == [(8, Mark.STARTED)]
    assert _marks(_endpointer(), [0.4] * 100) == []


def test_begun_by_key_everything_belongs_to_it() -> None:
    """Silence before the speech ends nothing; the bounds keep 500 ms of it."""
    endpointer = _endpointer()
    endpointer.begin()
    assert _marks(endpointer, [0.0] * 4 * _SECOND) == []
    assert endpointer.bounds() == (0, 4 * _SECOND)
    _marks(endpointer, [1.0] * _SECOND + [0.0] * 30)
    assert len(endpointer) == 5 * _SECOND + 30
    assert endpointer.bounds() == (4 * _SECOND - 25, 5 * _SECOND + 12)


def test_what_is_speculated_on_is_what_comes_at_the_end() -> None:
    """The bounds at the pause and at the end-point are the same."""
    endpointer = _endpointer()
    endpointer.begin()
    _marks(endpointer, [1.0] * 50 + [0.0] * 12)
    at_pause = endpointer.bounds()
    assert _marks(endpointer, [0.0] * 38) == [(37, Mark.ENDED)]
    assert endpointer.bounds() == at_pause


def test_a_long_dictation_is_cut_in_its_last_pause() -> None:
    """Of pauses at 3, 6 and 9 s the last is taken, and no frame is lost or doubled."""
    endpointer = _endpointer(maximum_seconds=10)
    sentence = [1.0] * 140 + [0.0] * 10
    marks = _marks(endpointer, sentence * 3 + [1.0] * 50)
    assert marks[-1] == (499, Mark.TOO_LONG)
    assert endpointer.cut() == (445, False)
    assert len(endpointer) == 55
    assert endpointer.started
    assert _marks(endpointer, [0.0] * 50)[-1][1] is Mark.ENDED


def test_a_cut_says_whether_its_pause_was_marked() -> None:
    """A pause that was marked is being recognised already; a breath is not."""
    endpointer = _endpointer(maximum_seconds=10)
    marks = _marks(endpointer, [1.0] * 300 + [0.0] * 20 + [1.0] * 180)
    assert (311, Mark.PAUSED) in marks
    assert endpointer.cut() == (310, True)
    endpointer = _endpointer(maximum_seconds=10)
    _marks(endpointer, [1.0] * 300 + [0.0] * 20 + [1.0] * 20 + [0.0] * 10 + [1.0] * 150)
    assert endpointer.cut() == (345, False)


def test_a_pause_that_would_be_marked_by_the_frame_of_the_cut_is_not() -> None:
    """Nothing was recognised up to it: what was said before must not be taken for recognised."""
    endpointer = _endpointer(maximum_seconds=10)
    marks = _marks(endpointer, [1.0] * 200 + [0.0] * 20 + [1.0] * 268 + [0.0] * 12)
    assert [mark for _, mark in marks if mark is Mark.PAUSED] == [Mark.PAUSED]
    assert marks[-1] == (499, Mark.TOO_LONG)
    assert endpointer.cut() == (494, False)


def test_a_dictation_without_a_pause_is_cut_where_it_is() -> None:
    """Nothing is held back when nobody breathes."""
    endpointer = _endpointer(maximum_seconds=10)
    _marks(endpointer, [1.0] * 500)
    assert endpointer.cut() == (500, False)
    assert len(endpointer) == 0


def _utterances(pcm: list[bytes]) -> list[tuple[int, int]]:
    """Return the first and last frames of the utterances that are heard in a stream."""
    hearing = FrameAnalysis(WebrtcVad(), CaptureSettings(end_silence_ms=700))
    found: list[tuple[int, int]] = []
    start = 0
    for index, frame in enumerate(pcm):
        mark = hearing.hear(frame)
        if mark is Mark.STARTED:
            start = index + 1 - len(hearing.endpointer)
        elif mark is Mark.ENDED:
            found.append((start, index))
            hearing.restart()
    return found


@pytest.mark.parametrize(("dbfs", "cut_frames"), [(-70.0, 2), (-60.0, 2), (-50.0, 12)])
def test_clips_in_noise_are_found_whole(dbfs: float, cut_frames: int) -> None:
    """Each of thirty clips is heard, with its beginning, and no noise between them.

    40 ms into a soft beginning is exact; in the loudest noise soft beginnings are buried.
    """
    clips = sorted(CLIPS.glob("*_espeak_*.wav")) + sorted(CLIPS.glob("*_f*.wav"))
    silence = bytes(2 * 32_000)
    dry = b"".join(silence + read_wave(clip) for clip in clips) + silence
    room = noise(duration(dry), dbfs)
    wet = np.frombuffer(dry, "<i2").astype(int) + np.frombuffer(room, "<i2")
    found = _utterances(frames(wet.clip(-32_768, 32_767).astype("<i2").tobytes()))
    position = 0.0
    for clip in clips:
        sound = read_wave(clip)
        start = round((position + 2) * _SECOND) + _first_loud_frame(sound)
        position += 2 + duration(sound)
        end = position * _SECOND
        spans = [(first, last) for first, last in found if first < end and last > start]
        assert spans, f"{clip.name} was not heard"
        assert spans[0][0] <= start + cut_frames, f"the beginning of {clip.name} was cut off"
    assert len(found) <= len(clips) * 1.2


def _first_loud_frame(sound: bytes) -> int:
    levels = [measure(frame).dbfs for frame in frames(sound)]
    return next(index for index, level in enumerate(levels) if level > max(levels) - 15)


def test_steady_noise_alone_is_no_utterance() -> None:
    """Ten seconds of fan-like noise, soft or loud, start nothing."""
    for dbfs in (-70.0, -50.0, -35.0):
        assert _utterances(frames(noise(10, dbfs))) == []


def test_a_sentence_that_begins_at_once_keeps_its_first_syllable() -> None:
    """With no silence before it the utterance begins at the very first frame."""
    whole = frames(SENTENCE)
    talking = whole[_first_loud_frame(read_wave(SENTENCE)) :]
    assert _utterances(talking + frames(noise(1.5)))[0][0] == 0
