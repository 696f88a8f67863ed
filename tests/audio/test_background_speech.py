"""How far speech stands out from the room: measured on sound whose levels are known."""

from __future__ import annotations

import pytest

from codex_voice.audio.background_speech import LEAST_PROMINENCE_DB, prominence
from codex_voice.pcm import FRAME_SECONDS
from tests.audio.scripted import noise


def _marks(*seconds: tuple[float, bool]) -> list[bool]:
    """Return a mark for each frame of stretches that are speech or not."""
    return [speech for length, speech in seconds for _ in range(round(length / FRAME_SECONDS))]


@pytest.mark.parametrize("above", [0.0, 6.0, 20.0])
def test_it_is_the_difference_of_speech_and_room(above: float) -> None:
    """In steady sound, whatever the level."""
    for room in (-60.0, -30.0):
        sound = noise(0.5, room) + noise(1, room + above, seed=1) + noise(1, room, seed=2)
        marks = _marks((0.5, False), (1, True), (1, False))
        assert prominence(sound, marks) == pytest.approx(above, abs=1)


def test_a_short_word_is_as_prominent_among_much_that_is_not() -> None:
    """A detector may take babble for speech too; the loudest 400 ms count, wherever they are."""
    sound = noise(4, -36) + noise(0.4, -26, seed=1) + noise(5, -36, seed=2)
    marks = _marks((0.4, False), (8, True), (1, False))
    found = prominence(sound, marks)
    assert found is not None
    assert found > LEAST_PROMINENCE_DB


def test_a_noise_before_or_after_takes_nothing_from_the_voice() -> None:
    """A cough, a chair, a door: louder than the voice, but only on one side of it."""
    cough, quiet, voice = noise(0.4, -10, seed=1), noise(0.6, -50, seed=2), noise(1, -26)
    for sound, marks in (
        (cough + voice + quiet, _marks((0.4, False), (1, True), (0.6, False))),
        (voice + quiet + cough, _marks((1, True), (1, False))),
    ):
        found = prominence(sound, marks)
        assert found is not None
        assert found > 20


def test_without_the_room_nothing_is_known() -> None:
    """Somebody who speaks from the first frame to the last is not blamed for it."""
    assert prominence(noise(2, -26), _marks((1.7, True), (0.3, False))) is None


def test_what_never_falls_silent_is_the_room() -> None:
    """Whoever speaks for ten seconds draws breath."""
    assert prominence(noise(12, -26), _marks((0.4, False), (11.6, True))) == 0.0
    breathing = _marks((0.4, False), *[(3.0, True), (0.4, False)] * 3)
    assert prominence(noise(10.6, -26), breathing) != 0.0


def test_digital_silence_is_a_quiet_room() -> None:
    """A microphone with a noise gate gives zeros between the words."""
    found = prominence(noise(1, -26) + bytes(32_000), _marks((1, True), (1, False)))
    assert found == pytest.approx(70, abs=1)
