"""The settings screen: every change applies at once and is in the user's file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import pytest
from textual.theme import BUILTIN_THEMES

from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.config.settings import Settings
from codex_voice.ui.dialogs.key_screen import find_conflict
from codex_voice.ui.dialogs.settings_menu import KEYS, SETTINGS, WORDS, Setting, SettingsMenu
from codex_voice.ui.dialogs.word_list import ADD, EDIT
from tests.ui.dialogs.conftest import HostApp, see

COMMENTED = """\
# My settings.
[voice]
send = false  # not yet
"""


class SettingsApp(HostApp):
    """Shows the settings of a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        config = configuration_file.read(path) if path.exists() else Config()
        self.settings = Settings(config, path)

    def open_settings(self) -> None:
        """Show the settings, as the menu does."""
        self.run_worker(SettingsMenu(self, self.settings).show())


@pytest.fixture
def make_app(tmp_path: Path) -> Callable[[str], SettingsApp]:
    """Return what makes an application with settings of that text."""

    def make(text: str) -> SettingsApp:
        path = tmp_path / "config.toml"
        if text:
            path.write_text(text, encoding="utf-8")
        return SettingsApp(path)

    return make


async def test_a_choice_applies_and_is_written_with_comments_kept(
    make_app: Callable[[str], SettingsApp],
) -> None:
    """Whoever follows the section hears of it, and the file keeps what it says beside it."""
    app = make_app(COMMENTED)
    followed: list[bool] = []
    app.settings.follow("voice", lambda config: followed.append(config.voice.send))
    async with app.run_test() as pilot:
        app.open_settings()
        await pilot.pause()
        await pilot.press(*"after", "enter")
        await pilot.pause()
        assert any("● Insert" in line for line in app.lines())
        await pilot.press("down", "enter")
        await pilot.pause()
        assert any("After dictation  Send at once" in line for line in app.lines())
    assert followed == [True]
    assert app.settings.path.read_text(encoding="utf-8") == COMMENTED.replace("false", "true")


async def test_an_on_off_setting_changes_with_enter(
    make_app: Callable[[str], SettingsApp],
) -> None:
    """And the same row stays chosen, so that a second Enter takes it back."""
    app = make_app("")
    async with app.run_test() as pilot:
        app.open_settings()
        await pilot.pause()
        row = next(i for i, setting in enumerate(SETTINGS) if setting.key == "show_status_bar")
        await pilot.press(*["down"] * row, "enter")
        await pilot.pause()
        assert not app.settings.config.ui.show_status_bar
        await pilot.press("enter")
        await pilot.pause()
    assert app.settings.config.ui.show_status_bar


async def test_a_text_that_is_not_allowed_changes_nothing_and_is_explained(
    make_app: Callable[[str], SettingsApp],
) -> None:
    """The message of the configuration's own check is shown."""
    app = make_app("")
    async with app.run_test() as pilot:
        app.open_settings()
        await pilot.pause()
        await pilot.press(*"language", "enter")
        await pilot.pause()
        await pilot.press("ctrl+u", *"English", "enter")
        await pilot.pause()
    assert app.settings.config.whisper.language == "en"
    assert app.messages == [
        '[whisper] language = "English": must be a language code such as "en", or "auto"'
    ]


async def test_a_key_is_chosen_by_pressing_it(make_app: Callable[[str], SettingsApp]) -> None:
    """A key that is taken is refused with the reason, and the dialog waits for another."""
    app = make_app("")
    async with app.run_test() as pilot:
        app.open_settings()
        await pilot.pause()
        await pilot.press(*"talk key", "enter")
        await pilot.pause()
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert any("Ctrl-C is Codex's own" in line for line in app.lines())
        await pilot.press("f1")
        await pilot.pause()
        assert any("F1 is the menu key already" in line for line in app.lines())
        await pilot.press("f5")
        await pilot.pause()
        assert any("Talk key  F5" in line for line in app.lines())
    assert app.settings.config.keys.talk == "f5"


async def test_own_words_are_added_edited_and_deleted(
    make_app: Callable[[str], SettingsApp],
) -> None:
    """Each change applies at once and is in the file; an entry that is wrong changes nothing."""
    app = make_app('[words]\n# names\nreplace = ["kay eight s -> k8s"]\n')
    followed: list[tuple[str, ...]] = []
    app.settings.follow("words", lambda config: followed.append(config.words.replace))
    async with app.run_test() as pilot:
        app.open_settings()
        await see(app, pilot, "Own words  1")
        await pilot.press(*"own words", "enter")
        await see(app, pilot, "kay eight s -> k8s")
        await pilot.press("end", "enter")
        await see(app, pilot, EDIT)
        await pilot.press(*"no arrow", "enter")
        # A wrong entry ends the list; the settings are there again.
        await see(app, pilot, "Own words  1")
        assert followed == []
        await pilot.press(*"own words", "enter")
        await see(app, pilot, ADD)
        await pilot.press("end", "enter")
        await see(app, pilot, EDIT)
        await pilot.press(*"foo bar -> FooBar", "enter")
        await see(app, pilot, ADD)
        await pilot.press("home", "enter")
        await see(app, pilot, EDIT)
        await pilot.press("ctrl+u", "enter")
        await see(app, pilot, ADD)
        await pilot.press("escape")
        await see(app, pilot, "Own words  1")
    assert app.messages == ["[words] 'no arrow': must be \"heard -> written\""]
    assert followed == [("kay eight s -> k8s", "foo bar -> FooBar"), ("foo bar -> FooBar",)]
    text = app.settings.path.read_text(encoding="utf-8")
    assert "# names" in text
    assert configuration_file.read(app.settings.path).words.replace == ("foo bar -> FooBar",)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("f5", ""),
        ("ctrl+space", ""),
        ("right_ctrl", ""),
        ("a", "A is needed for typing"),
        ("enter", "Enter is needed for typing"),
        ("ctrl+d", "Ctrl-D is Codex's own"),
        ("f1", "F1 is the menu key already"),
    ],
)
def test_keys_that_conflict_are_found(name: str, reason: str) -> None:
    """Neither typing nor Codex nor the menu loses a key."""
    conflict = find_conflict(name, {"Menu key": "f1"})
    assert conflict.startswith(reason)
    assert bool(conflict) == bool(reason)


async def test_every_theme_of_the_schema_is_there() -> None:
    """A theme that Textual does not know would end the application."""
    themes = next(setting.values for setting in SETTINGS if setting.key == "theme")
    assert set(themes) - {"auto", "dark", "light"} == {
        name for name in BUILTIN_THEMES if not name.startswith("ansi-")
    }


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: str(setting.key))
def test_every_value_has_a_name(setting: Setting) -> None:
    """Each value that the schema allows for a choice can be chosen."""
    kind = get_type_hints(configuration_file.sections()[setting.section])[setting.key]
    if get_origin(kind) is Literal:
        assert set(setting.values) == set(get_args(kind))
    elif kind is bool:
        assert set(setting.values) == {False, True}
    else:
        assert setting.values in (KEYS, WORDS) or not setting.values
