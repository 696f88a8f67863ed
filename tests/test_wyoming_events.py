"""Wyoming events as the public package reads and writes them, and none that is too large."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.wyoming_events import LONGEST_LINE, Event, EventDecoder, WyomingError, encode

wyoming = pytest.importorskip("wyoming.event", reason="the package wyoming is not installed")

_VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20)
_EVENTS = st.builds(
    Event,
    st.text(min_size=1, max_size=20),
    st.dictionaries(st.text(max_size=10), _VALUES, max_size=5),
    st.binary(max_size=200),
)


@given(st.lists(_EVENTS, max_size=5), st.integers(1, 50))
def test_events_survive_pieces_of_any_size(events: list[Event], size: int) -> None:
    """What was encoded comes out again, however it was cut."""
    data = b"".join(encode(event) for event in events)
    decoder = EventDecoder()
    decoded = []
    for start in range(0, len(data), size):
        decoded += decoder.feed(data[start : start + size])
    assert decoded == events
    assert decoder.is_empty


@given(_EVENTS)
def test_the_public_package_reads_what_is_written(event: Event) -> None:
    """Type, data and payload are the same to it."""
    read = wyoming.read_event(io.BytesIO(encode(event)))
    assert read is not None
    assert (read.type, read.data, read.payload or b"") == (event.type, event.data, event.payload)


@given(_EVENTS)
def test_what_the_public_package_writes_is_read(event: Event) -> None:
    """It adds a version, and may put data into the line."""
    output = io.BytesIO()
    wyoming.write_event(wyoming.Event(event.type, dict(event.data), event.payload or None), output)
    assert EventDecoder().feed(output.getvalue()) == [event]


@pytest.mark.parametrize(
    "data",
    [
        b"x" * LONGEST_LINE,
        b"GET / HTTP/1.1\r\n",
        b"[]\n",
        b'{"type": 1}\n',
        b'{"type": "a", "data": []}\n',
        b'{"type": "a", "payload_length": -1}\n',
        b'{"type": "a", "payload_length": 1048577}\n',
        b'{"type": "a", "data_length": true}\n',
        b'{"type": "a", "data_length": 2}\n[]',
        b"[" * 60_000 + b"\n",
    ],
)
def test_what_is_no_event_is_refused(data: bytes) -> None:
    """With one error, before it is kept."""
    with pytest.raises(WyomingError):
        EventDecoder().feed(data)
