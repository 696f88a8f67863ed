"""The settings screen: what people change, applied at once and written to their file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from codex_voice.config.schema import Mode, Sounds, Theme, VoiceBarSize
from codex_voice.errors import CodexVoiceError
from codex_voice.own_command import runnable_in
from codex_voice.terminal.key_labels import describe_key
from codex_voice.ui.dialogs.choice import Choice, ChoiceScreen
from codex_voice.ui.dialogs.key_screen import KeyScreen
from codex_voice.ui.dialogs.palette import Action, PaletteScreen
from codex_voice.ui.dialogs.question import QuestionScreen
from codex_voice.ui.dialogs.word_list import edit_entry

if TYPE_CHECKING:
    from codex_voice.config.settings import Settings
    from codex_voice.ui.dialogs.dialog import DialogHost

MODES: Mapping[Mode, str] = {
    "push_to_talk": "Push to talk",
    "hands_free": "Hands-free",
    "wake_word": "Wake word",
}
SOUNDS: Mapping[Sounds, str] = {"off": "None", "bell": "Terminal bell", "earcons": "Short sounds"}
VOICE_BARS: Mapping[VoiceBarSize, str] = {
    "full": "Full: meter and text while you speak",
    "compact": "Compact: one row",
    "hidden": "Hidden: only what does not work",
}
SEND = {False: "Insert, and wait for “send” or Enter", True: "Send at once"}
APPROVALS = {False: "Off: approve with the keyboard", True: "On: “approve” and “deny” answer"}
ON_OFF = {False: "Off", True: "On"}
KEYS = object()
"""Stands for any key, which is pressed to choose it."""
WORDS = object()
"""Stands for a list of the user's own words."""


@dataclass(frozen=True)
class Setting:
    """One row of the settings screen.

    Attributes:
        section: The section of the configuration.
        key: The name in that section.
        label: What the row says.
        values: What each value is called; empty for free text, `KEYS` for a key, `WORDS` for a
            list of words.
    """

    section: str
    key: str
    label: str
    values: Any = field(default_factory=dict)


SETTINGS = (
    Setting("voice", "mode", "Voice mode", MODES),
    Setting("voice", "send", "After dictation", SEND),
    Setting("voice", "approvals", "Spoken approvals", APPROVALS),
    Setting("voice", "partial_text", "Text while you speak", ON_OFF),
    Setting("voice", "wake_phrase", "Wake phrase"),
    Setting("whisper", "language", "Language"),
    Setting("words", "replace", "Own words", WORDS),
    Setting("words", "macros", "Own macros", WORDS),
    Setting("keys", "talk", "Talk key", KEYS),
    Setting("keys", "menu", "Menu key", KEYS),
    Setting("ui", "theme", "Theme", {name: name for name in get_args(Theme)}),
    Setting("ui", "voice_bar", "Voice bar", VOICE_BARS),
    Setting("ui", "show_status_bar", "Status bar", ON_OFF),
    Setting("ui", "plain", "Plain text for screen readers", ON_OFF),
    Setting("ui", "sounds", "Sounds", SOUNDS),
    Setting("ui", "notifications", "Desktop notifications", ON_OFF),
    Setting("ui", "clipboard", "Codex may write to the clipboard", ON_OFF),
)
AT_NEXT_START = {
    "whisper": ("language",),
    "voice": ("wake_phrase",),
    "ui": ("notifications", "clipboard"),
}
"""What the running program does not change any more."""


class SettingsMenu:
    """Shows the settings, and changes them.

    Args:
        host: The application.
        settings: The settings in force.
    """

    def __init__(self, host: DialogHost, settings: Settings) -> None:
        self.device_actions: Callable[[], list[Action]] = list
        """Returns the rows for microphone and model, once voice input has loaded."""
        self._host = host
        self._settings = settings

    async def show(self) -> None:
        """Show the settings until the dialog is closed."""
        position = 0
        while True:
            actions = [*self.device_actions(), *map(self._action, SETTINGS)]
            action = await self._host.show(PaletteScreen("Settings", actions, position))
            if action is None:
                return
            position = actions.index(action)
            if action.run is not None:
                await action.run()

    def _action(self, setting: Setting) -> Action:
        value = self._value(setting)
        if setting.values is KEYS:
            shown, run = describe_key(value), partial(self._press_key, setting)
        elif setting.values is WORDS:
            shown, run = str(len(value) or "none"), partial(self._edit_words, setting)
        elif setting.values:
            shown, run = setting.values[value], partial(self._choose, setting)
        else:
            shown, run = str(value), partial(self._type, setting)
        return Action(setting.label, run, value=shown, help=self._explanation(setting))

    def _value(self, setting: Setting) -> Any:
        return getattr(getattr(self._settings.config, setting.section), setting.key)

    def _explanation(self, setting: Setting) -> str:
        section = getattr(self._settings.config, setting.section)
        (declared,) = (each for each in fields(section) if each.name == setting.key)
        text = runnable_in(str(declared.metadata["explanation"]))
        later = setting.key in AT_NEXT_START.get(setting.section, ())
        return f"{text} Applies at the next start." if later else text

    async def _choose(self, setting: Setting) -> None:
        current = self._value(setting)
        if setting.values is ON_OFF:
            self._change(setting, not current)
            return
        choices = [
            Choice(label, value, current=value == current)
            for value, label in setting.values.items()
        ]
        value = await self._host.show(
            ChoiceScreen(setting.label, choices, self._explanation(setting))
        )
        if value is not None:
            self._change(setting, value)

    async def _type(self, setting: Setting) -> None:
        text = await self._host.show(
            QuestionScreen(setting.label, self._explanation(setting), str(self._value(setting)))
        )
        if text is not None:
            self._change(setting, text.strip())

    async def _press_key(self, setting: Setting) -> None:
        keys = self._settings.config.keys
        others = {"Menu key": keys.menu, "Talk key": keys.talk}
        del others[setting.label]
        key = await self._host.show(KeyScreen(setting.label, others))
        if key is not None:
            self._change(setting, key)

    async def _edit_words(self, setting: Setting) -> None:
        while True:
            entries = self._value(setting)
            changed = await edit_entry(
                self._host, setting.label, self._explanation(setting), setting.key, entries
            )
            if changed is None:
                return
            self._change(setting, list(changed))

    def _change(self, setting: Setting, value: object) -> None:
        change_setting(self._host, self._settings, setting.section, setting.key, value)


def change_setting(
    host: DialogHost, settings: Settings, section: str, key: str, value: object
) -> None:
    """Change a setting and write it to the user's file, or say why that did not work."""
    try:
        settings.change(section, key, value)
    except CodexVoiceError as error:
        host.show_message(str(error))
