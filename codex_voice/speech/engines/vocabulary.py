"""Whisper's tokens as text, from the vocabulary file of a CTranslate2 model.

Whisper's tokens are GPT-2's: bytes, written as printable characters. The words of a prompt are
cut into the longest tokens there are, as whisper.cpp does it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from codex_voice.errors import ModelInvalid

_PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?[^\s\w]+|\s+(?!\S)|\s+")
"""GPT-2's own cuts before its tokens, as whisper.cpp has them."""


class TokenVocabulary:
    """The tokens of a model.

    Args:
        directory: The model's directory, with `vocabulary.json` or `vocabulary.txt`.

    Raises:
        ModelInvalid: It holds no vocabulary of Whisper's.
    """

    def __init__(self, directory: Path) -> None:
        tokens = _read(directory)
        self._numbers = {token: number for number, token in enumerate(tokens)}
        try:
            self.end = self._numbers["<|endoftext|>"]
            self.first_timestamp = self._numbers["<|notimestamps|>"] + 1
        except KeyError as error:
            raise ModelInvalid(f"{directory} holds no vocabulary of Whisper: no {error}") from None
        self._pieces = [
            bytes(_BYTES.get(character, ord("?")) for character in token)
            for token in tokens[: self.end]
        ]

    def __getitem__(self, token: str) -> int:
        """Return the number of a token such as "<|startoftranscript|>"."""
        return self._numbers[token]

    def __contains__(self, token: str) -> bool:
        """Whether there is such a token."""
        return token in self._numbers

    @property
    def specials(self) -> range:
        """The tokens that are no text but the end and the timestamps."""
        return range(self.end + 1, self.first_timestamp)

    def piece(self, number: int) -> bytes:
        """Return the bytes of a token of text; they may end inside a character."""
        return self._pieces[number]

    def matching(self, pattern: str) -> list[int]:
        """Return the tokens of text that a regular expression matches."""
        expression = re.compile(pattern)
        texts = (piece.decode("utf-8", "replace") for piece in self._pieces)
        return [number for number, text in enumerate(texts) if expression.search(text)]

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text."""
        numbers = []
        for piece in _PIECES.findall(text):
            rest = characters_of(piece.encode("utf-8", "replace"))
            while rest:
                end = self._longest_token(rest)
                numbers.append(self._numbers[rest[:end]])
                rest = rest[end:]
        return numbers

    def _longest_token(self, characters: str) -> int:
        """Return the length of the longest token of text at a beginning; each byte is one."""
        lengths = range(len(characters), 1, -1)
        found = (n for n in lengths if self._numbers.get(characters[:n], self.end) < self.end)
        return next(found, 1)


def characters_of(data: bytes) -> str:
    """Return bytes as GPT-2's vocabulary writes them: a printable character for each."""
    return "".join(_CHARACTERS[byte] for byte in data)


def _read(directory: Path) -> Sequence[str]:
    try:
        file = directory / "vocabulary.json"
        if file.exists():
            tokens = json.loads(file.read_text(encoding="utf-8"))
        else:
            tokens = (directory / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError) as error:
        raise ModelInvalid(f"{directory} has no vocabulary that can be read: {error}") from error
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise ModelInvalid(f"{directory / 'vocabulary.json'} is no list of tokens")
    return tokens


def _byte_characters() -> dict[str, int]:
    """Return the byte that each printable character stands for in GPT-2's vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    characters = {chr(byte): byte for byte in printable}
    return characters | {chr(256 + place): byte for place, byte in enumerate(others)}


_BYTES = _byte_characters()
_CHARACTERS = {byte: character for character, byte in _BYTES.items()}
