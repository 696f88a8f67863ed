"""What is used of Textual and Rich beyond their public names, all in one place.

`tests/ui/test_textual_compat.py` holds what these names must be and do, and fails where an upgrade
has changed them. Nothing else of this program uses a private name of either library.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from rich.style import Style
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Region, Size
from textual.keys import _character_to_key
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

ENTER_ALTERNATE_SCREEN = "\x1b[?1049h"
"""What Textual writes to begin; a terminal that is there already clears its screen."""

Layout: TypeAlias = dict[Widget, tuple[Region, Region]]
"""The widgets on the screen from the top down, their regions and what of these is not cut off."""


def driver_of(app: App[Any]) -> Driver | None:
    """Return the driver of an application, None before it runs."""
    return app._driver


def visible_widgets(screen: Screen[Any]) -> Layout:
    """Return the layout of a screen; it is another object whenever anything has moved."""
    return screen._compositor.visible_widgets


def has_synchronized_output(app: App[Any]) -> bool:
    """Return whether the terminal has answered that it knows synchronized output (mode 2026)."""
    return app._sync_available


def forget_size(app: App[Any]) -> None:
    """Let the next `Resize` count, also one to the size that the application thinks it has."""
    app._size = None


def key_identifier(character: str) -> str:
    """Return Textual's name of a character's key: "slash" for "/"."""
    return _character_to_key(character)


def make_input_parser() -> XTermParser:
    """Return Textual's own parser of what a terminal sends."""
    return XTermParser(False)


def set_rendered(strip: Strip, rendered: str) -> None:
    """Let a strip be written to the terminal as this text, which must be as wide as the strip."""
    strip._render_cache = rendered


def style_sequence(style: Style) -> str:
    """Return the SGR parameters that a style was given by `set_style_sequence`, else ""."""
    return style._ansi or ""


def set_style_sequence(style: Style, parameters: str) -> None:
    """Let a style be written as exactly these SGR parameters."""
    style._ansi = parameters


class TerminalDriverBase(LinuxDriver):
    """Textual's driver for Linux and macOS, with public names for what `TerminalDriver` needs.

    Attributes:
        parser: Textual's own parser, for reports that are passed on to it.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parser = make_input_parser()

    @property
    def app(self) -> App[Any]:
        """The application."""
        return self._app

    @property
    def terminal_size(self) -> Size:
        """The size of the terminal in cells, as the system knows it now."""
        return Size(*self._get_terminal_size())

    def _sigcont_application(self, *_: object) -> None:
        """Resume after a suspension of ours; other SIGCONTs come with a hang-up."""
        if self._must_signal_resume:
            super()._sigcont_application()

    def _query_in_band_window_resize(self) -> None:
        """Ask for nothing: with in-band resize Textual turns on mouse reports in pixels."""
