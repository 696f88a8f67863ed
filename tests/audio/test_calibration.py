"""Calibration, on rooms and voices whose levels are known."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from codex_voice.audio.calibration import Calibration, CalibrationStep, calibrate
from codex_voice.config.schema import AudioConfig
from codex_voice.errors import MicrophoneUnavailable
from codex_voice.pcm import SAMPLE_RATE
from tests.audio.scripted import frames, noise


class _Person:
    """Is quiet while the room is measured, and speaks when asked to."""

    name = "person"
    active = True

    def __init__(self, room: bytes, voice: bytes) -> None:
        self._room = frames(room)
        self._voice = frames(voice)
        self._deliver: Callable[[bytes], None] = lambda _frame: None

    def open(self, deliver: Callable[[bytes], None]) -> None:
        self._deliver = deliver
        for frame in self._room:
            deliver(frame)

    def close(self) -> None:
        """Nothing is held."""

    def announce(self, step: CalibrationStep) -> None:
        if step is CalibrationStep.SPEECH:
            for frame in self._voice:
                self._deliver(frame)


def _calibrate(room_dbfs: float, voice_dbfs: float) -> Calibration:
    person = _Person(noise(2.3, room_dbfs), noise(3, voice_dbfs))
    return calibrate(person, person.announce)


def test_a_good_voice_in_a_quiet_room() -> None:
    """The threshold lies well between the two."""
    result = _calibrate(-65, -25)
    assert result.floor_dbfs == pytest.approx(-65, abs=1)
    assert result.speech_dbfs == pytest.approx(-25, abs=1)
    assert result.snr_db == pytest.approx(40, abs=2)
    assert result.threshold_dbfs == pytest.approx(-49, abs=2)
    assert result.good


@pytest.mark.parametrize(
    ("room_dbfs", "voice_dbfs", "word"),
    [
        (-35, -30, "hardly stands out"),
        (-30, -30, "closer"),
        (-26, -36, "louder than the voice"),
        (-20, -60, "louder than the voice"),
        (-60, -55, "hardly stands out"),
    ],
)
def test_a_voice_that_does_not_stand_out(room_dbfs: float, voice_dbfs: float, word: str) -> None:
    """It is said, and no threshold is made up that would keep the voice out with the room."""
    result = _calibrate(room_dbfs, voice_dbfs)
    assert word in result.warnings[0]
    assert not result.separable
    assert result.threshold_dbfs == AudioConfig().threshold_dbfs


@pytest.mark.parametrize(("room_dbfs", "voice_dbfs"), [(-65, -25), (-50, -38), (-40, -20)])
def test_a_threshold_lets_the_voice_pass(room_dbfs: float, voice_dbfs: float) -> None:
    """Its soft frames included."""
    result = _calibrate(room_dbfs, voice_dbfs)
    assert result.separable
    assert result.threshold_dbfs <= voice_dbfs - 9


@pytest.mark.parametrize(("voice_dbfs", "word"), [(-50.0, "faint"), (2.0, "clipped")])
def test_input_levels_that_are_wrong(voice_dbfs: float, word: str) -> None:
    """Too low and too high are told apart."""
    assert word in " ".join(_calibrate(-80, voice_dbfs).warnings)


def test_a_muted_microphone() -> None:
    """Exact zeros are no quiet room."""
    person = _Person(bytes(2 * SAMPLE_RATE * 3), bytes(2 * SAMPLE_RATE * 3))
    assert "muted" in calibrate(person, person.announce).warnings[0]


def test_a_microphone_that_gives_nothing_is_closed_again() -> None:
    """It is an error, not a wait for ever."""
    closed = threading.Event()
    person = _Person(b"", b"")
    person.close = closed.set  # type: ignore[method-assign]
    with pytest.raises(MicrophoneUnavailable, match="person"):
        calibrate(person, person.announce)
    assert closed.is_set()
