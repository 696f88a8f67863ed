"""Loops are found and repetition is left alone."""

from __future__ import annotations

import pytest

from codex_voice.speech import loops


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("well no no no no", None),
        ("Send. Send. Now.", None),
        ("you you you you you", "you"),
        ("Run the tests, run the tests, run the tests,", "Run the tests"),
        (
            "First do this. And then that, and then that, and then that",
            "First do this. And then that",
        ),
        ("", None),
        ("Well...", None),
        ("Well run the tests run the tests run the tests run the", "Well run the tests"),
        ("ありがとうありがとうありがとう", "ありがとう"),
        ("-" * 66, ""),
        ("Open it - - - - - -", "Open it"),
        ("Open it!!!!!!", "Open it"),
    ],
)
def test_loops_are_told_from_repetition(text: str, kept: str | None) -> None:
    """People repeat a word a few times, and a phrase twice."""
    assert loops.repeats(text) is (kept is not None)
    assert loops.one_turn(text) == (text if kept is None else kept)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Open it. Move that file. Move that file.", None),
        ("Open it. Move the helper file. Move the helper file.", "Open it. Move the helper file."),
        ("Move the helper file. Move the helper file. Open it.", None),
        ("Open the file. Move it. Open the file. Close it.", None),
    ],
    ids=["three words", "four words", "not last", "others"],
)
def test_a_sentence_at_the_end_that_is_written_twice(text: str, kept: str | None) -> None:
    """Real weights write the last sentence of several once more, in one pass of a hundred."""
    assert loops.ends_in_double(text) is (kept is not None)
    assert loops.one_turn(text) == (text if kept is None else kept)


def test_a_cut_word_hides_no_loop() -> None:
    """The limit of tokens ends a text anywhere."""
    text = "I'm mute. I'm mute. I'm mute. I'm mu"
    assert not loops.repeats(text)
    assert loops.repeats(loops.without_cut_word(text))
    assert loops.one_turn(loops.without_cut_word(text)) == "I'm mute"


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("Send it. Send it.", "Send it."),
        ("Unmute, unmute.", "Unmute,"),
        ("five five", "five"),
        ("Send it. Send them.", None),
        ("one two one", None),
        ("", None),
    ],
)
def test_doubles(text: str, half: str | None) -> None:
    """The same words twice, whatever their punctuation."""
    assert loops.is_double(text) is (half is not None)
    assert loops.one_turn(text) == (text if half is None else half)


@pytest.mark.parametrize(
    ("text", "active_seconds", "too_fast"),
    [
        ("It was the age of wisdom. It was the age of wisdom.", 1.2, True),
        ("It was the age of wisdom. It was the age of wisdom.", 2.8, False),
        ("Send. Send.", 0.46, True),
        ("five five", 0.9, False),
        ("no no", 0.5, False),
    ],
)
def test_nobody_speaks_that_fast(text: str, active_seconds: float, too_fast: bool) -> None:
    """Times of real clips."""
    assert loops.is_too_fast(text, active_seconds) is too_fast


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("run the tests run the te", "run the tests run the"),
        ("はいはいはいは", "はいはいはい"),
        ("运行测试。运行测试。运\ufffd", "运行测试。运行测试。"),
        ("开始 run", "开始"),
        ("3-3-1-4-4-4-4-4-4", "3-3-1-4-4-4-4-4-"),
        ("", ""),
    ],
)
def test_a_cut_word_is_dropped_in_every_script(text: str, complete: str) -> None:
    """Where no blanks part words only the last goes, or nothing would be left to be compared."""
    assert loops.without_cut_word(text) == complete


@pytest.mark.parametrize(
    "text", ["テストを実行してください。", "运行测试，然后提交更改。", "谢谢", "もももすもも"]
)
def test_ordinary_japanese_and_chinese_is_no_loop(text: str) -> None:
    """A doubled character or two is a word."""
    assert not loops.repeats(text)
    assert not loops.is_double(text) or not loops.is_too_fast(text, 0.3)
