"""What the hosted program tells the world, as sequences for the user's terminal.

Texts have been cleaned of control characters by `events.clean`.
"""

from __future__ import annotations

import base64

BELL = b"\x07"
# The largest text that terminals commonly take through OSC 52 (xterm's and tmux's limit).
_CLIPBOARD_MAXIMUM_BYTES = 100_000 * 3 // 4


def encode_title(title: str) -> bytes:
    """Set the window's title (OSC 0)."""
    return b"\x1b]0;%b\x07" % title.encode()


def encode_notification(title: str, body: str) -> bytes:
    """Show a desktop notification: OSC 9 without a title, OSC 777 with one."""
    if title:
        return b"\x1b]777;notify;%b;%b\x1b\\" % (title.replace(";", ",").encode(), body.encode())
    # OSC 9 followed by a number is ConEmu's progress report.
    space = " " if body[:1].isdigit() else ""
    return b"\x1b]9;%b\x1b\\" % (space + body).encode()


def encode_clipboard(text: str) -> bytes:
    """Put a text on the clipboard (OSC 52); empty when it is too long for terminals."""
    data = text.encode()
    if len(data) > _CLIPBOARD_MAXIMUM_BYTES:
        return b""
    return b"\x1b]52;c;%b\x07" % base64.b64encode(data)
