"""What is to happen after the app; known without the app, which may not have been loaded."""

from __future__ import annotations

from enum import Enum


class AppResult(Enum):
    """What the user chose at the end of the app, or that there never was one to choose in."""

    QUIT = "quit"
    ENTER_PRACTICE = "enter practice"
    LEAVE_PRACTICE = "leave practice"
    NOT_LOADED = "not loaded"
