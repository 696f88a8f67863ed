"""Requests are read strictly, and whatever is written is one harmless line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.serve.sidecar.protocol import Fault, Params, RpcError, encode, parse


def test_a_request_keeps_its_id_and_its_parameters() -> None:
    """Method, parameters and id come back as they were sent."""
    request = parse(b'{"jsonrpc":"2.0","id":"7","method":"system.ping","params":{"a":1}}')
    assert (request.method, request.request_id) == ("system.ping", "7")
    assert request.params.integer("a", 0) == 1


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", Fault.PARSE),
        (b"[" * 200_000, Fault.PARSE),
        (b'{"jsonrpc":"2.0","id":NaN,"method":"x"}', Fault.PARSE),
        (b'{"a":"\xff"}', Fault.PARSE),
        (b'{"jsonrpc":"2.0","id":' + b"9" * 5000 + b',"method":"x"}', Fault.PARSE),
        (b"[]", Fault.INVALID_REQUEST),
        (b'[{"jsonrpc":"2.0","id":1,"method":"x"}]', Fault.INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":true,"method":"x"}', Fault.INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1e999,"method":"x"}', Fault.INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}', Fault.INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1,"method":5}', Fault.INVALID_REQUEST),
        (b'{"jsonrpc":"1.0","id":1,"method":"x"}', Fault.INVALID_REQUEST),
    ],
)
def test_what_is_no_request_is_refused(line: bytes, fault: Fault) -> None:
    """Each kind of garbage has the code that JSON-RPC gives it."""
    with pytest.raises(RpcError) as refused:
        parse(line)
    assert refused.value.fault is fault


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_an_error(line: bytes) -> None:
    """Nothing else than an `RpcError` comes out of garbage."""
    try:
        parse(line)
    except RpcError as error:
        assert error.answer(None)["error"]["data"]["kind"].startswith("E_")


@given(st.text())
def test_any_text_is_one_ascii_line(text: str) -> None:
    """Line breaks, control characters and lone surrogates in a text cannot tear the stream."""
    line = encode({"text": text})
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"text": text}


@pytest.mark.parametrize("value", [True, 1.5, "1"])
def test_a_parameter_of_the_wrong_type_is_refused(value: object) -> None:
    """A number must be a whole number."""
    with pytest.raises(RpcError):
        Params({"interval_ms": value}).integer("interval_ms", 80)
