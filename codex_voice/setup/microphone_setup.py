"""Choosing a microphone with a meter, and measuring room and voice, on the command line."""

from __future__ import annotations

import dataclasses
import queue
import sys
from collections.abc import Callable, Sequence

from codex_voice.audio.calibration import QUIET_SECONDS, SPEECH_SECONDS, CalibrationStep, calibrate
from codex_voice.audio.level import SILENCE_DBFS, Level
from codex_voice.audio.level_monitor import REPORT_MS, LevelMonitor
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.config.schema import AudioConfig
from codex_voice.errors import AudioError, MicrophoneSilent, MicrophoneUnavailable
from codex_voice.setup.questions import Questions

METER_SECONDS = 4.0
_METER_COLUMNS = 30
# The left end of the meter; quieter rooms are rare.
_FLOOR_DBFS = -60.0
_PATIENCE_SECONDS = 5.0
_CLOSING_SECONDS = 2.0

ANNOUNCEMENTS = {
    CalibrationStep.QUIET: f"Please be quiet for {QUIET_SECONDS:.0f} seconds ...",
    CalibrationStep.SPEECH: f"Now speak for {SPEECH_SECONDS:.0f} seconds ...",
}

FindSource = Callable[[str], FrameSource]


def choose_microphone(
    names: Sequence[str], current: str, questions: Questions, find_source: FindSource
) -> str:
    """Let a microphone be chosen while its meter shows what it hears.

    Args:
        names: The microphones there are.
        current: The configured one; "" is the system's default.
        questions: Chooses, and says whether it is the right one.
        find_source: Gives the microphone of a name.

    Returns:
        The name of the one that was chosen; "" for the system's default.
    """
    wanted = ["", *names]
    labels = ["the system's default", *names]
    if current in wanted:
        # The first one is what Enter takes.
        place = wanted.index(current)
        wanted.insert(0, wanted.pop(place))
        labels.insert(0, labels.pop(place))
    while True:
        chosen = 0
        if len(names) > 1:
            chosen = questions.choose("Which microphone?", labels)
        name = wanted[chosen]
        try:
            show_level(name, find_source)
        except AudioError as error:
            print(error, flush=True)
        if len(names) <= 1 or questions.ask("Did the meter move while you spoke?", default=True):
            return name


def show_level(name: str, find_source: FindSource, seconds: float = METER_SECONDS) -> float:
    """Show a meter of what a microphone hears, for some seconds of sound.

    Returns:
        The level of the loudest frame, in dBFS.

    Raises:
        AudioError: It cannot be opened, gives no sound, or exact silence.
    """
    reports: queue.SimpleQueue[Level | AudioError] = queue.SimpleQueue()
    opened: list[FrameSource] = []

    def open_source() -> FrameSource:
        opened.append(find_source(name))
        return opened[0]

    monitor = LevelMonitor(open_source, reports.put)
    loudest = SILENCE_DBFS
    print("Say something:", flush=True)
    try:
        for _ in range(round(1000 * seconds / REPORT_MS)):
            try:
                report = reports.get(timeout=_PATIENCE_SECONDS)
            except queue.Empty:
                raise MicrophoneUnavailable(
                    f"{name or 'the microphone'} gives no sound", "is it still connected?"
                ) from None
            if isinstance(report, AudioError):
                raise report
            loudest = max(loudest, report.dbfs)
            if sys.stdout.isatty():
                print(f"\r{meter(report.dbfs)}", end="", flush=True)
    finally:
        monitor.close()
        monitor.join(_CLOSING_SECONDS)
        if sys.stdout.isatty():
            print()
    called = opened[0].name
    if loudest <= SILENCE_DBFS:
        raise MicrophoneSilent(f"{called} gives exact silence", "is it muted?")
    print(f"{called}: {loudest:.0f} dBFS at the loudest", flush=True)
    return loudest


def meter(dbfs: float) -> str:
    """Return a level as a bar of letters that every terminal has, and its number."""
    share = min(1.0, max(0.0, (dbfs - _FLOOR_DBFS) / -_FLOOR_DBFS))
    filled = round(share * _METER_COLUMNS)
    return f"[{'#' * filled}{'-' * (_METER_COLUMNS - filled)}] {dbfs:4.0f} dBFS"


def measure_room(audio: AudioConfig, find_source: FindSource) -> AudioConfig:
    """Measure room and voice, say what was found, and return what follows from it.

    Raises:
        AudioError: The microphone cannot be opened, gives no sound, or exact silence.
    """
    source = find_source(audio.device)
    print(f"Microphone: {source.name}")
    measured = calibrate(source, lambda step: print(ANNOUNCEMENTS[step], flush=True))
    if measured.speech_dbfs <= SILENCE_DBFS:
        raise MicrophoneUnavailable(
            f"{source.name} gives exact silence", "is it muted, or is another one meant?"
        )
    levels = f"Room {measured.noise_dbfs:.0f} dBFS, voice {measured.speech_dbfs:.0f} dBFS"
    if measured.separable:
        print(f"{levels}: threshold {measured.threshold_dbfs:.0f} dBFS")
    else:
        print(f"{levels}: no threshold parts them, so the one in use stays")
    for warning in measured.warnings:
        print(f"Warning: {warning}")
    if not measured.separable:
        return audio
    return dataclasses.replace(audio, threshold_dbfs=measured.threshold_dbfs)
