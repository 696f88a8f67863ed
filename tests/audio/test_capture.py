"""The capture thread, with a microphone that does what the test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from codex_voice.audio.capture import Capture, CaptureSettings
from codex_voice.audio.endpointing import Onset
from codex_voice.audio.events import (
    Cancelled,
    Closed,
    DeviceBack,
    DeviceTrouble,
    LevelChanged,
    NothingHeard,
    Opened,
    PartialAudio,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.level import measure
from codex_voice.audio.segmenter import Segmenter
from codex_voice.audio.source_condition import KnownCondition
from codex_voice.audio.sources import supervisor
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.audio.utterance import EndReason, Utterance
from codex_voice.errors import MicrophoneUnavailable
from codex_voice.pcm import Framer
from tests.audio.scripted import (
    CLIPS,
    JFK,
    SENTENCE,
    EventLog,
    ScriptedSource,
    duration,
    frames,
    noise,
)

MakeCapture = Callable[..., Capture]


class MemoryRecorder:
    """Keeps recordings in memory."""

    def __init__(self) -> None:
        self.sound: dict[str, bytes] = {}
        self.finished: list[str] = []
        self.discarded: list[str] = []

    def begin(self, utterance_id: str) -> None:
        """Begin one."""
        self.sound[utterance_id] = b""

    def append(self, utterance_id: str, frame: bytes) -> None:
        """Add to it."""
        self.sound[utterance_id] += frame

    def finish(self, utterance_id: str, length: int | None = None) -> None:
        """Close it."""
        self.sound[utterance_id] = self.sound[utterance_id][:length]
        self.finished.append(utterance_id)

    def discard(self, utterance_id: str) -> None:
        """Delete it."""
        self.discarded.append(utterance_id)


class Credulous:
    """A detector that takes everything for speech."""

    onset = Onset(speech_ms=100, window_ms=160)

    def probability(self, _frame: bytes) -> float:
        """Believe it."""
        return 1.0

    def reset(self) -> None:
        """Forget nothing."""

    def close(self) -> None:
        """Give nothing back."""


@pytest.fixture
def source() -> ScriptedSource:
    """Return the microphone."""
    return ScriptedSource()


@pytest.fixture
def log() -> EventLog:
    """Return what the capture told."""
    return EventLog()


@pytest.fixture
def recorder() -> MemoryRecorder:
    """Return what is on disk."""
    return MemoryRecorder()


@pytest.fixture
def make_capture(
    source: ScriptedSource,
    log: EventLog,
    recorder: MemoryRecorder,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MakeCapture]:
    """Make captures that are closed afterwards.

    They wait for a test that is held up: only a `watched` one notices that no frames come.
    """
    captures: list[Capture] = []

    def make(settings: CaptureSettings | None = None, watched: bool = False) -> Capture:
        if not watched:
            monkeypatch.setattr(supervisor, "CHECK_SECONDS", 3600.0)
        capture = Capture(lambda: source, settings or CaptureSettings(), log.post, recorder)
        captures.append(capture)
        return capture

    yield make
    for capture in captures:
        capture.close()


def _samples(pcm: bytes) -> np.typing.NDArray[np.int16]:
    return np.frombuffer(pcm, "<i2")


def test_a_tapped_utterance_ends_with_the_speech(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog, recorder: MemoryRecorder
) -> None:
    """It opens the microphone, tells each step, and closes the microphone again."""
    make_capture().listen()
    source.speak(SENTENCE, noise(1.5))
    utterance = log.wait_for(UtteranceEnded).utterance
    log.wait_for(Closed)
    assert source.closed.wait(60)
    assert log.wait_for(Opened).name == "scripted"
    assert log.wait_for(SpeechStarted).utterance_id == utterance.id
    assert log.all(SpeechPaused)[-1].pcm == utterance.pcm
    assert utterance.reason is EndReason.ENDPOINT
    assert utterance.pcm in read_wave(SENTENCE) + noise(1.5)
    assert utterance.trailing_silence_seconds == pytest.approx(1.0)
    assert 2.0 < utterance.speech_seconds < duration(utterance.pcm)
    assert recorder.finished == [utterance.id]
    assert utterance.pcm in recorder.sound[utterance.id]


def test_speech_at_the_very_first_sample_is_kept(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Every frame from the first one on belongs to a tapped utterance."""
    talking = b"".join(frames(SENTENCE)[65:])
    make_capture().listen()
    source.speak(talking, noise(1.5))
    assert log.wait_for(UtteranceEnded).utterance.pcm[:32_000] == talking[:32_000]


def test_the_key_ends_it_with_what_is_still_on_its_way(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """In the middle of a word two more frames are taken; no silence is cut off."""
    spoken = b"".join(frames(SENTENCE)[65:105])
    on_its_way = frames(SENTENCE)[105:110]
    capture = make_capture()
    capture.listen(ends_by_itself=False)
    source.speak(spoken)
    capture.finish()
    source.trail(b"".join(on_its_way))
    utterance = log.wait_for(UtteranceEnded).utterance
    assert utterance.reason is EndReason.FINISHED
    assert utterance.pcm == spoken + b"".join(on_its_way[:2])


def test_a_key_in_a_quiet_pause_ends_what_was_there_at_the_pause(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """What is recognised since the pause is the whole utterance, and need not be done again."""
    capture = make_capture()
    capture.listen(ends_by_itself=False)
    source.speak(SENTENCE, noise(0.4, -70))
    log.wait_for(SpeechPaused)
    capture.finish()
    utterance = log.wait_for(UtteranceEnded).utterance
    assert utterance.reason is EndReason.FINISHED
    assert utterance.complete_at_pause
    assert utterance.pcm == log.all(SpeechPaused)[-1].pcm


def test_a_key_in_a_pause_keeps_a_sound_too_soft_for_the_detector(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """The beginning of a word may be in it."""
    onset = noise(0.04, -58)
    capture = make_capture()
    capture.listen(ends_by_itself=False)
    source.speak(SENTENCE, noise(0.6, -70), onset)
    capture.finish()
    utterance = log.wait_for(UtteranceEnded).utterance
    assert utterance.trailing_silence_seconds > 0.5
    assert not utterance.complete_at_pause
    assert onset in utterance.pcm


def test_held_down_silence_ends_nothing(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Whoever holds the key may think for as long as they like, also after a command."""
    capture = make_capture()
    capture.listen(ends_by_itself=False)
    source.speak(SENTENCE, noise(1.5))
    capture.endpoint(log.wait_for(SpeechPaused).utterance_id)
    source.speak(noise(1.5), SENTENCE)
    log.wait_for(SpeechResumed)
    capture.finish()
    utterance = log.wait_for(UtteranceEnded).utterance
    assert log.all(NothingHeard) == []
    assert duration(utterance.pcm) > 9


def test_when_nobody_speaks_it_gives_up(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog, recorder: MemoryRecorder
) -> None:
    """After eight seconds of quiet: nothing was heard, nothing is kept."""
    make_capture().listen()
    source.speak(noise(8.1, -70))
    log.wait_for(NothingHeard)
    log.wait_for(Closed)
    assert recorder.discarded == list(recorder.sound)
    assert log.all(UtteranceEnded) == []


def test_a_slip_of_the_finger_is_nothing(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """A second tap in a quiet room gives no utterance; a whisper does."""
    capture = make_capture()
    capture.listen()
    source.speak(noise(0.4, -70))
    capture.finish()
    log.wait_for(NothingHeard)
    log.wait_for(Closed)
    assert source.closed.wait(60)
    capture.listen()
    source.speak(noise(0.4, -50))
    capture.finish()
    assert log.wait_for(UtteranceEnded).utterance.speech_seconds < 0.4


@pytest.mark.parametrize("hands_free", [False, True])
def test_what_is_cancelled_is_kept(
    make_capture: MakeCapture,
    source: ScriptedSource,
    log: EventLog,
    recorder: MemoryRecorder,
    hands_free: bool,
) -> None:
    """Its sound is on disk and in the event; it is not recognised."""
    capture = make_capture()
    if hands_free:
        capture.monitor(True)
    else:
        capture.listen()
    source.speak(noise(1, -70), SENTENCE)
    capture.cancel()
    cancelled = log.wait_for(Cancelled)
    assert recorder.discarded == []
    assert recorder.finished == [cancelled.utterance_id]
    assert b"".join(frames(noise(1, -70), SENTENCE)[50 + 65 : 50 + 180]) in cancelled.pcm
    assert log.all(UtteranceEnded) == []


def test_a_cancelled_silence_leaves_nothing(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog, recorder: MemoryRecorder
) -> None:
    """Nothing was said that could be brought back."""
    capture = make_capture()
    capture.listen()
    source.speak(noise(1, -70))
    capture.cancel()
    cancelled = log.wait_for(Cancelled)
    log.wait_for(Closed)
    assert cancelled.pcm == b""
    assert recorder.discarded == [cancelled.utterance_id]


def test_a_tap_that_turns_out_to_be_a_hold_waits_for_its_end(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Silence ends it no more."""
    capture = make_capture()
    capture.listen()
    capture.hold()
    source.speak(SENTENCE, noise(1.5), SENTENCE)
    log.wait_for(SpeechResumed)
    capture.finish()
    assert duration(log.wait_for(UtteranceEnded).utterance.pcm) > 8


def test_only_what_its_speaker_ended_is_complete(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Of a long dictation only the last piece; none of them is all that was said."""
    capture = make_capture(CaptureSettings(maximum_seconds=15))
    capture.listen(ends_by_itself=False)
    source.speak(read_wave(JFK) * 2)
    capture.finish()
    source.trail(noise(0.1))
    first, second = (log.wait_for(UtteranceEnded, count=count).utterance for count in (1, 2))
    assert (first.reason, first.complete, first.whole) == (EndReason.CUT, False, False)
    assert (second.reason, second.complete, second.whole) == (EndReason.FINISHED, True, False)


def test_a_long_dictation_that_ends_with_a_silence_says_so(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """The last piece holds nothing, and yet its speaker has finished."""
    capture = make_capture(CaptureSettings(maximum_seconds=15))
    capture.listen(ends_by_itself=False)
    source.speak(read_wave(JFK), noise(4.5, -70))
    log.wait_for(UtteranceEnded)
    capture.finish()
    source.trail(noise(0.1, -70))
    assert log.wait_for(NothingHeard).continued


def test_a_quiet_room_posts_nothing(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Hands-free with nobody speaking wakes the event loop for nothing."""
    capture = make_capture()
    capture.monitor(True)
    log.wait_for(Opened)
    source.speak(noise(5, -70))
    capture.monitor(False)
    log.wait_for(Closed)
    assert log.all(LevelChanged) == []


def test_hands_free_cuts_one_utterance_after_the_other(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Two sentences are two utterances, each whole, and the microphone stays open."""
    capture = make_capture()
    capture.monitor(True)
    source.speak(noise(1), SENTENCE, noise(2), JFK, noise(2))
    log.wait_for(UtteranceEnded, count=2)
    first, second = (ended.utterance for ended in log.all(UtteranceEnded)[:2])
    talking = b"".join(frames(noise(1), SENTENCE)[50 + 64 : 50 + 180])
    assert talking in first.pcm
    assert first.id != second.id
    assert log.all(Closed) == []
    capture.monitor(False)
    log.wait_for(Closed)


def test_hands_free_tells_how_far_a_voice_stands_out(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Also of the pieces of a long dictation; by key it does not matter, and is not told."""
    capture = make_capture(CaptureSettings(end_silence_ms=2000, maximum_seconds=15))
    capture.monitor(True)
    source.speak(noise(1), read_wave(JFK) * 2, noise(3))
    log.wait_for(UtteranceEnded, count=2)
    capture.monitor(False)
    log.wait_for(Closed)
    capture.listen()
    source.speak(SENTENCE, noise(2.5))
    *pieces, by_key = (log.wait_for(UtteranceEnded, count=count).utterance for count in range(1, 4))
    assert [piece.continues for piece in pieces] == [True, False]
    for piece in pieces:
        assert piece.prominence_db is not None
        assert piece.prominence_db > 15
    assert by_key.prominence_db is None
    assert not by_key.overheard


def test_the_first_syllable_survives_hands_free(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """300 ms before the detector's window belong to the utterance, sample for sample."""
    make_capture().monitor(True)
    source.speak(noise(1), b"".join(frames(SENTENCE)[65:]), noise(2))
    assert b"".join(frames(SENTENCE)[65:70]) in log.wait_for(UtteranceEnded).utterance.pcm


def test_a_sentence_may_begin_in_the_moment_in_which_the_one_before_ends(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """However long the pause: its first sounds, too soft for the detector, are in one of them."""
    spoken = frames(CLIPS / "10_espeak_print_the_size.wav")[5:68]
    sentence, first_sounds = b"".join(spoken), b"".join(spoken[:3])
    pauses = [0.02 * count for count in range(45, 60)]
    capture = make_capture()
    capture.monitor(True)
    source.speak(noise(1, -70), *(sentence + noise(pause, -70) for pause in pauses))
    capture.monitor(False)
    log.wait_for(Closed)
    heard = b"".join(ended.utterance.pcm for ended in log.all(UtteranceEnded))
    assert heard.count(first_sounds) == len(pauses)


def test_an_open_microphone_gives_pre_roll(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """With `keep_open`, who speaks and then presses the key loses nothing of 300 ms."""
    capture = make_capture(CaptureSettings(keep_open=True))
    log.wait_for(Opened)
    before, after = frames(SENTENCE)[65:80], frames(SENTENCE)[80:]
    source.speak(noise(1), b"".join(before))
    capture.listen()
    log.wait_for(Opened, count=2)
    source.speak(b"".join(after), noise(1.5))
    utterance = log.wait_for(UtteranceEnded).utterance
    assert utterance.pcm.startswith(b"".join(before))
    assert log.all(Closed) == []


def test_two_minutes_of_dictation_lose_nothing(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog, recorder: MemoryRecorder
) -> None:
    """Cut in pauses, the pieces put together are the sound that went in."""
    speech = read_wave(JFK)
    spoken = speech * 11
    make_capture().listen(ends_by_itself=False)
    source.speak(spoken)
    log.wait_for(UtteranceEnded, count=4, timeout=60)
    pieces = [ended.utterance for ended in log.all(UtteranceEnded)]
    assert all(piece.continues and piece.reason is EndReason.CUT for piece in pieces)
    assert all(15 < duration(piece.pcm) <= 30 for piece in pieces)
    joined = b"".join(piece.pcm for piece in pieces)
    assert joined == spoken[: len(joined)]
    recorded = b"".join(recorder.sound[piece.id] for piece in pieces)
    assert recorded == spoken[: len(recorded)]
    # What was left over is being recorded as the next utterance already.
    assert list(recorder.sound)[: len(pieces)] == [piece.id for piece in pieces]
    assert len(recorder.sound) == len(pieces) + 1


def test_a_command_can_be_ended_early(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """`endpoint` ends the utterance it names, and no other."""
    capture = make_capture()
    capture.listen()
    source.speak(CLIPS / "16_flite_mute.wav", noise(0.3))
    paused = log.wait_for(SpeechPaused)
    capture.endpoint("another")
    capture.endpoint(paused.utterance_id)
    utterance = log.wait_for(UtteranceEnded).utterance
    assert (utterance.id, utterance.reason) == (paused.utterance_id, EndReason.ENDPOINT)


def test_a_snapshot_is_the_sound_up_to_the_beginning_of_a_syllable(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Partial text is recognised from it, while somebody surely speaks."""
    before, after = frames(SENTENCE)[65:105], frames(SENTENCE)[105:]
    capture = make_capture()
    capture.listen()
    source.speak(b"".join(before))
    capture.snapshot()
    source.speak(b"".join(after))
    snapshot = log.wait_for(PartialAudio).pcm
    assert b"".join(before + after).startswith(snapshot)
    *quiet, last = (measure(frame).dbfs for frame in Framer().push(snapshot)[-6:])
    assert last >= min(quiet) + 6


def test_a_snapshot_waits_half_a_second_for_a_syllable(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """In noise none may stand out."""
    capture = make_capture(CaptureSettings(key_vad=Credulous))
    capture.listen()
    source.speak(noise(1, -30))
    capture.snapshot()
    source.speak(noise(1, -30, seed=1))
    assert duration(log.wait_for(PartialAudio).pcm) == pytest.approx(1.5, abs=0.03)


def test_a_snapshot_asked_for_in_a_pause_comes_when_speech_goes_on(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """The pause may be the end: the recogniser is left free for the whole utterance."""
    capture = make_capture()
    capture.listen(ends_by_itself=False)
    source.speak(SENTENCE, noise(0.5, -70))
    log.wait_for(SpeechPaused)
    capture.snapshot()
    source.speak(noise(0.5, -70))
    source.speak(b"".join(frames(SENTENCE)[65:105]))
    log.wait_for(SpeechResumed)
    snapshot = log.wait_for(PartialAudio)
    assert duration(snapshot.pcm) > duration(log.all(SpeechPaused)[-1].pcm) + 0.5


def test_our_own_sounds_are_not_heard(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """In hands-free what comes while an earcon sounds begins nothing."""
    capture = make_capture()
    capture.monitor(True)
    log.wait_for(Opened)
    capture.suppress(60)
    source.speak(SENTENCE, noise(1.5))
    capture.monitor(False)
    log.wait_for(Closed)
    assert log.all(SpeechStarted) == []


def test_muting_closes_the_microphone_and_keeps_what_was_said(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """The system's indicator goes out; unmuting opens it again."""
    capture = make_capture()
    capture.monitor(True)
    source.speak(noise(1), b"".join(frames(SENTENCE)[65:120]))
    log.wait_for(SpeechStarted)
    capture.mute(True)
    assert log.wait_for(UtteranceEnded).utterance.reason is EndReason.FINISHED
    log.wait_for(Closed)
    assert source.closed.wait(60)
    capture.mute(False)
    log.wait_for(Opened, count=2)


def test_who_speaks_at_once_after_muting_is_heard(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Nothing of before is taken for what came just before the words."""
    capture = make_capture()
    capture.monitor(True)
    source.speak(noise(1))
    capture.mute(True)
    log.wait_for(Closed)
    assert source.closed.wait(60)
    capture.mute(False)
    log.wait_for(Opened, count=2)
    talking = b"".join(frames(SENTENCE)[65:])
    source.speak(talking, noise(1.5))
    utterance = log.wait_for(UtteranceEnded).utterance
    assert utterance.pcm.startswith(talking[:32_000])
    assert not utterance.overheard


def test_gain_makes_a_quiet_microphone_louder(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """20 dB are a factor of ten in what is recognised."""
    quiet = (_samples(read_wave(SENTENCE)) // 10).astype("<i2").tobytes()
    make_capture(CaptureSettings(gain_db=20)).listen()
    source.speak(quiet, noise(1.5, -80))
    loudest = int(np.abs(_samples(log.wait_for(UtteranceEnded).utterance.pcm)).max())
    assert loudest == pytest.approx(10 * int(np.abs(_samples(quiet)).max()), rel=0.01)


def test_the_level_is_told_a_dozen_times_a_second(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Not once a frame, and with the length of the utterance."""
    make_capture().listen(ends_by_itself=False)
    source.speak(noise(4, -30))
    last = log.wait_for(LevelChanged, count=50)
    assert last.dbfs == pytest.approx(-30, abs=1)
    assert last.elapsed == pytest.approx(4.0, abs=0.1)


def test_a_microphone_that_cannot_be_opened_is_told(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """By key once and done; hands-free it is tried again until it is there."""
    source.error = MicrophoneUnavailable("no microphone")
    capture = make_capture()
    capture.listen()
    assert log.wait_for(DeviceTrouble).error is source.error
    log.wait_for(Cancelled)
    log.wait_for(Closed)
    capture.monitor(True)
    log.wait_for(DeviceTrouble)
    source.error = None
    source.speak(noise(0.5))
    log.wait_for(DeviceBack)


def test_a_microphone_that_goes_away_leaves_what_was_said(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """By key the capture is over; the words are not lost."""
    spoken = b"".join(frames(SENTENCE)[65:120])
    make_capture(watched=True).listen()
    source.speak(spoken)
    source.active = False
    log.wait_for(DeviceTrouble)
    utterance = log.wait_for(UtteranceEnded).utterance
    log.wait_for(Closed)
    assert (utterance.pcm, utterance.reason) == (spoken, EndReason.LOST)
    assert not utterance.complete


def test_a_key_behind_the_end_of_the_microphone_came_too_late(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Whoever has not seen yet that it is gone ends half a sentence."""
    capture = make_capture(watched=True)
    capture.listen(ends_by_itself=False)
    source.speak(b"".join(frames(SENTENCE)[65:120]))
    source.active = False
    capture.finish()
    utterance = log.wait_for(UtteranceEnded).utterance
    assert (utterance.reason, utterance.complete) == (EndReason.LOST, False)


def test_a_key_while_the_microphone_does_not_answer_waits_for_what_it_holds_back() -> None:
    """The end of the sentence is in that; where it never comes, the sentence was cut short."""
    log = EventLog()
    spoken = frames(SENTENCE)[65:120]

    def segmenter(condition: KnownCondition) -> Segmenter:
        made = Segmenter(CaptureSettings(), log.post, None, lambda: None, condition)
        made.begin(ends_by_itself=False)
        for frame in spoken:
            made.hear(frame, deaf=False)
        made.finish()
        made.finish_without_tail()
        return made

    hanging = segmenter(KnownCondition(stalled_seconds=1.0))
    assert log.all(UtteranceEnded) == []
    for frame in frames(SENTENCE)[120:180]:
        hanging.hear(frame, deaf=False)
    assert duration(log.wait_for(UtteranceEnded).utterance.pcm) > 2
    assert log.wait_for(UtteranceEnded).utterance.complete
    segmenter(KnownCondition(stalled_seconds=1.0)).end(EndReason.LOST)
    assert not log.wait_for(UtteranceEnded, count=2).utterance.complete
    segmenter(KnownCondition())
    assert log.wait_for(UtteranceEnded, count=3).utterance.complete


@dataclass
class ChangingCondition:
    """The condition of a source that a test changes."""

    stopped: bool = False
    interruptions: int = 0
    ended: bool = False
    stalled_seconds: float = 0.0


@pytest.mark.parametrize("how", ["tap", "hold", "hands-free"])
def test_what_a_suspended_program_did_not_hear_was_cut_short(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog, how: str
) -> None:
    """Nothing that comes after it goes on belongs to that sentence, and silence does not end it."""
    capture = make_capture()
    spoken = b"".join(frames(SENTENCE)[65:120])
    if how == "hands-free":
        capture.monitor(True)
    else:
        capture.listen(ends_by_itself=how == "tap")
    source.speak(spoken)
    capture.suspend()
    source.trail(spoken, bytes(64_000))
    utterance = log.wait_for(UtteranceEnded).utterance
    assert (utterance.reason, utterance.complete) == (EndReason.SUSPENDED, False)
    assert spoken.endswith(utterance.pcm)


def test_a_program_that_is_suspended_while_nobody_speaks_reports_nothing(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """And the next utterance is one like any other."""
    capture = make_capture()
    capture.suspend()
    capture.listen()
    source.speak(b"".join(frames(SENTENCE)[65:120]))
    capture.finish()
    source.trail(noise(0.1))
    assert log.wait_for(UtteranceEnded).utterance.complete
    assert len(log.all(UtteranceEnded)) == 1
    assert not log.all(NothingHeard)
    assert not log.all(Cancelled)


@pytest.mark.parametrize("reason", [EndReason.FINISHED, EndReason.ENDPOINT])
def test_an_utterance_whose_microphone_was_opened_anew_for_its_zeros_was_cut_short(
    reason: EndReason,
) -> None:
    """The new stream knows nothing of the old one's sound, and what came between is not known.

    The next utterance, and one that began after it, is whole; of a long one that was cut in
    pieces the last is not.
    """
    log = EventLog()
    source = ChangingCondition()
    segmenter = Segmenter(
        replace(CaptureSettings(), maximum_seconds=10.0), log.post, None, lambda: None, source
    )

    def spoken_after(interruptions: int, seconds: float) -> Utterance:
        segmenter.begin(ends_by_itself=False)
        for frame in frames(SENTENCE)[65:120]:
            segmenter.hear(frame, deaf=False)
        source.interruptions = interruptions
        for frame in frames(noise(seconds), SENTENCE):
            segmenter.hear(frame, deaf=False)
        segmenter.end(reason)
        return log.all(UtteranceEnded)[-1].utterance

    assert (spoken_after(1, 0.1).reason, spoken_after(1, 0.1).reason) == (EndReason.LOST, reason)
    assert spoken_after(2, 12.0).reason is EndReason.LOST
    assert [event.utterance.reason for event in log.all(UtteranceEnded)].count(EndReason.CUT) >= 1


@pytest.mark.parametrize("by_key", [True, False])
def test_sound_that_turns_into_zeros_was_cut_short(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog, by_key: bool
) -> None:
    """No room is so silent: the server has moved the stream, or somebody muted it."""
    capture = make_capture()
    capture.listen()
    source.speak(b"".join(frames(SENTENCE)[65:120]), bytes(32_000 // 4))
    if by_key:
        capture.finish()
    source.trail(bytes(32_000))
    utterance = log.wait_for(UtteranceEnded).utterance
    assert (utterance.reason, utterance.complete) == (EndReason.LOST, False)


def test_a_noise_gate_cuts_nobody_short_and_is_no_trouble(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Once it is known, by the zeros between two words, its zeros are silence, however long."""
    capture = make_capture()
    capture.monitor(True)
    spoken = b"".join(frames(SENTENCE)[65:180])
    source.speak(noise(0.5), spoken, bytes(32_000 // 2), spoken, bytes(32_000 * 5))
    utterance = log.wait_for(UtteranceEnded).utterance
    assert (utterance.reason, utterance.complete) == (EndReason.ENDPOINT, True)
    source.speak(spoken, bytes(32_000 * 2))
    log.wait_for(UtteranceEnded, count=2)
    assert log.all(DeviceTrouble) == []


def test_hands_free_a_lost_microphone_is_opened_again(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """What is said after that is the next utterance."""
    make_capture(watched=True).monitor(True)
    source.speak(noise(1), b"".join(frames(SENTENCE)[65:120]))
    log.wait_for(SpeechStarted)
    source.opened.clear()
    source.active = False
    assert log.wait_for(UtteranceEnded).utterance.reason is EndReason.LOST
    source.speak(noise(1), SENTENCE, noise(2))
    log.wait_for(DeviceBack)
    assert log.wait_for(UtteranceEnded, count=2).utterance.reason is EndReason.ENDPOINT


def test_exact_zeros_are_a_muted_microphone(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """Two seconds of them are told and the microphone is looked for again; sound ends it."""
    make_capture().monitor(True)
    source.speak(noise(1), bytes(2 * 32_000))
    assert "muted" in str(log.wait_for(DeviceTrouble).error)
    source.wait_for_opening(2)
    source.speak(noise(0.5))
    log.wait_for(DeviceBack)


def test_another_microphone_can_be_chosen_while_listening(
    make_capture: MakeCapture, source: ScriptedSource, log: EventLog
) -> None:
    """The utterance goes on with its sound."""
    other = ScriptedSource()
    capture = make_capture()
    capture.listen()
    half = frames(SENTENCE)
    source.speak(b"".join(half[65:100]))
    log.wait_for(SpeechStarted)
    capture.use(lambda: other)
    other.speak(b"".join(half[100:]), noise(1.5))
    assert b"".join(half[65:180]) in log.wait_for(UtteranceEnded).utterance.pcm
    assert source.closed.wait(60)


def test_closing_leaves_the_recording_to_the_next_start(
    make_capture: MakeCapture, source: ScriptedSource, recorder: MemoryRecorder, log: EventLog
) -> None:
    """What was being spoken is finished on disk, without an event."""
    capture = make_capture()
    capture.listen()
    source.speak(SENTENCE)
    log.wait_for(SpeechStarted)
    capture.close()
    assert recorder.finished == list(recorder.sound)
    assert log.all(UtteranceEnded) == []
    assert source.closed.wait(60)


def test_a_missing_microphone_is_told_before_the_first_key(log: EventLog) -> None:
    """The bar can say what is missing, and how to get it."""
    error = MicrophoneUnavailable("no microphone", "connect one")

    def find() -> ScriptedSource:
        raise error

    capture = Capture(find, CaptureSettings(), log.post)
    assert log.wait_for(DeviceTrouble).error is error
    capture.close()
