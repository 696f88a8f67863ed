"""The part of `init` in which the user speaks."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.sources.wav_file import WaveFile
from codex_voice.config.schema import AudioConfig, Config, WhisperConfig
from codex_voice.errors import MicrophoneUnavailable
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.practice.recordings import model_path, recordings
from codex_voice.setup import model_advice, spoken_setup
from codex_voice.setup.checks.model import Trial
from codex_voice.setup.devices import Microphones
from codex_voice.setup.microphone_setup import choose_microphone, meter, show_level
from tests.setup.answers import Answers
from tests.setup.test_microphone_check import write_wave

# A second of a quiet room; nobody's room gives exact zeros.
ROOM = b"\x08\x00\xf8\xff" * (SAMPLE_RATE // 2)
SENTENCE = next(each for each in recordings() if each.text == "Run the tests.")


@pytest.fixture
def find_source(tmp_path: Path) -> Callable[[str], FrameSource]:
    """Return what finds microphones in front of which somebody speaks when the room is measured."""
    with wave.open(str(SENTENCE.path)) as speech:
        voice = speech.readframes(speech.getnframes())
    path = write_wave(
        tmp_path / "desk.wav", ROOM * 2 + ROOM[: len(ROOM) * 3 // 10] + voice + 10 * ROOM
    )
    muted = write_wave(tmp_path / "muted.wav", bytes(20 * SAMPLE_RATE))

    def find(name: str) -> FrameSource:
        if name == "gone":
            raise MicrophoneUnavailable("gone cannot be opened")
        return WaveFile(muted if name == "muted" else path, paced=False)

    return find


def test_a_sentence_is_recorded_and_what_was_heard_is_shown(
    find_source: Callable[[str], FrameSource],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The meter, the room, the model's speed here, and then the words."""
    found = Microphones("PortAudio", ("USB",), "USB")
    monkeypatch.setattr(spoken_setup, "find_microphones", lambda: found)
    config = Config(whisper=WhisperConfig(model=str(model_path())))
    answers = Answers("Set up the microphone", "Say a sentence")
    assert spoken_setup.run(config, answers, find_source).whisper == config.whisper
    output = capsys.readouterr().out
    assert "desk.wav: -" in output
    assert "Room -72 dBFS" in output
    assert "s for 2 s of speech, with" in output
    assert 'Heard: "Run the tests." (' in output
    assert answers.asked == [
        "Set up the microphone now, by speaking a few words?",
        "Say a sentence, to see what is recognised?",
        "Another one?",
    ]


def test_who_does_not_want_to_speak_need_not(find_source: Callable[[str], FrameSource]) -> None:
    """Nothing is opened, and the configuration is what it was."""
    config = Config()
    assert spoken_setup.run(config, Answers(), find_source) is config


def test_of_several_microphones_one_is_chosen_by_its_meter(
    find_source: Callable[[str], FrameSource], capsys: pytest.CaptureFixture[str]
) -> None:
    """One that cannot be opened or is muted is said to be so, and another one can be tried."""

    class Trying(Answers):
        """Tries one after the other."""

        def choose(self, question: str, choices: object) -> int:
            assert choices == ["desk", "the system's default", "gone", "muted"]
            super().choose(question, ["x"])
            return (2, 3, 0)[self.asked.count(question) - 1]

        def ask(self, question: str, *, default: bool = False) -> bool:
            super().ask(question, default=default)
            return len(self.asked) == 6

    chosen = choose_microphone(["gone", "muted", "desk"], "desk", Trying(), find_source)
    assert chosen == "desk"
    output = capsys.readouterr().out
    assert "gone cannot be opened" in output
    assert "muted.wav gives exact silence" in output


def test_the_meter_says_how_loud_it_was(find_source: Callable[[str], FrameSource]) -> None:
    """In letters that every terminal has, from -60 dBFS to full scale."""
    assert -30 < show_level("", find_source) < 0
    assert meter(-90.0) == f"[{'-' * 30}]  -90 dBFS"
    assert meter(-30.0) == f"[{'#' * 15}{'-' * 15}]  -30 dBFS"
    assert meter(0.0).count("#") == 30


def test_what_fails_does_not_end_the_rest(
    find_source: Callable[[str], FrameSource],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a microphone the configuration stays; without a model one line says so."""
    found = Microphones("PortAudio", ("gone",), "gone")
    monkeypatch.setattr(spoken_setup, "find_microphones", lambda: found)
    config = Config(audio=AudioConfig(device="gone"), whisper=WhisperConfig(model="/none.bin"))
    answers = Answers("Set up the microphone", "Say a sentence")
    assert spoken_setup.run(config, answers, find_source) == config
    assert "gone cannot be opened" in capsys.readouterr().out
    monkeypatch.setattr(spoken_setup, "choose_microphone", lambda *_arguments: "")
    spoken_setup.run(config, answers, find_source)
    assert "there is no speech model /none.bin" in capsys.readouterr().out


def trial(seconds: float) -> Trial:
    """Return a trial that took so long."""
    return Trial(seconds, 2.0, "CPU", fast_build=False)


@pytest.mark.parametrize(
    ("name", "measured", "multilingual", "better"),
    [
        ("base-q8_0", trial(0.5), False, None),
        ("base-q8_0", trial(1.5), False, "tiny.en-q8_0"),
        ("base.en", trial(1.5), True, "tiny-q8_0"),
        ("base-q8_0", None, False, "tiny.en-q8_0"),
        ("base-q8_0", trial(0.1), True, "small-q5_1"),
        ("tiny.en", trial(0.1), False, "base-q8_0"),
        ("tiny.en", trial(3.0), False, None),
        ("large-v3-turbo", trial(5.0), True, "small-q5_1"),
        ("my-own", trial(5.0), False, None),
    ],
    ids=["fits", "slow", "languages", "never", "quick", "tiny", "smallest", "large", "unknown"],
)
def test_the_model_is_advised_by_a_run_on_this_machine(
    name: str, measured: Trial | None, multilingual: bool, better: str | None
) -> None:
    """A smaller one where it is slow, a larger one where it is quick, none where it fits."""
    advice = model_advice.better_than(Path(f"ggml-{name}.bin"), measured, multilingual=multilingual)
    assert (advice.name if advice else None) == better
