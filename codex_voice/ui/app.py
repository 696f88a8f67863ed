"""The application: Codex in its pane, the voice beside it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual import work
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.message import Message

from codex_voice.agent.codex import CodexState, StateTracker, resume_id
from codex_voice.agent.composer import Composer, HeldText, Outcome
from codex_voice.agent.process import AgentProcess
from codex_voice.audio.earcons import Cue
from codex_voice.audio.microphone import list_microphones
from codex_voice.audio.wavefile import WaveFile
from codex_voice.errors import AgentError, AudioError, CodexVoiceError
from codex_voice.language.commands import Command
from codex_voice.practice.recordings import Recording, recordings
from codex_voice.services.agent import start_agent
from codex_voice.services.dictation import Dictated, Dictation, DictationState, Notice, VoiceEvent
from codex_voice.services.launch import Launch
from codex_voice.services.voice import microphone_called, open_dictation, recognizer_of
from codex_voice.speech.models import find_models, name_of
from codex_voice.terminal.keys import KeyPress, canonical_name
from codex_voice.ui.choice import Choice, ChoiceScreen
from codex_voice.ui.cues import Cues
from codex_voice.ui.delivery import Delivery
from codex_voice.ui.driver import TerminalDriver
from codex_voice.ui.end_panel import EndPanel, Offer
from codex_voice.ui.menu import MODES, held_choices, menu_choices, spoken_commands
from codex_voice.ui.notices import Notices
from codex_voice.ui.pane import TerminalPane
from codex_voice.ui.practice import PracticeTour
from codex_voice.ui.status import status_items
from codex_voice.ui.status_bar import StatusBar
from codex_voice.ui.talk_key import TalkKey
from codex_voice.ui.voice_bar import VoiceBar
from codex_voice.ui.voice_rows import voice_rows

# Ends Codex when its composer is empty; the first one clears the draft or stops the turn.
FAREWELL = b"\x03\x03\x03"
PRACTICE_KEY = "f2"


@dataclass
class Voiced(Message):
    """Something that one of the voice's threads has to tell."""

    event: VoiceEvent


@dataclass(frozen=True)
class Ending:
    """How things go on after the app has ended."""

    practice: bool = False


class CodexVoiceApp(App[Ending], inherit_bindings=False):
    """Hosts Codex, listens, and brings the two together.

    Args:
        launch: What was found, and what is wanted.
        process: Codex, started already, or why it is not there.
    """

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False

    def __init__(self, launch: Launch, process: AgentProcess | AgentError) -> None:
        super().__init__(driver_class=TerminalDriver, ansi_color=True)
        self.launch = launch
        self.dictation: Dictation | None = None
        self.tracker = StateTracker()
        self.composer = Composer(self.tracker, self._show_status, self._delivered_later)
        self.notices = Notices(self.set_timer, self._show_voice)
        self.pane = TerminalPane(
            process if isinstance(process, AgentProcess) else None,
            launch.config.ui.scrollback_lines,
            self._intercept,
            notifications=launch.config.ui.notifications,
            clipboard=launch.config.ui.clipboard,
        )
        self._process = process if isinstance(process, AgentProcess) else None
        self._absence = process if isinstance(process, AgentError) else None
        self._end_panel = EndPanel()
        self._voice_bar = VoiceBar()
        self._status_bar = StatusBar()
        self._delivery: Delivery | None = None
        self._talk_key: TalkKey | None = None
        self._cues: Cues | None = None
        self._tour = PracticeTour() if launch.practice else None
        self._talk_name = canonical_name(launch.config.keys.talk)
        self._menu_name = canonical_name(launch.config.keys.menu)
        self._leaving = False

    # The screen

    def compose(self) -> ComposeResult:
        """Lay the bars under the pane."""
        yield self.pane
        with Vertical(id="panels"):
            yield self._end_panel
            yield self._voice_bar
            yield self._status_bar

    def on_mount(self) -> None:
        """Join the parts together."""
        self.theme = "ansi-light" if self.launch.config.ui.theme == "light" else "ansi-dark"
        self._status_bar.display = self.launch.config.ui.show_status_bar
        self.tracker.subscribe(self._agent_changed)
        self.pane.on_screen_changed.append(self.composer.changed)
        self.composer.attach(self.pane.write, self.pane.emulator)
        self.pane.focus()
        if self._absence is not None:
            self._show_absence(self._absence)
        # The screen first: the voice's libraries take longer to load than a frame.
        self.call_after_refresh(self._start_voice)
        self._show_status()

    def _start_voice(self) -> None:
        for note in self.launch.notes:
            self.notices.tell(note)
        if self.launch.voice:
            self.dictation = open_dictation(self.launch, self._post_voice, self)
            self._cues = Cues(self.launch.config.ui.sounds, self.bell, self.dictation.suppress)
            self._talk_key = TalkKey(self.dictation)
            self._delivery = Delivery(
                self.composer,
                self.pane,
                self.dictation,
                self.launch.config.voice,
                tell=self.notices.tell,
                cue=self._cues.sound,
                act=self.act,
            )
            self.dictation.start()
        self._show_voice()

    def _post_voice(self, event: VoiceEvent) -> None:
        self.post_message(Voiced(event))

    def on_voiced(self, message: Voiced) -> None:
        """Pass an event of the voice's threads on to the dictation."""
        if self.dictation is not None and not self._leaving:
            self.dictation.handle(message.event)

    def _show_status(self) -> None:
        self._status_bar.items = status_items(
            self.tracker.state,
            self.dictation.state if self.dictation else None,
            self.launch.config.keys,
            hold_to_talk=self.pane.reports_key_release,
            held_texts=len(self.composer.held),
            practice=self.launch.practice,
        )

    def _show_voice(self) -> None:
        dictation = self.dictation
        self._voice_bar.rows = voice_rows(
            dictation.state if dictation else None,
            dictation is not None and dictation.speaking,
            self.notices.lines,
            self._tour.lines() if self._tour else [],
        )
        self._show_status()

    # Keys

    def _intercept(self, key: KeyPress) -> bool:
        """Take the keys that are ours; all others are Codex's."""
        if key.name == self._talk_name:
            if self._talk_key is not None:
                self._talk_key.handle(key)
            elif key.action == "press":
                self.notices.tell("Voice is switched off (--no-voice).")
            return True
        if key.name == self._menu_name:
            if key.action == "press":
                self.act("show_menu")
            return True
        if key.action != "press":
            return False
        if key.name == "escape" and self.dictation is not None and self.dictation.listening:
            self.dictation.cancel()
            return True
        if key.name == PRACTICE_KEY and self._tour is not None:
            self.act("play_next")
            return True
        action = self._end_panel.action_for(key.name)
        if action is not None:
            self.act(action)
        return action is not None

    def act(self, action: str) -> None:
        """Run one of the actions of this app."""
        self.call_later(self.run_action, f"app.{action}")

    # What the voice tells (DictationListener)

    def dictation_changed(self, state: DictationState) -> None:
        """Show the voice's new state."""
        self._show_voice()

    def dictation_began(self) -> None:
        """Prepare for what is being said."""
        if self._delivery is not None:
            self._delivery.speech_began()

    def dictated(self, dictated: Dictated) -> None:
        """Type a text into the composer."""
        if self._delivery is not None:
            self.run_worker(self._delivery.deliver(dictated), group="delivery")

    def commanded(self, command: Command) -> None:
        """Carry out a spoken command."""
        if self._delivery is not None:
            self.run_worker(self._delivery.perform(command), group="delivery")

    def noticed(self, text: str) -> None:
        """Show one line."""
        self.notices.tell(text)

    def _tell_error(self, error: CodexVoiceError) -> None:
        self._post_voice(Notice(str(error)))

    def cue(self, cue: Cue) -> None:
        """Sound a cue."""
        if self._cues is not None:
            self._cues.sound(cue)

    # What the pane tells

    def on_terminal_pane_program_status_changed(
        self, message: TerminalPane.ProgramStatusChanged
    ) -> None:
        """Follow Codex's own word about its state."""
        self.tracker.feed_status(message.payload)

    def on_terminal_pane_title_changed(self, message: TerminalPane.TitleChanged) -> None:
        """Follow Codex's title, which tells its state too."""
        self.tracker.feed_title(message.title)

    def on_terminal_pane_child_exited(self, message: TerminalPane.ChildExited) -> None:
        """Say that Codex has ended, and offer what can be done."""
        self.tracker.exited()
        if self._leaving:
            return
        offers = [Offer("r", "restart", "restart_codex")]
        if resume_id(self.pane.emulator.lines()) is not None:
            offers.append(Offer("u", "resume this session", "resume_codex"))
        self._offer(f"Codex has ended ({message.status}).", *offers)

    def on_terminal_pane_copied(self, message: TerminalPane.Copied) -> None:
        """Say that the selection is on the clipboard."""
        self.notices.tell(f"Copied {len(message.text)} characters.")

    def _agent_changed(self) -> None:
        if self.tracker.state is CodexState.BLOCKED:
            self.cue(Cue.NEEDS_APPROVAL)
        self._show_status()

    def _delivered_later(self, held: HeldText, outcome: Outcome) -> None:
        if self._delivery is not None:
            self._delivery.delivered_later(held, outcome)

    # Codex's life

    def _show_absence(self, error: AgentError) -> None:
        self.tracker.exited()
        self._offer(str(error), Offer("r", "try again", "restart_codex"))

    def _offer(self, reason: str, *offers: Offer) -> None:
        practice = [] if self.launch.practice else [Offer("p", "practice mode", "enter_practice")]
        self._end_panel.offers = (*offers, *practice, Offer("q", "quit", "quit"))
        self._end_panel.reason = reason

    async def action_restart_codex(self) -> None:
        """End Codex, if it runs, and start it anew."""
        await self._restart(())

    async def action_resume_codex(self) -> None:
        """Start Codex with the session that has just ended."""
        session = resume_id(self.pane.emulator.lines())
        await self._restart(("resume", session) if session else ())

    async def _restart(self, arguments: tuple[str, ...]) -> None:
        if self._process is not None and self._process.status is None:
            await self._process.terminate(FAREWELL)
        size = self.pane.size
        try:
            process = start_agent(self.launch, size.width, size.height, arguments)
        except AgentError as error:
            self._show_absence(error)
            return
        self._process = process
        self._end_panel.reason = ""
        self.pane.replace_process(process)
        self.tracker.started()
        self.composer.attach(self.pane.write, self.pane.emulator)

    def action_enter_practice(self) -> None:
        """End, and begin again with the stand-in for Codex."""
        self.leave(Ending(practice=True))

    async def action_quit(self) -> None:
        """End Codex politely, then this program."""
        self.leave(Ending())

    @work(exclusive=True, group="leave")
    async def leave(self, ending: Ending) -> None:
        """End both threads and Codex, then the app."""
        self._leaving = True
        if self.dictation is not None:
            await asyncio.to_thread(self.dictation.close)
        if self._process is not None:
            await self._process.terminate(FAREWELL)
        self.exit(ending)

    # Practice and talking

    def action_play_next(self) -> None:
        """Play the next recording of the tour, as if it were spoken."""
        if self._tour is not None:
            self.play(self._tour.take_next())

    def play(self, recording: Recording) -> None:
        """Play a recording into the voice, as if it were spoken."""
        if self.dictation is not None:
            self.dictation.play(lambda: WaveFile(recording.path, then_silence=True))

    def action_toggle_talk(self) -> None:
        """Do what a tap of the talk key does."""
        if self.dictation is not None:
            self.dictation.toggle()

    # Menus

    @work(exclusive=True, group="menu")
    async def action_show_menu(self) -> None:
        """Show everything that can be done."""
        state = self.dictation.state if self.dictation else None
        choices = menu_choices(
            state,
            self.launch.config.keys,
            held_texts=len(self.composer.held),
            practice=self._tour is not None,
        )
        action = await self.push_screen_wait(ChoiceScreen("codex-voice", choices))
        if action is not None:
            self.act(action)

    @work(exclusive=True, group="menu")
    async def action_confirm_quit(self) -> None:
        """Ask before quitting."""
        choices = [Choice("Quit, and end Codex", True), Choice("Stay", False)]
        if await self.push_screen_wait(ChoiceScreen("Quit?", choices)):
            self.leave(Ending())

    @work(exclusive=True, group="menu")
    async def action_show_commands(self) -> None:
        """Show what one can say."""
        await self.push_screen_wait(
            ChoiceScreen("What one can say", [Choice("Back", None)], spoken_commands())
        )

    @work(exclusive=True, group="menu")
    async def action_choose_mode(self) -> None:
        """Choose how to talk."""
        choices = [Choice(label, mode) for mode, label in MODES.items()]
        mode = await self.push_screen_wait(ChoiceScreen("How to talk", choices))
        if mode is not None and self.dictation is not None:
            self.dictation.use_mode(mode)

    @work(exclusive=True, group="menu")
    async def action_choose_microphone(self) -> None:
        """Choose the microphone."""
        try:
            found = await asyncio.to_thread(list_microphones)
        except AudioError as error:
            self.notices.tell(str(error))
            return
        choices = [Choice("The system's default", "")]
        choices += [Choice(microphone.name, microphone.name) for microphone in found]
        name = await self.push_screen_wait(ChoiceScreen("Microphone", choices))
        if name is not None and self.dictation is not None:
            self.dictation.use_microphone(microphone_called(name))

    @work(exclusive=True, group="menu")
    async def action_choose_model(self) -> None:
        """Choose the speech model."""
        found = await asyncio.to_thread(find_models)
        choices = [
            Choice(f"{model.name}  {model.path.parent}", model.path, bool(model.problem))
            for model in found
        ]
        if not choices:
            self.notices.tell("No speech model on this machine: codex-voice models get base.en")
            return
        path = await self.push_screen_wait(ChoiceScreen("Speech model", choices))
        if path is not None and self.dictation is not None:
            self.dictation.use_model(
                recognizer_of(lambda: path, self.launch.config.whisper, self._tell_error),
                name_of(path),
            )

    @work(exclusive=True, group="menu")
    async def action_choose_recording(self) -> None:
        """Choose a recording to play, as if it were spoken."""
        choices = [Choice(recording.text, recording) for recording in recordings()]
        recording = await self.push_screen_wait(ChoiceScreen("Speak a recording", choices))
        if recording is not None:
            self.play(recording)

    @work(exclusive=True, group="menu")
    async def action_show_held(self) -> None:
        """Show the texts that wait for Codex."""
        choices = held_choices(self.composer)
        choice = await self.push_screen_wait(ChoiceScreen("Texts that wait", choices))
        if choice == "retry":
            self.composer.retry()
        elif choice is not None:
            self.composer.drop(self.composer.held[int(choice)])
