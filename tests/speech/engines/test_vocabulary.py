"""Whisper's tokens, there and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codex_voice.errors import ModelInvalid
from codex_voice.speech.engines.vocabulary import TokenVocabulary, characters_of


@pytest.fixture
def vocabulary(tmp_path: Path) -> TokenVocabulary:
    """Return a vocabulary of all bytes, some words, and the special tokens."""
    words = [bytes([byte]) for byte in range(256)]
    words += [b" the", b" test", b" tests", "é".encode(), " réussi".encode()]
    special = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|notimestamps|>", "<|0.00|>"]
    tokens = [characters_of(word) for word in words] + special
    (tmp_path / "vocabulary.json").write_text(json.dumps(tokens))
    return TokenVocabulary(tmp_path)


@pytest.mark.parametrize("text", [" the tests", "été réussi", "日本語です", "a\tb\n", "", "🎤"])
def test_what_is_encoded_is_the_text_again(vocabulary: TokenVocabulary, text: str) -> None:
    """Byte for byte, in every script."""
    assert b"".join(map(vocabulary.piece, vocabulary.encode(text))).decode() == text


def test_the_longest_token_is_taken(vocabulary: TokenVocabulary) -> None:
    """As whisper.cpp does it; a prompt in other tokens is less well understood."""
    assert [vocabulary.piece(n) for n in vocabulary.encode(" the tests")] == [b" the", b" tests"]


def test_tokens_are_found_by_a_pattern(vocabulary: TokenVocabulary) -> None:
    """Guided decoding suppresses all that match."""
    found = vocabulary.matching("^ test")
    assert [vocabulary.piece(number) for number in found] == [b" test", b" tests"]


def test_special_tokens_are_between_text_and_timestamps(vocabulary: TokenVocabulary) -> None:
    """They must never be written."""
    assert vocabulary["<|startoftranscript|>"] in vocabulary.specials
    assert vocabulary.end not in vocabulary.specials
    assert vocabulary["<|0.00|>"] not in vocabulary.specials


@pytest.mark.parametrize("content", ["", "[1]", "{}", '["a", "b"]'])
def test_what_is_no_vocabulary_is_an_error(tmp_path: Path, content: str) -> None:
    """Missing, of another kind, or without Whisper's tokens."""
    with pytest.raises(ModelInvalid, match="vocabulary"):
        TokenVocabulary(tmp_path / "none")
    (tmp_path / "vocabulary.json").write_text(content)
    with pytest.raises(ModelInvalid, match=r"vocabulary|tokens"):
        TokenVocabulary(tmp_path)
