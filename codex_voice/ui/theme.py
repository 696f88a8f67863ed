"""Which theme the bars and menus have."""

from __future__ import annotations

from textual.color import Color

from codex_voice.config.schema import Theme
from codex_voice.terminal.emulator import Colour

_LIGHT_BRIGHTNESS = 0.5
FIRST_THEME = "ansi-dark"
"""The theme of "auto" until the terminal has told its background, and with a dark one."""
_TERMINALS_OWN = {"auto": FIRST_THEME, "dark": "ansi-dark", "light": "ansi-light"}


def textual_theme(theme: Theme, background: Colour | None) -> str:
    """Return the name of Textual's theme.

    Args:
        theme: The configured one.
        background: The terminal's background (red, green, blue; 0 to 255), if it has told it.
    """
    if theme == "auto" and background is not None:
        bright = Color(*background).brightness > _LIGHT_BRIGHTNESS
        return _TERMINALS_OWN["light" if bright else "dark"]
    return _TERMINALS_OWN.get(theme, theme)
