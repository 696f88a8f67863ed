"""The choice of a speech model, of those on this machine and those that can be downloaded."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from codex_voice import paths
from codex_voice.config.settings import Settings
from codex_voice.dictation.voice_control import VoiceControl
from codex_voice.errors import CodexVoiceError, SpeechError
from codex_voice.own_command import runnable
from codex_voice.setup.background_download import BackgroundDownload
from codex_voice.setup.model_commands import recommended_name
from codex_voice.speech.models.catalogue import CATALOGUE, PublishedModel, published
from codex_voice.speech.models.installed import FoundModel, find_models, name_of
from codex_voice.ui.dialogs.choice import Choice, ChoiceScreen
from codex_voice.ui.dialogs.dialog import DialogHost
from codex_voice.ui.dialogs.settings_menu import change_setting

_MEBIBYTE = 1 << 20
STOP = "stop"


def _faster() -> str:
    return f"For a GPU or a faster build: {runnable('codex-voice doctor')} says more."


class ModelMenu:
    """Lets a model be chosen; one that is not here is downloaded while the user goes on working.

    Args:
        host: The application.
        voice: Recognises with the model.
        settings: The settings in force.
    """

    def __init__(self, host: DialogHost, voice: VoiceControl, settings: Settings) -> None:
        self._host = host
        self._voice = voice
        self._settings = settings
        self._download: BackgroundDownload | None = None

    async def choose(self) -> None:
        """Show the models, and use, download or stop downloading the one that is chosen."""
        found = await asyncio.to_thread(find_models)
        chosen = await self._host.show(
            model_screen(
                found,
                at_work=self._voice.dictation.state.model,
                best=recommended_name(),
                downloading=self._download.model.name if self._download is not None else "",
            )
        )
        if chosen == STOP and self._download is not None:
            self._download.stop()
        elif isinstance(chosen, PublishedModel):
            self._begin(chosen)
        elif isinstance(chosen, Path):
            self._use(chosen)

    def _use(self, path: Path) -> None:
        self._voice.use_model(path, name_of(path))
        change_setting(self._host, self._settings, "whisper", "model", name_of(path))

    def _begin(self, model: PublishedModel) -> None:
        """Download a model, showing how far it is, and use it when it is here."""
        loop = asyncio.get_running_loop()
        try:
            # From the mirror, where one is named.
            model = published(model.name)
        except CodexVoiceError as error:
            self._host.show_message(str(error))
            return
        self._host.show_progress(f"Downloading {model.name} …")
        self._download = BackgroundDownload(
            model,
            paths.models_directory(),
            post=loop.call_soon_threadsafe,
            progress=partial(self._show_progress, model.name),
            ended=self._ended,
        )

    def _show_progress(self, name: str, done: int, total: int) -> None:
        if self._download is None:
            return
        share = f" of {total // _MEBIBYTE}" if total else ""
        percent = f" ({100 * done // total} %)" if total else ""
        self._host.show_progress(f"Downloading {name}: {done // _MEBIBYTE}{share} MiB{percent}")

    def _ended(self, result: Path | SpeechError) -> None:
        self._download = None
        self._host.show_progress("")
        if isinstance(result, SpeechError):
            self._host.show_message(str(result))
            return
        self._use(result)
        self._host.show_message(f"{name_of(result)} is here, and is used from now on.")


def model_screen(
    found: list[FoundModel], *, at_work: str, best: str, downloading: str = ""
) -> ChoiceScreen[object]:
    """Return the list of models; a choice is a file, what is to be downloaded, or `STOP`.

    Args:
        found: Those on this machine.
        at_work: The name of the one that recognises now.
        best: The name of the one that suits this machine; of those to download it comes first.
        downloading: The name of the one that is being downloaded; no other is offered meanwhile.
    """
    choices: list[Choice[object]] = [
        Choice(
            f"{model.name}  {model.path.parent}",
            model.path,
            disabled=bool(model.problem),
            current=model.name == at_work,
        )
        for model in found
    ]
    if downloading:
        choices.append(Choice(f"Stop downloading {downloading}", STOP))
    else:
        here = {model.name for model in found if not model.problem}
        absent = sorted(
            (model for model in CATALOGUE if model.name not in here),
            key=lambda model: model.name != best,
        )
        choices += [Choice(_offer(model, best), model) for model in absent]
    return ChoiceScreen("Speech model", choices, _faster())


def _offer(model: PublishedModel, best: str) -> str:
    languages = "many languages" if model.multilingual else "English"
    advice = ", for this machine" if model.name == best else ""
    return f"{model.name}  download {model.mebibytes} MiB, {languages}{advice}"
