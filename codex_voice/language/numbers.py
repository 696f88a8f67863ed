"""Spoken numbers that are written in digits: versions, ports, codes, large numbers.

Small numbers in prose stay words ("two or three examples").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from codex_voice.language.changes import Edit
from codex_voice.language.code_words import code_words
from codex_voice.language.tokens import Token, tokenise

_DIGITS = {
    word: value
    for value, words in enumerate(
        ["zero oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    )
    for word in words.split()
}
_TEENS = {
    word: 10 + place
    for place, word in enumerate(
        [
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    word: 10 * place
    for place, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_POINTS = ("point", "dot")
_DIGIT_STRING = 3
_BEFORE_CODES = frozenset(["a", "http", "status", "code", "error"])


@dataclass(frozen=True)
class _Number:
    """A number in words from one token to before another."""

    end: int
    text: str
    words: int
    large: bool = False


def number_of(word: str) -> int | None:
    """Return the number that a single word in lower case is: "four", "forty", "8"."""
    if word.isdecimal():
        return int(word)
    return (_DIGITS | _TEENS | _TENS).get(word)


def write_numbers(text: str) -> list[Edit]:
    """Return what is to be written in digits."""
    tokens = tokenise(text)
    edits = []
    index = 0
    while index < len(tokens):
        found = _at(tokens, index)
        if found is None:
            index += 1
            continue
        start, number = found
        if number.text != text[tokens[start].start : tokens[number.end - 1].end]:
            last = tokens[number.end - 1]
            edits.append(Edit(tokens[start].start, last.end, number.text, "number"))
        index = number.end
    return edits


def _at(tokens: list[Token], index: int) -> tuple[int, _Number] | None:
    number = _number(tokens, index)
    if number is None:
        return None
    parts, end = [number.text], number.end
    while end + 1 < len(tokens) and tokens[end].lower in _POINTS and _joined(tokens, end - 1, end):
        more = _fraction(tokens, end + 1) if _joined(tokens, end, end + 1) else None
        if more is None:
            break
        parts.append(more.text)
        end = more.end
    before = tokens[index - 1].lower if index and not tokens[index - 1].ends_clause else ""
    if len(parts) > 1:
        text = ".".join(parts)
        if before == "v":
            return index - 1, _Number(end, f"v{text}", end - index + 1)
        return index, _Number(end, text, end - index)
    words = code_words()
    if code := _three_digits(tokens, index, before):
        return index, code
    if before == "v" and number.text.isdigit():
        return index - 1, _Number(end, f"v{number.text}", number.words + 1)
    if before.startswith("--"):
        return index, number
    if number.large or (before in words.number_cues and not _is_small(number, before)):
        return index, number
    return None


def _three_digits(tokens: list[Token], index: int, before: str) -> _Number | None:
    """Return a code such as "a four twenty two"; without such a word before it is a time."""
    digit = tokens[index].lower
    if before not in _BEFORE_CODES or digit not in _DIGITS or not _DIGITS[digit]:
        return None
    if not _joined(tokens, index, index + 1):
        return None
    rest = _cardinal(tokens, index + 1)
    if rest is None or len(rest.text) != 2:
        return None
    # "A nine thirty meeting" is no code.
    if before == "a" and int(rest.text) % 5 == 0:
        return None
    return _Number(rest.end, f"{_DIGITS[digit]}{rest.text}", rest.words + 1, large=True)


def _is_small(number: _Number, cue: str) -> bool:
    return cue in code_words().weak_cues and int(number.text) < 10


def _joined(tokens: list[Token], first: int, second: int) -> bool:
    return second < len(tokens) and not tokens[first].ends_clause


def _fraction(tokens: list[Token], index: int) -> _Number | None:
    """Return what stands behind a point: one number, or single digits ("point one four")."""
    run = _digit_run(tokens, index)
    if run is not None and run.words > 1:
        return run
    return _number(tokens, index)


def _number(tokens: list[Token], index: int) -> _Number | None:
    token = tokens[index]
    if re.fullmatch(r"\d+", token.word):
        return _Number(index + 1, token.word, 1)
    run = _digit_run(tokens, index)
    if run is not None and run.words >= _DIGIT_STRING:
        return _Number(run.end, run.text, run.words, large=True)
    cardinal = _cardinal(tokens, index)
    if cardinal is None:
        return None
    # "eighty eighty", "twenty twenty four", "nineteen ninety nine"
    if (
        cardinal.words <= 2
        and len(cardinal.text) == 2
        and _joined(tokens, cardinal.end - 1, cardinal.end)
    ):
        more = _cardinal(tokens, cardinal.end)
        if more is not None and len(more.text) == 2:
            text = cardinal.text + more.text
            return _Number(more.end, text, cardinal.words + more.words, large=True)
    return cardinal


def _digit_run(tokens: list[Token], index: int) -> _Number | None:
    """Return digits that are spoken one by one: "five one seven three"."""
    digits = ""
    end = index
    while end < len(tokens):
        word = tokens[end].lower
        if word not in _DIGITS or (word == "oh" and not digits):
            break
        digits += str(_DIGITS[word])
        end += 1
        if tokens[end - 1].ends_clause:
            break
    return _Number(end, digits, end - index) if digits else None


def _cardinal(tokens: list[Token], index: int) -> _Number | None:
    """Return a number such as "two hundred fifty-six"."""
    total = current = 0
    words = 0
    end = index
    last = "start"
    scaled = False
    while end < len(tokens):
        word = tokens[end].lower
        tens, hyphen, unit = word.partition("-")
        if hyphen and tens in _TENS and _DIGITS.get(unit, 0):
            kind, value = "compound", _TENS[tens] + _DIGITS[unit]
        elif word in _TENS:
            kind, value = "tens", _TENS[word]
        elif word in _TEENS:
            kind, value = "teen", _TEENS[word]
        elif word in _DIGITS and word != "oh":
            kind, value = "unit", _DIGITS[word]
        elif word in _SCALES and last != "start":
            kind, value = "scale", _SCALES[word]
        elif word == "and" and last == "scale" and end + 1 < len(tokens) and current:
            following = tokens[end + 1].lower.partition("-")[0]
            if following in _TENS or following in _TEENS or following in _DIGITS:
                end += 1
                continue
            break
        else:
            break
        if kind == "scale":
            scaled = True
            if value == 100:
                current *= 100
            else:
                total, current = total + current * value, 0
        elif last in ("start", "scale") or (kind == "unit" and last == "tens" and value):
            current += value
        else:
            break
        last = kind
        words += 1
        end += 1
        if tokens[end - 1].ends_clause:
            break
    if not words:
        return None
    number = total + current
    compound = any("-" in token.word for token in tokens[index:end])
    return _Number(end, str(number), words, large=(scaled and words > 1) or words > 1 or compound)
