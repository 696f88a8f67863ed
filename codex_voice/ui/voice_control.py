"""The voice's side of the application: the talk key in, texts and commands out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from codex_voice.agent.composer import Composer
from codex_voice.agent.held_text import HeldText, Outcome
from codex_voice.audio.earcons import Cue
from codex_voice.audio.playback import play
from codex_voice.audio.sources.wav_file import WaveFile
from codex_voice.config.schema import WhisperConfig
from codex_voice.dictation.command_dispatch import Delivery
from codex_voice.dictation.cues import Cues
from codex_voice.dictation.factory import microphone_called, open_dictation, recognizer_of
from codex_voice.dictation.state import (
    Dictated,
    DictationState,
    Phase,
    Trouble,
    VoiceEvent,
)
from codex_voice.dictation.talk_key import TalkKey
from codex_voice.errors import CodexVoiceError, SpeechError
from codex_voice.language.commands import Command
from codex_voice.recordings.entry import Entry
from codex_voice.session.launch import Launch
from codex_voice.speech.factory import with_model
from codex_voice.speech.models.installed import resolve
from codex_voice.terminal.keys import KeyPress
from codex_voice.ui.pane.terminal_pane import TerminalPane


@dataclass(frozen=True)
class Surroundings:
    """What the voice needs of the application.

    Attributes:
        post: Brings an event of any thread to `VoiceControl.handle` on the event loop.
        run: Runs something that takes its time, on the event loop.
        changed: Shows the voice's new state.
        tell: Shows one line.
        warn: Shows what does not work, and how it is mended.
        ring: Rings the terminal's bell.
        show_commands: Shows what one can say.
        confirm_quit: Asks whether to quit.
    """

    post: Callable[[VoiceEvent], None]
    run: Callable[[Coroutine[None, None, None]], object]
    changed: Callable[[], None]
    tell: Callable[[str], None]
    warn: Callable[[str], None]
    ring: Callable[[], None]
    show_commands: Callable[[], None]
    confirm_quit: Callable[[], None]


class VoiceControl:
    """Listens, and brings what was said to Codex.

    Args:
        launch: The configuration and the model.
        pane: Scrolls, and knows what the terminal reports.
        composer: Types into Codex.
        surroundings: The application.
    """

    def __init__(
        self, launch: Launch, pane: TerminalPane, composer: Composer, surroundings: Surroundings
    ) -> None:
        self._launch = launch
        self._surroundings = surroundings
        self._listening = False
        self._whisper = launch.config.whisper
        self._find_model: Callable[[], Path | SpeechError] = launch.find_model
        self.dictation = open_dictation(launch, surroundings.post, self)
        self._cues = Cues(
            launch.config.ui.sounds, surroundings.ring, self.dictation.suppress, self.tell_error
        )
        self._talk_key = TalkKey(
            launch.config.keys.talk, self.dictation, lambda: pane.reports_key_release
        )
        self._delivery = Delivery(
            composer,
            pane,
            self.dictation,
            launch.config.voice,
            tell=surroundings.tell,
            cue=self._cues.sound,
            show_commands=surroundings.show_commands,
            confirm_quit=surroundings.confirm_quit,
        )

    def start(self) -> None:
        """Begin to listen as it is configured, and say what a crash left behind."""
        self.dictation.start()
        self._surroundings.run(self._tell_unfinished())

    async def _tell_unfinished(self) -> None:
        journal = self.dictation.archive.journal
        await asyncio.to_thread(journal.purge)
        left = await asyncio.to_thread(journal.unfinished)
        if left:
            recordings = "A recording was" if len(left) == 1 else f"{len(left)} recordings were"
            self.tell(f"{recordings} left by an earlier session: menu, History of what was said")

    def handle(self, event: VoiceEvent) -> None:
        """Take an event of one of the voice's threads."""
        self.dictation.handle(event)

    def takes_talk_key(self, key: KeyPress) -> bool:
        """Take a press or a release of the talk key; `False` is any other key."""
        return self._talk_key.takes(key)

    def lose_window(self) -> None:
        """End a hold: the release of the key goes to another window."""
        self._talk_key.let_go()

    def play(self, recording: Path) -> None:
        """Play a WAV file into the voice, as if it were spoken."""
        self.dictation.play(lambda: WaveFile(recording, then_silence=True))

    def use_microphone(self, name: str) -> None:
        """Listen to another microphone from now on; "" is the default one."""
        self.dictation.use_microphone(microphone_called(name))

    def use_model(self, file: Path, name: str) -> None:
        """Recognise with another model from now on, as soon as it is loaded."""
        self._whisper = with_model(self._whisper, str(file))
        self._find_model = lambda: file
        self._load(self._find_model, self._whisper, name)

    def _load(
        self, find_model: Callable[[], Path | SpeechError], whisper: WhisperConfig, name: str
    ) -> None:
        def asleep() -> bool:
            return self.dictation.state.asleep

        self.dictation.use_model(recognizer_of(find_model, whisper, self.tell_error, asleep), name)

    async def play_back(self, utterance_id: str) -> None:
        """Let the user hear a recording.

        Raises:
            CodexVoiceError: It cannot be read or played.
        """
        pcm = await asyncio.to_thread(self.dictation.archive.journal.read_pcm, utterance_id)
        await asyncio.to_thread(play, pcm)

    async def recognize_again(self, utterance_id: str) -> None:
        """Recognise a recording once more, with the model that is configured for that.

        Raises:
            JournalError: It cannot be read.
        """
        pcm = await asyncio.to_thread(self.dictation.archive.journal.read_pcm, utterance_id)
        whisper, find_model = self._whisper, self._find_model
        if larger := whisper.retry_model:
            whisper, find_model = with_model(whisper, larger), partial(resolve, larger)
        # A small model that listens for the wake phrase is not asked.
        whisper = replace(whisper, listening_model="")
        if whisper != self._whisper:
            self._load(find_model, whisper, larger)
        self.dictation.recognize_again(utterance_id, pcm)
        if whisper != self._whisper:
            # The recogniser takes its orders one after the other.
            self._load(self._find_model, self._whisper, "")

    async def insert_again(self, entry: Entry) -> None:
        """Insert a text out of the history."""
        await self._delivery.insert_again(entry.id, entry.text)

    def cue_approval(self) -> None:
        """Let the user hear that Codex asks for an approval."""
        self._cues.sound(Cue.NEEDS_APPROVAL)

    def delivered_later(self, held: HeldText, outcome: Outcome) -> None:
        """Take note that a text that had waited has left the queue."""
        self._delivery.delivered_later(held, outcome)

    def tell_error(self, error: CodexVoiceError) -> None:
        """Show an error, from any thread."""
        self._surroundings.post(Trouble(error))

    async def close(self) -> None:
        """End the voice's threads; what is being spoken stays on disk."""
        await self.dictation.close()
        await asyncio.to_thread(self._cues.close)

    # What the dictation tells (DictationListener)

    def dictation_changed(self, state: DictationState) -> None:
        """Show the voice's new state, and let it be heard."""
        listening = state.phase in (Phase.OPENING, Phase.LISTENING)
        if listening != self._listening:
            self._listening = listening
            self._cues.sound(Cue.START if listening else Cue.STOP)
        self._surroundings.changed()

    def dictation_began(self) -> None:
        """Prepare for what is being said."""
        self._delivery.speech_began()

    def dictated(self, dictated: Dictated) -> None:
        """Type a text into the composer."""
        self._surroundings.run(self._delivery.deliver(dictated))

    def commanded(self, command: Command) -> None:
        """Carry out a spoken command."""
        self._surroundings.run(self._delivery.perform(command))

    def tell(self, text: str) -> None:
        """Show one line."""
        self._surroundings.tell(text)

    def warn(self, text: str) -> None:
        """Show what does not work, and how it is mended."""
        self._cues.sound(Cue.ERROR)
        self._surroundings.warn(text)
