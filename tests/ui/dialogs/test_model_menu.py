"""The choice of a speech model, and getting one while the user goes on working."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from codex_voice import paths
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.config.settings import Settings
from codex_voice.dictation.voice_control import VoiceControl
from codex_voice.practice.recordings import model_path
from codex_voice.ui.dialogs import model_menu
from codex_voice.ui.dialogs.model_menu import ModelMenu
from tests.support.model_server import ModelServer
from tests.ui.dialogs.conftest import HostApp, see


@dataclass
class Used:
    """Notes which models are used, in place of the voice."""

    model: str = ""
    used: list[str] = field(default_factory=list)

    @property
    def dictation(self) -> Used:
        """Where the menu looks for the state."""
        return self

    @property
    def state(self) -> Used:
        """Where the menu looks for the model at work."""
        return self

    def use_model(self, _path: Path, name: str) -> None:
        """Take another model."""
        self.used.append(name)
        self.model = name


@pytest.fixture
def server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """Serve the one model of the catalogue."""
    assert home.is_dir()
    with ModelServer(model_path().read_bytes(), "tiny.en-q8_0") as running:
        monkeypatch.setattr(model_menu, "CATALOGUE", (running.model,))
        monkeypatch.setattr(model_menu, "published", lambda _name: running.model)
        yield running


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    while not condition():
        await pilot.pause(0.02)


@pytest.mark.timeout(110)
async def test_a_model_is_downloaded_while_all_else_goes_on(
    server: ModelServer, home: Path
) -> None:
    """How far it is is shown, the menu stops it, and what has come is used at once."""
    app, voice = HostApp(), Used()
    settings = Settings(Config(), home / "config.toml")
    menu = ModelMenu(app, cast("VoiceControl", voice), settings)
    async with app.run_test() as pilot:
        app.run_worker(menu.choose())
        await see(app, pilot, "tiny.en-q8_0  download")
        await pilot.press("enter")
        await until(pilot, lambda: any(" MiB (" in text for text in app.progress))
        app.run_worker(menu.choose())
        await see(app, pilot, "Stop downloading")
        await pilot.press("enter")
        server.go_on.set()
        await until(pilot, lambda: bool(app.messages))
        assert "was stopped" in app.messages[-1]
        assert app.progress[-1] == ""
        app.run_worker(menu.choose())
        await see(app, pilot, "tiny.en-q8_0  download")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.messages) == 2)
    assert app.messages[-1] == "tiny.en-q8_0 is here, and is used from now on."
    assert app.progress[-1] == ""
    assert voice.used == ["tiny.en-q8_0"]
    assert configuration_file.read(settings.path).whisper.model == "tiny.en-q8_0"


async def test_models_of_this_machine_come_first(server: ModelServer, home: Path) -> None:
    """The one at work is marked, and none is offered that is here."""
    directory = paths.models_directory()
    directory.mkdir(parents=True)
    shutil.copyfile(model_path(), directory / server.model.file_name)
    app, voice = HostApp(), Used(server.model.name)
    menu = ModelMenu(app, cast("VoiceControl", voice), Settings(Config(), home / "config.toml"))
    async with app.run_test() as pilot:
        app.run_worker(menu.choose())
        await see(app, pilot, "● tiny.en-q8_0")
        assert not any("download" in line for line in app.lines())
        await pilot.press("enter")
        await until(pilot, lambda: bool(voice.used))
    assert voice.used == ["tiny.en-q8_0"]
