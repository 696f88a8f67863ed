"""What whisper.cpp is told for one sound, and what that does to English-only models."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_voice.speech.engines import guided, whisper_library
from codex_voice.speech.engines.decoding import Decoding
from codex_voice.speech.engines.whisper_decoder import WhisperDecoder
from codex_voice.speech.recognizer import never_aborted
from codex_voice.speech.samples import decode
from tests.speech.conftest import MINI


@pytest.mark.parametrize("guide", [False, True])
def test_english_models_end_their_texts(
    say: Callable[[str], bytes], tmp_path: Path, guide: bool
) -> None:
    """Their end token has no text, so an expression that matches the empty text suppresses it.

    An empty expression does, as long as it is handed over: the text then goes on until its
    tokens run out.
    """
    # The miniature model gives that token a name; OpenAI's English weights do not.
    name = b"<|endoftext|>"
    content = MINI.read_bytes()
    named = struct.pack("<I", len(name)) + name
    assert content.count(named) == 1
    path = tmp_path / "ggml-mini.en.bin"
    path.write_bytes(content.replace(named, struct.pack("<I", 0)))
    library = whisper_library.load()
    context, _ = whisper_library.open_model(library, path)
    decoder = WhisperDecoder(library, context, "mini.en", "en", translate=False, threads=1)
    suppressed = guided.suppress_all_but(["scroll down"], decoder.tokenize) if guide else ""
    decoding = Decoding(256, suppressed=suppressed)
    result = decoder.decode(decode(say("Scroll down.")), decoding, never_aborted)
    library.whisper_free(context)
    assert result.text == "Scroll down."
    assert not result.endless
