"""What dictation depends on: microphone, model and server, what works of it and what does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from codex_voice.audio.events import DeviceBack, DeviceTrouble, Found, Opened
from codex_voice.dictation.state import DictationListener, DictationState, Trouble, TroubleOver
from codex_voice.errors import AudioError, CodexVoiceError, ServerUnavailable, SpeechError
from codex_voice.speech.worker import ModelFailed, ModelLoading, ModelReady

EquipmentEvent: TypeAlias = (
    Found
    | Opened
    | DeviceTrouble
    | DeviceBack
    | ModelLoading
    | ModelReady
    | ModelFailed
    | Trouble
    | TroubleOver
)


class Equipment:
    """Keeps the state of dictation, and the warnings, true to what works.

    Args:
        state: Returns the state.
        update: Changes fields of the state.
        listener: Shows the warnings.
    """

    def __init__(
        self,
        state: Callable[[], DictationState],
        update: Callable[..., None],
        listener: DictationListener,
    ) -> None:
        self._state = state
        self._update = update
        self._listener = listener
        self._ready: ModelReady | None = None
        self._warnings: dict[type[CodexVoiceError], str] = {}
        """The warnings that are shown, by what they are about."""
        self._server_down = ""
        """The name of the recogniser's server while it does not answer."""

    def handle(self, event: EquipmentEvent) -> None:
        """Handle an event of one of the threads."""
        match event:
            case Found(name) | Opened(name):
                # What is played into the voice is no microphone.
                if not self._state().playing:
                    self._microphone_works(name)
            case DeviceTrouble(error):
                self._update(microphone_trouble=error)
                self._warn(AudioError, str(error))
            case DeviceBack(name):
                self._microphone_works(name)
                self._listener.show_message(f"The microphone is back: {name}")
            case ModelLoading(name):
                self._update(model=name, model_description="loading", model_trouble=None)
            case ModelReady(name, description):
                self._ready = event
                self._update(model=name, model_description=description, model_trouble=None)
                self._end_warning(SpeechError)
                if name == self._server_down:
                    self._end_warning(ServerUnavailable)
            case ModelFailed(error):
                self._model_failed(error)
            case Trouble(error):
                if isinstance(error, ServerUnavailable):
                    self._server_down = self._state().model
                self._warn(type(error), str(error))
            case TroubleOver(kind):
                self._end_warning(kind)

    def _microphone_works(self, name: str) -> None:
        self._update(microphone=name, microphone_trouble=None)
        self._end_warning(AudioError)

    def _model_failed(self, error: SpeechError) -> None:
        """Warn; the model that worked before works on."""
        if self._ready is None:
            self._update(model_description="", model_trouble=error)
        else:
            self._update(model=self._ready.name, model_description=self._ready.description)
        self._warn(SpeechError, str(error))

    def _warn(self, about: type[CodexVoiceError], text: str) -> None:
        """Show a warning in place of the one about the same thing."""
        self._end_warning(about)
        self._warnings[about] = text
        self._listener.warn(text)

    def _end_warning(self, about: type[CodexVoiceError]) -> None:
        text = self._warnings.pop(about, None)
        if text is not None:
            self._listener.end_warning(text)
