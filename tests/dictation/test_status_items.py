"""The texts of the status bar."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codex_voice.agent.state import CodexState
from codex_voice.config.schema import KeysConfig
from codex_voice.dictation.state import DictationState, Phase
from codex_voice.dictation.status_items import (
    AGENT_ITEMS,
    StatusItem,
    fit_items,
    plain_text,
    status_items,
)
from codex_voice.errors import MicrophoneSilent, MicrophoneUnavailable, ModelMissing

READY = DictationState(mode="push_to_talk", microphone="Yeti", model="base.en")


def texts(
    voice: DictationState | None = READY,
    agent: CodexState = CodexState.IDLE,
    keys: KeysConfig | None = None,
    **what: bool | int,
) -> list[str]:
    """Return the words of the bar."""
    rest = {"voice_wanted": True, "hold_to_talk": False, "held_texts": 0, "practice": False, **what}
    return [item.text for item in status_items(agent, voice, keys or KeysConfig(), **rest)]  # type: ignore[arg-type]


def test_everything_has_its_place() -> None:
    """Codex, how to talk, microphone, model, menu."""
    assert texts() == ["● idle", "Ctrl-Space: tap to talk", "mic Yeti", "base.en", "F1 menu"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("A microphone with a long name", "mic A microphone with a…"),
        ("A microphone with a long name, 40 ms", "mic A microphone with a…, 40 ms"),
        ("Laptop, 120 ms, 2 gaps", "mic Laptop, 120 ms, 2 gaps"),
        ("Laptop, 1 gap", "mic Laptop, 1 gap"),
    ],
    ids=["long", "latency", "both", "gap"],
)
def test_latency_and_gaps_of_a_far_microphone_are_seen(name: str, shown: str) -> None:
    """However long its own name is."""
    assert shown in texts(replace(READY, microphone=name))


def test_every_state_of_codex_has_words() -> None:
    """A new state cannot be forgotten."""
    assert set(AGENT_ITEMS) == set(CodexState)


@pytest.mark.parametrize(
    ("voice", "words"),
    [
        (replace(READY, phase=Phase.LISTENING), "LISTENING · Ctrl-Space ends"),
        (replace(READY, mode="hands_free"), "hands-free · Ctrl-Space mutes"),
        (replace(READY, mode="hands_free", muted=True), "MUTED · Ctrl-Space unmutes"),
        (replace(READY, mode="wake_word", asleep=True), "asleep · wake phrase or Ctrl-Space"),
        (replace(READY, mode="wake_word"), "awake · Ctrl-Space mutes"),
    ],
)
def test_the_key_and_what_it_does_are_named(voice: DictationState, words: str) -> None:
    """In every mode one reads what the talk key will do."""
    assert words in texts(voice)


def test_the_bar_says_whether_the_key_can_be_held() -> None:
    """Where the terminal reports releases, it can."""
    assert "Ctrl-Space: hold or tap to talk" in texts(hold_to_talk=True)


def test_a_talk_key_that_never_arrives_is_said() -> None:
    """A legacy terminal does not tell of a modifier alone."""
    keys = KeysConfig(talk="right_ctrl")
    assert "Right Ctrl: this terminal does not report it" in texts(keys=keys)
    assert "Right Ctrl: hold or tap to talk" in texts(keys=keys, hold_to_talk=True)


def test_trouble_takes_the_place_of_the_name() -> None:
    """A microphone or a model that does not work is not shown as if it did."""
    broken = replace(
        READY,
        microphone_trouble=MicrophoneUnavailable("went away"),
        model_trouble=ModelMissing("no speech model"),
    )
    assert {"no microphone", "no speech model"} <= set(texts(broken))
    assert not {"mic Yeti", "base.en"} & set(texts(broken))


def test_a_microphone_that_gives_zeros_is_there() -> None:
    """It is not said to be missing."""
    shown = texts(replace(READY, microphone_trouble=MicrophoneSilent("the microphone is muted")))
    assert "microphone silent" in shown
    assert "no microphone" not in shown


def test_held_texts_are_counted() -> None:
    """One reads how many."""
    assert "1 held text" in texts(held_texts=1)
    assert "3 held texts" in texts(held_texts=3)


def test_without_voice_codex_and_menu_are_left() -> None:
    """With --no-voice there is nothing to say about it."""
    assert texts(None, voice_wanted=False) == ["● idle", "voice off", "F1 menu"]


def test_voice_that_is_still_loading_is_not_off() -> None:
    """It comes a moment after the screen."""
    assert texts(None) == ["● idle", "voice …", "F1 menu"]


STATE = StatusItem("● idle", weight=9)
KEY = StatusItem("F1 menu", weight=4)
MODEL = StatusItem("base.en", weight=3)


def test_everything_stays_where_there_is_room() -> None:
    """Six and seven and seven columns, two separators of three and a margin of one."""
    assert fit_items([STATE, MODEL, KEY], 28) == [STATE, MODEL, KEY]


def test_the_least_important_goes_first() -> None:
    """One column less, and the model goes; the order stays."""
    assert fit_items([STATE, MODEL, KEY], 27) == [STATE, KEY]
    assert fit_items([STATE, MODEL, KEY], 1) == [STATE]


def test_what_has_no_words_takes_no_room() -> None:
    """An empty item leaves no separator behind."""
    assert fit_items([STATE, StatusItem(""), KEY], 80) == [STATE, KEY]


def test_plain_texts_are_words_alone() -> None:
    """What a screen reader would spell out is left away."""
    assert plain_text("● idle") == "idle"
    assert plain_text("LISTENING · Ctrl-Space ends") == "LISTENING, Ctrl-Space ends"
    assert plain_text("voice …") == "voice is loading"
