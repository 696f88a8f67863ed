"""The user's own words, and those of a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_voice.config.schema import WordsConfig
from codex_voice.dictation.own_words import words_for
from codex_voice.errors import ConfigError
from codex_voice.language.grammar import grammar_for
from codex_voice.language.own_words import NO_WORDS, OwnWords, WordFault, own_words
from codex_voice.language.pipeline import Interpreter
from codex_voice.language.project.project_words import read_project_words, trust
from codex_voice.language.steps import writing_steps


def _written(words: OwnWords, text: str) -> str:
    steps = writing_steps(own=words)
    return Interpreter(grammar_for("en"), steps=steps).interpret(text).text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Deploy it to kay eight s today.", "Deploy it to k8s today."),
        ("Kay, eight s is down.", "k8s is down."),
        ("The okay eight stays.", "The okay eight stays."),
        ("Fix issue 12 first.", "Fix #12 first."),
        ("The paper kite app starts.", "The PaperKite starts."),
        ("A paper kite flies.", "A Paperkite flies."),
        ("Sign off.", "Signed-off-by: "),
        ("Commit please, fix the build.", "Commit with the message: fix the build."),
    ],
)
def test_own_words_and_macros_are_written(text: str, written: str) -> None:
    """Whole words only, the longest entry first, expressions with their groups."""
    words = own_words(
        [
            "kay eight s -> k8s",
            "paper kite -> Paperkite",
            "paper kite app -> PaperKite",
            r"/issue (\d+)/ -> #\1",
        ],
        ["sign off -> Signed-off-by: {text}", "commit please -> Commit with the message: {text}"],
    )
    assert _written(words, text) == written


@pytest.mark.parametrize("entry", ["no arrow", " -> nothing", "/(/ -> x", r"/a/ -> \7"])
def test_a_wrong_entry_is_named(entry: str) -> None:
    """The message says which one."""
    with pytest.raises(WordFault, match=r"^.+: "):
        own_words([entry])


def test_a_pattern_that_takes_too_long_is_left_out_of_one_text() -> None:
    """The text comes all the same, with the other words in it."""
    words = own_words(["/(a+)+b/ -> x", "see -> C"])
    assert _written(words, f"{'a' * 40} see.") == f"{'a' * 40} C."


def test_words_of_a_project_count_once_they_are_trusted(tmp_path: Path) -> None:
    """With the content that was trusted, and no other."""
    file = tmp_path / ".codex-voice.toml"
    trusted = tmp_path / "state" / "trusted.json"
    reported: list[ConfigError] = []

    def written() -> str:
        config = tmp_path / "config.toml"
        words = words_for(WordsConfig(), config, tmp_path, trusted, reported.append)
        return _written(words, "Ask the gate warden.")

    assert written() == "Ask the gate warden."
    assert reported == []
    file.write_text('[words]\nreplace = ["gate warden -> Gatewarden"]\n', encoding="utf-8")
    assert written() == "Ask the gate warden."
    assert "codex-voice trust" in str(reported[-1])
    found = read_project_words(tmp_path)
    assert found is not None
    trust(found, trusted)
    assert written() == "Ask the Gatewarden."
    file.write_text('[words]\nreplace = ["gate warden -> rm"]\n', encoding="utf-8")
    assert written() == "Ask the gate warden."


def test_a_byte_order_mark_is_no_mistake_in_a_project_either(tmp_path: Path) -> None:
    """Some editors put one first."""
    content = b'\xef\xbb\xbf[words]\nreplace = ["gate warden -> Gatewarden"]\n'
    (tmp_path / ".codex-voice.toml").write_bytes(content)
    found = read_project_words(tmp_path)
    assert found is not None
    assert _written(found.words(), "Ask the gate warden.") == "Ask the Gatewarden."


@pytest.mark.parametrize(
    "content",
    [
        '[language]\nhook = "rm"\n',
        "[words\n",
        '[words]\nreplace = "x"\n',
        "[words]\nother = []\n",
        f"words = {'[' * 50_000}",
    ],
    ids=["program", "torn", "text", "other", "deep"],
)
def test_a_project_brings_nothing_but_words(content: str, tmp_path: Path) -> None:
    """Programs least of all; what is wrong is reported, and the user's own words count."""
    (tmp_path / ".codex-voice.toml").write_text(content, encoding="utf-8")
    reported: list[ConfigError] = []
    own = words_for(
        WordsConfig(), tmp_path / "c.toml", tmp_path, tmp_path / "t.json", reported.append
    )
    assert own == NO_WORDS
    assert len(reported) == 1
