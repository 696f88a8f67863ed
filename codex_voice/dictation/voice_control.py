"""Voice input as a whole: the talk key in, texts and commands out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from codex_voice.agent.composer import Composer
from codex_voice.agent.held_text import HeldText, TypingOutcome
from codex_voice.audio.earcons import Cue
from codex_voice.audio.playback import play
from codex_voice.audio.sources.wav_file import WaveFile
from codex_voice.config.schema import Config, Sounds, VoiceConfig, WhisperConfig
from codex_voice.config.settings import Settings
from codex_voice.dictation.command_dispatch import CommandDispatch, Scroller
from codex_voice.dictation.cues import Cues
from codex_voice.dictation.factory import microphone_called, open_dictation, recognizer_of
from codex_voice.dictation.hints import SpokenContext
from codex_voice.dictation.notice import Notice
from codex_voice.dictation.state import (
    Dictated,
    DictationState,
    Phase,
    Trouble,
    VoiceEvent,
)
from codex_voice.dictation.talk_key import TalkKey
from codex_voice.dictation.user_language import own_words_for, writing_for
from codex_voice.errors import CodexVoiceError, ConfigError, SpeechError
from codex_voice.language.registry import Command
from codex_voice.recordings.entry import Entry
from codex_voice.session.launch import Launch
from codex_voice.speech.factory import with_model
from codex_voice.speech.models.installed import resolve
from codex_voice.terminal.keys import KeyPress


class HostedPane(Scroller, Protocol):
    """The pane that shows Codex."""

    @property
    def reports_key_release(self) -> bool:
        """Whether the user's terminal reports when a key goes up."""


@dataclass(frozen=True)
class VoiceCallbacks:
    """What voice control calls in the application.

    Attributes:
        post: Brings an event from any thread to `VoiceControl.handle` on the event loop.
        run: Runs a coroutine on the event loop without waiting for it.
        changed: Shows the new state.
        show_message: Shows one line.
        show_notice: Shows a line with what was changed in it, and what keys can do about it.
        show_warning: Shows what does not work and how to fix it.
        end_warning: Shows a warning no longer.
        show_cancelled: Says that what was cancelled is kept, and how it is brought back.
        ring: Rings the terminal's bell.
        show_commands: Shows the spoken commands.
        show_menu: Shows the menu.
        confirm_quit: Asks whether to quit.
    """

    post: Callable[[VoiceEvent], None]
    run: Callable[[Coroutine[None, None, None]], object]
    changed: Callable[[], None]
    show_message: Callable[[str], None]
    show_notice: Callable[[Notice], None]
    show_warning: Callable[[str], None]
    end_warning: Callable[[str], None]
    show_cancelled: Callable[[], None]
    ring: Callable[[], None]
    show_commands: Callable[[], None]
    show_menu: Callable[[], None]
    confirm_quit: Callable[[], None]


class VoiceControl:
    """Listens, and brings what was said to Codex.

    Args:
        launch: The configuration and the model.
        pane: Scrolls, and knows whether the terminal reports key releases.
        composer: Types into Codex.
        callbacks: The application.
    """

    def __init__(
        self, launch: Launch, pane: HostedPane, composer: Composer, callbacks: VoiceCallbacks
    ) -> None:
        self._launch = launch
        self._callbacks = callbacks
        self.microphone = launch.config.audio.device
        """The name of the chosen microphone; "" is the default one."""
        self._settings: Settings | None = None
        self._listening = False
        self._whisper = launch.config.whisper
        self._find_model: Callable[[], Path | SpeechError] = launch.find_model
        context = SpokenContext()
        self._writing = writing_for(
            launch.config, launch.config_path, launch.working_directory, self.report_error
        )
        self.dictation = open_dictation(launch, callbacks.post, self, context, self._writing)
        self._pane = pane
        self._voice = launch.config.voice
        self._sounds = launch.config.ui.sounds
        self._cues = self._make_cues()
        self._use_talk_key(launch.config.keys.talk)
        self._dispatch = CommandDispatch(
            composer,
            pane,
            self.dictation,
            launch.config.voice,
            context,
            show_message=callbacks.show_message,
            show_notice=callbacks.show_notice,
            keep_word=self._keep_word,
            cue=lambda cue: self._cues.sound(cue),
            show_commands=callbacks.show_commands,
            show_menu=callbacks.show_menu,
            confirm_quit=callbacks.confirm_quit,
        )

    def start(self) -> None:
        """Start the configured mode, and report recordings that a crash left behind."""
        self.dictation.start()
        self._callbacks.run(self._report_unfinished())

    async def _report_unfinished(self) -> None:
        journal = self.dictation.recordings.journal
        left = await asyncio.to_thread(journal.unfinished)
        await asyncio.to_thread(journal.mark_offered, left)
        # Not before: what nobody knew of yet may be older than anything is kept.
        await asyncio.to_thread(journal.purge)
        if left:
            recordings = "A recording was" if len(left) == 1 else f"{len(left)} recordings were"
            self.show_message(f"{recordings} left by an earlier session: menu, History")

    def handle(self, event: VoiceEvent) -> None:
        """Handle an event from the capture or the recogniser thread."""
        self.dictation.handle(event)

    def handle_talk_key(self, key: KeyPress) -> bool:
        """Act on a press or a release of the talk key; return `False` for any other key."""
        if self._talk_key.handle(key):
            return True
        if key.action == "press":
            # It changes the draft, or moves in it.
            self._dispatch.unselect()
            if key.name == "enter":
                self._dispatch.enter_pressed()
        return False

    def window_focus_lost(self) -> None:
        """End a hold: the release of the key goes to another window."""
        self._talk_key.release()

    def suspend(self) -> None:
        """End a hold, and what is being said: this program is stopped, and hears nothing."""
        self.dictation.suspend()
        self._talk_key.release()

    def play(self, recording: Path) -> None:
        """Play a WAV file into the voice, as if it were spoken."""
        self.dictation.play(lambda: WaveFile(recording, then_silence=True))

    def follow(self, settings: Settings) -> None:
        """Apply changes of the settings from now on."""
        self._settings = settings
        settings.follow("voice", lambda config: self._apply_voice(config.voice))
        settings.follow("audio", lambda config: self._apply_device(config.audio.device))
        settings.follow("keys", lambda config: self._use_talk_key(config.keys.talk))
        settings.follow("ui", lambda config: self._use_sounds(config.ui.sounds))
        settings.follow("words", self._use_words)

    def _keep_word(self, entry: str) -> None:
        """Put an entry on the user's list of words, which applies at once."""
        if self._settings is None:
            return
        kept = [*self._settings.config.words.replace, entry]
        try:
            self._settings.change("words", "replace", kept)
        except ConfigError as error:
            self.warn(str(error))
        else:
            self.show_message(f"{entry}: from now on. The settings screen has your words.")

    def _use_words(self, config: Config) -> None:
        launch = self._launch
        self._writing.use_words(
            own_words_for(config, launch.config_path, launch.working_directory, self.report_error)
        )

    def _apply_voice(self, voice: VoiceConfig) -> None:
        before, self._voice = self._voice, voice
        self._dispatch.voice = voice
        self.dictation.show_partial_text(voice.partial_text)
        if voice.mode != before.mode:
            self.dictation.use_mode(voice.mode)

    def _apply_device(self, name: str) -> None:
        if name != self.microphone:
            self.use_microphone(name)

    def _use_talk_key(self, name: str) -> None:
        self._talk_key = TalkKey(name, self.dictation, lambda: self._pane.reports_key_release)

    def _use_sounds(self, sounds: Sounds) -> None:
        if sounds != self._sounds:
            self._sounds = sounds
            before, self._cues = self._cues, self._make_cues()
            # What is being played is played to its end, on another thread.
            self._callbacks.run(asyncio.to_thread(before.close))

    def _make_cues(self) -> Cues:
        return Cues(self._sounds, self._callbacks.ring, self.dictation.suppress, self.report_error)

    def use_microphone(self, name: str) -> None:
        """Listen to another microphone from now on; "" is the default one."""
        self.microphone = name
        self.dictation.use_microphone(microphone_called(name))

    def use_model(self, file: Path, name: str) -> None:
        """Recognise with another model from now on, as soon as it is loaded."""
        self._whisper = with_model(self._whisper, str(file))
        self._find_model = lambda: file
        self._load(self._find_model, self._whisper, name)

    def _load(
        self, find_model: Callable[[], Path | SpeechError], whisper: WhisperConfig, name: str
    ) -> None:
        self.dictation.use_model(
            recognizer_of(
                find_model,
                whisper,
                self.report_error,
                only_my_voice=self._launch.config.voice.only_my_voice,
            ),
            name,
        )

    async def play_back(self, utterance_id: str) -> None:
        """Let the user hear a recording.

        Raises:
            CodexVoiceError: It cannot be read or played.
        """
        pcm = await asyncio.to_thread(self.dictation.recordings.journal.read_pcm, utterance_id)
        await asyncio.to_thread(play, pcm)

    async def recognize_again(self, utterance_id: str) -> None:
        """Recognise a recording once more, with the model that is configured for that.

        Raises:
            JournalError: It cannot be read.
        """
        pcm = await asyncio.to_thread(self.dictation.recordings.journal.read_pcm, utterance_id)
        whisper, find_model = self._whisper, self._find_model
        if larger := whisper.retry_model:
            # The small model that listens for the wake phrase is not needed beside it.
            whisper = replace(with_model(whisper, larger), listening_model="")
            find_model = partial(resolve, larger)
        if whisper != self._whisper:
            self._load(find_model, whisper, larger)
        self.dictation.recognize_again(utterance_id, pcm)
        if whisper != self._whisper:
            # The recogniser takes its orders one after the other.
            self._load(self._find_model, self._whisper, "")

    async def insert_again(self, entry: Entry) -> None:
        """Insert a text out of the history."""
        await self._dispatch.insert_again(entry.id, entry.text)

    def cue_approval(self) -> None:
        """Let the user hear that Codex asks for an approval."""
        self._cues.sound(Cue.NEEDS_APPROVAL)

    def delivered_later(self, held: HeldText, outcome: TypingOutcome) -> None:
        """Record that a held text has left the queue."""
        self._dispatch.delivered_later(held, outcome)

    def report_error(self, error: CodexVoiceError) -> None:
        """Report an error, from any thread."""
        self._callbacks.post(Trouble(error))

    async def close(self) -> None:
        """Stop capture and recogniser; what is being spoken stays on disk."""
        await self.dictation.close()
        await asyncio.to_thread(self._cues.close)

    # Called by the dictation (DictationListener)

    def dictation_changed(self, state: DictationState) -> None:
        """Show the new state, and sound its cue."""
        listening = state.phase in (Phase.OPENING, Phase.LISTENING)
        if listening != self._listening:
            self._listening = listening
            self._cues.sound(Cue.START if listening else Cue.STOP)
        self._callbacks.changed()

    def dictation_began(self) -> None:
        """Prepare for what is being said."""
        self._dispatch.speech_began()

    def dictated(self, dictated: Dictated) -> None:
        """Type a text into the composer."""
        self._callbacks.run(self._dispatch.deliver(dictated))

    def commanded(self, command: Command) -> None:
        """Carry out a spoken command."""
        self._callbacks.run(self._dispatch.perform(command))

    def chosen(self, number: int) -> bool:
        """Handle the answer to a list of files; return `False` where none is shown."""
        if not self._dispatch.accepts(number):
            return False
        self._callbacks.run(self._dispatch.choose(number))
        return True

    def show_message(self, text: str) -> None:
        """Show one line."""
        self._callbacks.show_message(text)

    def warn(self, text: str) -> None:
        """Show what does not work, and how it is mended."""
        self._cues.sound(Cue.ERROR)
        self._callbacks.show_warning(text)

    def end_warning(self, text: str) -> None:
        """Show a warning no longer: its cause is gone."""
        self._callbacks.end_warning(text)

    def dictation_cancelled(self) -> None:
        """Show that what was being said is kept, and how it is brought back."""
        self._callbacks.show_cancelled()
