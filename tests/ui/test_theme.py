"""Which theme the bars and menus have."""

from __future__ import annotations

import pytest
from textual.theme import BUILTIN_THEMES

from codex_voice.config.schema import Theme
from codex_voice.ui.theme import textual_theme


@pytest.mark.parametrize(
    ("theme", "background", "name"),
    [
        ("auto", None, "ansi-dark"),
        ("auto", (0, 0, 0), "ansi-dark"),
        ("auto", (253, 246, 227), "ansi-light"),
        ("light", (0, 0, 0), "ansi-light"),
        ("dark", (255, 255, 255), "ansi-dark"),
        ("solarized-light", (0, 0, 0), "solarized-light"),
        ("nord", None, "nord"),
    ],
    ids=["untold", "dark", "light", "told-light", "told-dark", "light-theme", "dark-theme"],
)
def test_the_theme_follows_the_terminal_unless_one_is_named(
    theme: Theme, background: tuple[int, int, int] | None, name: str
) -> None:
    """Light terminals get light bars without a word in the configuration."""
    assert textual_theme(theme, background) == name
    assert name in BUILTIN_THEMES
