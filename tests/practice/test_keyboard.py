"""Input of the stand-in: every way a terminal says what was typed, however it is cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.practice.keyboard import Input, Key, Keyboard, Pasted, Typed

EVERYTHING = (
    "ä日\x1b[A\x1bOB\r\x7f\x1b[200~one\r\ntwo\x1b[31m\x1b[201~\x1b[<64;3;4M\x1b[<65;3;4M"
    "\x1b[<0;3;4M\x1b[5~\x1b[1;5H\x1b\rz"
).encode()


def read(*pieces: bytes) -> list[Input]:
    """Return what a keyboard makes of the pieces, with typed characters one by one."""
    keyboard = Keyboard()
    events: list[Input] = []
    for piece in pieces:
        for event in keyboard.feed(piece):
            if isinstance(event, Typed):
                events += map(Typed, event.text)
            else:
                events.append(event)
    return events


def test_everything_is_told_apart() -> None:
    """Text, pasted text without control characters, keys and the wheel; clicks are nothing."""
    assert read(EVERYTHING) == [
        Typed("ä"),
        Typed("日"),
        Key("up"),
        Key("down"),
        Key("enter"),
        Key("backspace"),
        Pasted("one\ntwo[31m"),
        Key("wheel up"),
        Key("wheel down"),
        Key("page up"),
        Key("top"),
        Key("newline"),
        Typed("z"),
    ]


@given(cuts=st.lists(st.integers(0, len(EVERYTHING)), max_size=8))
def test_reads_may_be_cut_anywhere(cuts: list[int]) -> None:
    """Neither a character nor a sequence nor a paste is lost between two reads."""
    places = [0, *sorted(cuts), len(EVERYTHING)]
    pieces = [EVERYTHING[start:end] for start, end in itertools.pairwise(places)]
    assert read(*pieces) == read(EVERYTHING)


@given(data=st.binary(max_size=200))
def test_any_bytes_are_survived(data: bytes) -> None:
    """Nonsense makes no exception, and an ordinary key after it is still understood."""
    keyboard = Keyboard()
    list(keyboard.feed(data + b"\x1b[201~"))
    list(keyboard.flush())
    assert list(keyboard.feed(b"\r"))[-1:] == [Key("enter")]


@pytest.mark.parametrize(("data", "events"), [(b"\x1b", [Key("escape")]), (b"\x1b[200~a", [])])
def test_only_a_lone_escape_is_the_escape_key(data: bytes, events: list[Input]) -> None:
    """When nothing follows, an escape was the key; a paste that is under way goes on."""
    keyboard = Keyboard()
    assert list(keyboard.feed(data)) == []
    assert keyboard.waiting
    assert list(keyboard.flush()) == events
