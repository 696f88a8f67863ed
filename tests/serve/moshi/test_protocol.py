"""The messages of Moshi's server and its clients."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from codex_voice.errors import MoshiConnectionLost, MoshiNotInstalled
from codex_voice.serve.moshi import opus, protocol
from codex_voice.serve.moshi.configuration import FRAME_SAMPLES, SAMPLE_RATE
from codex_voice.serve.moshi.protocol import MessageKind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (b"\x00", MessageKind.HANDSHAKE),
        (b"\x00" + bytes(8), MessageKind.HANDSHAKE),
        (b"\x01OggS", MessageKind.SOUND),
        (b"\x63", None),
        (b"", None),
    ],
    ids=["python", "rust", "sound", "unknown", "empty"],
)
def test_the_first_byte_is_the_kind(message: bytes, kind: MessageKind | None) -> None:
    """The server in Rust adds bytes to the handshake, and kinds that are not known here."""
    assert protocol.split(message) == (kind, message[1:])


def test_text_is_what_can_be_read_of_it() -> None:
    """And never without end."""
    assert protocol.text_of(b"caf\xc3\xa9 \xff") == "café \ufffd"
    assert len(protocol.text_of(b"a" * 100_000)) == protocol.LONGEST_TEXT


def test_sound_survives_the_codec() -> None:
    """As far as Opus keeps it: the same length, the same tone."""
    pytest.importorskip("sphn", reason="codex-voice[moshi] is not installed")
    codec, other = opus.OpusCodec(), opus.OpusCodec()
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(20 * FRAME_SAMPLES) / SAMPLE_RATE)
    frames = tone.astype(np.float32).reshape(20, FRAME_SAMPLES)
    heard = np.concatenate([other.decode(codec.encode(frame)) for frame in frames])
    assert heard.size == tone.size
    spectrum = np.abs(np.fft.rfft(heard[FRAME_SAMPLES:]))
    assert round(float(spectrum.argmax()) * SAMPLE_RATE / (19 * FRAME_SAMPLES)) in range(438, 443)


def test_what_is_no_ogg_is_an_error_of_the_connection() -> None:
    """Nothing after it can be read either."""
    pytest.importorskip("sphn", reason="codex-voice[moshi] is not installed")
    with pytest.raises(MoshiConnectionLost, match="no Ogg Opus"):
        opus.OpusCodec().decode(b"this is no page" * 10)


@pytest.mark.parametrize(
    ("machine", "says"),
    [("aarch64", "not published for Linux on aarch64"), ("x86_64", "pip install")],
    ids=["aarch64", "x86-64"],
)
def test_without_sphn_it_says_what_to_do(
    machine: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Linux aarch64 there is nothing that could be installed."""
    monkeypatch.setitem(sys.modules, "sphn", None)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: machine)
    with pytest.raises(MoshiNotInstalled) as raised:
        opus.OpusCodec()
    assert says in str(raised.value)
