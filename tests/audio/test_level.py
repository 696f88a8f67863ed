"""Levels of known signals."""

from __future__ import annotations

import math
from array import array

import pytest

from codex_voice.audio.level import (
    SILENCE_DBFS,
    Level,
    LevelMeter,
    SpeechGate,
    Syllables,
    amplify,
    measure,
)
from codex_voice.pcm import FRAME_BYTES, FRAME_SAMPLES


def _sine(amplitude: float) -> bytes:
    samples = (amplitude * math.sin(2 * math.pi * i / 16) for i in range(FRAME_SAMPLES))
    return array("h", (round(s) for s in samples)).tobytes()


def test_a_full_scale_sine_has_minus_3_dbfs() -> None:
    """Power is measured against a full-scale square wave, peaks against full scale."""
    level = measure(_sine(32_767))
    assert level.dbfs == pytest.approx(-3.01, abs=0.02)
    assert level.peak_dbfs == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("decibels", [-6.0, -20.0, -60.0])
def test_a_quieter_sine_is_that_much_quieter(decibels: float) -> None:
    """The scale is linear in dB."""
    level = measure(_sine(32_767 * 10 ** (decibels / 20)))
    assert level.dbfs == pytest.approx(decibels - 3.01, abs=0.15)


def test_silence_has_the_lowest_level_and_the_most_negative_sample_the_highest() -> None:
    """-32768 squared does not overflow."""
    assert measure(bytes(FRAME_BYTES)) == Level(SILENCE_DBFS, SILENCE_DBFS, clipped=False)
    lowest = array("h", [-32_768] * FRAME_SAMPLES).tobytes()
    assert measure(lowest) == Level(0.0, 0.0, clipped=True)


def test_three_saturated_samples_in_a_row_are_clipping() -> None:
    """Two are a loud sound."""
    rest = [0] * (FRAME_SAMPLES - 3)
    assert not measure(array("h", [32_767, 32_767, 0, *rest]).tobytes()).clipped
    assert measure(array("h", [32_767, -32_768, 32_767, *rest]).tobytes()).clipped


def test_amplifying_adds_decibels_and_saturates() -> None:
    """It never wraps around."""
    assert measure(amplify(_sine(3277), 6)).dbfs == pytest.approx(-17.0, abs=0.05)
    assert measure(amplify(_sine(30_000), 20)).peak_dbfs == pytest.approx(0.0, abs=0.01)


def _level(dbfs: float, clipped: bool = False) -> Level:
    return Level(dbfs, dbfs, clipped)


def test_the_meter_rises_at_once_and_falls_20_db_a_second() -> None:
    """A second after a shout the bar is 20 dB lower, and the peak still held."""
    meter = LevelMeter()
    meter.push(_level(-10))
    assert meter.dbfs == -10
    for _ in range(50):
        meter.push(_level(-80))
    assert meter.dbfs == pytest.approx(-30)
    assert meter.peak_dbfs == -10
    for _ in range(50):
        meter.push(_level(-80))
    assert meter.peak_dbfs == pytest.approx(-30, abs=0.5)


def test_clipping_is_said_of_a_voice_and_not_of_a_click() -> None:
    """One clipped frame is let pass; 2 % of the voice is too much."""
    meter = LevelMeter()
    for index in range(200):
        meter.push(_level(-20, clipped=index == 100))
    assert not meter.clipping
    for index in range(200):
        meter.push(_level(-20, clipped=index % 50 == 0))
    assert meter.clipping


def test_the_gate_opens_at_the_threshold_before_the_room_is_known() -> None:
    """Speech at the very first sample passes."""
    gate = SpeechGate(-55)
    assert gate.passes(_level(-50))
    assert not gate.passes(_level(-60))


def test_the_gate_learns_the_noise_of_the_room() -> None:
    """After seconds of noise only what is 6 dB louder passes; loud noise asks for -40 at most."""
    gate = SpeechGate(-70)
    for _ in range(150):
        gate.passes(_level(-60))
    assert gate.dbfs == -54
    for _ in range(500):
        gate.passes(_level(-30))
    assert gate.dbfs == -40


def test_a_syllable_begins_where_the_level_rises() -> None:
    """While it rises, not in steady sound, and not while it dies away."""
    syllables = Syllables()
    steady = [syllables.begins(Level(dbfs, dbfs, False)) for dbfs in (-50.0, -50.3, -49.8, -50.1)]
    rising = [syllables.begins(Level(dbfs, dbfs, False)) for dbfs in (-47.0, -42.0, -40.0)]
    falling = [syllables.begins(Level(dbfs, dbfs, False)) for dbfs in (-41.0, -44.0, -48.0)]
    assert (steady, rising, falling) == ([False] * 4, [False, True, True], [False] * 3)
