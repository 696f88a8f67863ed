"""What is passed on to the user's terminal says what was meant, and nothing else."""

from __future__ import annotations

import base64

from codex_voice.terminal import osc_output as passing


def test_title() -> None:
    """The title is set by OSC 0."""
    assert passing.encode_title("my work") == b"\x1b]0;my work\x07"


def test_notifications() -> None:
    """Without a title OSC 9 is used, with one OSC 777, whose separator is kept out of it."""
    assert passing.encode_notification("", "done") == b"\x1b]9;done\x1b\\"
    assert passing.encode_notification("a;b", "c") == b"\x1b]777;notify;a,b;c\x1b\\"


def test_notification_is_not_a_progress_report() -> None:
    """`OSC 9 ; 4 ;` would be a progress bar."""
    assert passing.encode_notification("", "4;1;50") == b"\x1b]9; 4;1;50\x1b\\"


def test_clipboard() -> None:
    """Any text is carried, and one that no terminal takes is not sent."""
    text = "café\x1b]0;no\x07"
    sent = passing.encode_clipboard(text)
    assert sent.startswith(b"\x1b]52;c;")
    assert base64.b64decode(sent[len(b"\x1b]52;c;") : -1]).decode() == text
    assert passing.encode_clipboard("x" * 1_000_000) == b""
