"""How the screens look, dark and light, at 80x24 and 120x40.

After a change that is meant: `pytest tests/ui/test_snapshots.py --snapshot-update`, and look at the
pictures in `tests/ui/__snapshots__` before committing them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import textual
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from codex_voice.agent.state import CodexState
from codex_voice.config.schema import Config, KeysConfig
from codex_voice.config.settings import Settings
from codex_voice.dictation.state import DictationState, Phase
from codex_voice.dictation.status_items import status_items
from codex_voice.recordings.entry import Entry
from codex_voice.recordings.outcomes import Outcome
from codex_voice.speech.models.installed import FoundModel
from codex_voice.ui.bars.status_bar import StatusBar
from codex_voice.ui.bars.voice_bar import VoiceBar
from codex_voice.ui.bars.voice_rows import voice_rows
from codex_voice.ui.bars.welcome import Step, Welcome
from codex_voice.ui.dialogs.command_help import command_help
from codex_voice.ui.dialogs.history import HistoryScreen
from codex_voice.ui.dialogs.key_screen import KeyScreen
from codex_voice.ui.dialogs.microphone_screen import MicrophoneScreen
from codex_voice.ui.dialogs.model_menu import model_screen
from codex_voice.ui.dialogs.palette import Action, PaletteScreen
from codex_voice.ui.dialogs.settings_menu import SettingsMenu
from tests.ui.dialogs.conftest import DialogApp, see
from tests.ui.dialogs.test_microphone_screen import Tone

DRAWN_WITH = "8.2.8"
"""The release of Textual that drew the pictures; another one may place a pixel elsewhere."""

pytestmark = pytest.mark.skipif(
    textual.__version__ != DRAWN_WITH, reason=f"pictures are of Textual {DRAWN_WITH}"
)

LISTENING = DictationState(
    mode="push_to_talk",
    phase=Phase.LISTENING,
    microphone="USB Microphone",
    model="base.en",
    model_description="CPU",
    elapsed=7.2,
    level_dbfs=-24.0,
    peak_dbfs=-14.0,
    partial="write a unit test for the main loop",
    latency=0.42,
)
MENU = [
    Action("Start listening", None, key="Ctrl-Space", group="voice"),
    Action("Voice mode", None, value="Push to talk", group="voice"),
    Action("Microphone", None, value="USB Microphone", group="voice"),
    Action("Speech model", None, value="base.en (CPU)", group="voice"),
    Action("History", None, group="voice"),
    Action("Settings", None, group="app"),
    Action("Voice commands", None, phrase="help", group="app"),
    Action("Quit", None, phrase="exit", group="app"),
    Action("Send what stands in the composer", None, key="Enter", phrase="send", group="command"),
]


class BarsApp(DialogApp):
    """The bars under a pane, while somebody speaks.

    Args:
        theme: Its theme.
        make_screen: Makes the dialog over them, if there is one.
        welcome: Whether they are those of somebody's first minutes in practice mode.
        plain: Whether they are for screen readers.
    """

    def __init__(
        self,
        theme: str,
        make_screen: Callable[[], Screen[Any]] | None,
        *,
        welcome: bool = False,
        plain: bool = False,
    ) -> None:
        super().__init__()
        self._theme_name = theme
        self._make_screen = make_screen
        self._shows_welcome = welcome
        self._plain = plain

    def compose(self) -> ComposeResult:
        """Lay the bars under what stands for Codex."""
        yield Static("› Ask Codex to do anything")
        with Vertical(id="panels"):
            if self._shows_welcome:
                yield Welcome()
            yield VoiceBar()
            yield StatusBar()

    def on_mount(self) -> None:
        """Fill the bars, and show the dialog."""
        super().on_mount()
        self.theme = self._theme_name
        practice = ["Practice · F2 says “Run the tests.”"]
        rows = voice_rows(LISTENING, True, [], practice, plain=self._plain)
        self.query_one(VoiceBar).plain = self.query_one(StatusBar).plain = self._plain
        for welcome in self.query(Welcome):
            welcome.finish_step(Step.HEAR)
        self.query_one(VoiceBar).show(rows if self._make_screen is None else (Content("Sent."),))
        self.query_one(StatusBar).items = status_items(
            CodexState.WORKING,
            LISTENING if self._make_screen is None else replace(LISTENING, phase=Phase.IDLE),
            KeysConfig(),
            voice_wanted=True,
            hold_to_talk=True,
            held_texts=1,
            practice=self._shows_welcome,
        )
        if self._make_screen is not None:
            self.push_screen(self._make_screen())


def settings() -> Screen[Any]:
    """Return the settings screen, as the menu shows it."""
    shown: list[Screen[Any]] = []

    class SettingsHost:
        async def show(self, screen: Screen[Any]) -> None:
            shown.append(screen)

        def show_message(self, text: str) -> None:
            raise AssertionError(text)

        def show_progress(self, text: str) -> None:
            raise AssertionError(text)

    with pytest.raises(StopIteration):
        SettingsMenu(SettingsHost(), Settings(Config(), Path("config.toml"))).show().send(None)
    return shown[0]


def history() -> Screen[Any]:
    """Return a history of two recordings, at noon wherever the test runs."""
    noon = time.mktime((2026, 11, 20, 12, 0, 0, 0, 0, -1))
    return HistoryScreen(
        [
            Entry("new", noon, "Write a unit test.", Outcome.SENT, audio_seconds=2.4),
            Entry("old", noon - 90, "", Outcome.FAILED, audio_seconds=31.0),
        ]
    )


def microphones() -> Screen[Any]:
    """Return the choice of a microphone; what is highlighted hears a tone of -6 dB."""
    return MicrophoneScreen(["USB Microphone", "Headset"], "USB Microphone", Tone)


def models(downloading: str = "") -> Screen[Any]:
    """Return the choice of a model; the one that is here is at work, and another suits better."""
    found = FoundModel("base-q8_0", Path("/models/ggml-base-q8_0.bin"), 81_000_000, True)
    return model_screen([found], at_work="base-q8_0", best="small-q8_0", downloading=downloading)


SCREENS: dict[str, Callable[[], Screen[Any]] | None] = {
    "bars": None,
    "welcome": None,
    "plain": None,
    "palette": lambda: PaletteScreen("codex-voice", MENU),
    "settings": settings,
    "history": history,
    "key": lambda: KeyScreen("Talk key", {"Menu key": "f1"}),
    "help": lambda: command_help(Config(), voice=True),
    "microphone": microphones,
    "models": models,
    "downloading": lambda: models("small-q8_0"),
}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("theme", ["ansi-dark", "solarized-light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_the_screen_looks_as_it_did(
    snap_compare: Any, size: tuple[int, int], theme: str, screen: str
) -> None:
    """Nothing moves, and no colour changes, unless that is meant."""

    async def settle(pilot: Pilot[None]) -> None:
        if screen == "microphone":
            assert isinstance(pilot.app, DialogApp)
            await see(pilot.app, pilot, "-6 dB")
        await pilot.pause()

    app = BarsApp(theme, SCREENS[screen], welcome=screen == "welcome", plain=screen == "plain")
    assert snap_compare(app, terminal_size=size, run_before=settle)
