"""The picture and the recording of the README: of a real run, and they can be shown."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

from codex_voice.terminal.emulator import Emulator

DOCS = Path(__file__).parents[2] / "docs"
SENTENCE = "Write a unit test for the main loop."
# Directories of whoever recorded it.
PRIVATE = re.compile(r"/(?:home|Users|root|tmp|work)/")


def test_the_recording_shows_a_sentence_from_the_first_word_to_its_sending() -> None:
    """An asciinema file, version 2, whose times never go back."""
    header, *events = map(json.loads, (DOCS / "demo.cast").read_text(encoding="utf-8").splitlines())
    assert header["version"] == 2
    emulator = Emulator(header["width"], header["height"], 0)
    seen: list[str] = []
    before = 0.0
    for seconds, kind, data in events:
        assert before <= seconds
        assert kind == "o"
        before = seconds
        emulator.feed(data.encode())
        seen.append("\n".join(emulator.lines()))
    for text in ("LISTENING", SENTENCE, "inserted", "Search actions", "Sent."):
        assert any(text in screen for screen in seen), text
    assert not any(PRIVATE.search(screen) for screen in seen)
    assert before < 60


def test_the_picture_shows_the_text_in_the_composer() -> None:
    """As SVG that any browser can draw."""
    root = ET.parse(DOCS / "screenshot.svg").getroot()
    text = "".join(root.itertext()).replace("\xa0", " ")
    assert f"› {SENTENCE}" in text
    assert f"“{SENTENCE}” inserted" in text
    assert not PRIVATE.search(text)
