"""What becomes of what was said: texts go into the composer, commands are carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, assert_never

from codex_voice.agent.composer import Composer
from codex_voice.agent.held_text import HeldText, TypingOutcome
from codex_voice.agent.prompts import Prompt
from codex_voice.audio.earcons import Cue
from codex_voice.config.schema import VoiceConfig
from codex_voice.dictation.dictation import Dictation
from codex_voice.dictation.hints import SpokenContext
from codex_voice.dictation.state import Dictated
from codex_voice.language import joining
from codex_voice.language.registry import Command
from codex_voice.recordings import outcomes

TEXT_OUTCOMES = {
    TypingOutcome.INSERTED: 'inserted · say "send", or press Enter',
    TypingOutcome.SENT: "sent",
    TypingOutcome.QUEUED: "queued: Codex takes it when this turn is over",
    TypingOutcome.HELD: "waits until Codex can take it",
    TypingOutcome.UNCONFIRMED: "was typed, but the composer does not show it (menu: Held texts)",
}

CUT_SHORT = "cut short: the microphone went away"

COMMAND_OUTCOMES = {
    TypingOutcome.SENT: "Sent.",
    TypingOutcome.QUEUED: "Queued: Codex takes it when this turn is over.",
    TypingOutcome.CLEARED: "Cleared.",
    TypingOutcome.INSERTED: "Inserted.",
    TypingOutcome.REMOVED: "Taken out.",
    TypingOutcome.INTERRUPTED: "Interrupted.",
    TypingOutcome.APPROVED: "Approved, this once.",
    TypingOutcome.DENIED: "Denied.",
    TypingOutcome.NOTHING: "The composer is empty.",
    TypingOutcome.REFUSED: "Not now: Codex shows something else than its composer.",
    TypingOutcome.UNCONFIRMED: "The keys were sent, but the screen does not show that they worked.",
}


def _kept_as(outcome: TypingOutcome) -> outcomes.Outcome:
    """Return what the journal calls it."""
    return outcomes.Outcome.of(outcome.value)


_NOT_LAST = "Not now: the composer no longer ends with what was dictated last."
# As many as a person still remembers having said.
_REMEMBERED_TEXTS = 40
_SHOWN_CHANGES = 4


class Scroller(Protocol):
    """Scrolls what the user sees of Codex."""

    @property
    def half_page(self) -> int:
        """Lines of half a screen."""

    def scroll_lines(self, lines: int) -> None:
        """Scroll by lines; upwards where negative."""

    def scroll_pages(self, pages: int) -> None:
        """Scroll by screens; upwards where negative."""

    def scroll_to_start(self) -> None:
        """Scroll to the first line."""

    def scroll_to_end(self) -> None:
        """Scroll to the last line."""

    def find_next(self, earlier: bool = True) -> bool:
        """Show the next match of the search; `False` when there is none."""


class CommandDispatch:
    """Brings texts and commands to Codex.

    Args:
        composer: Types into Codex.
        pane: Scrolls.
        dictation: Changes modes, and is told what became of a text.
        voice: Whether texts are sent at once, and whether approvals may be spoken.
        context: Is told what speech is likely to be about.
        tell: Shows one line.
        cue: Sounds a cue.
        show_commands: Shows what one can say.
        show_menu: Shows the menu, which has the settings.
        confirm_quit: Asks whether to quit.
    """

    def __init__(
        self,
        composer: Composer,
        pane: Scroller,
        dictation: Dictation,
        voice: VoiceConfig,
        context: SpokenContext,
        *,
        tell: Callable[[str], None],
        cue: Callable[[Cue], None],
        show_commands: Callable[[], None],
        show_menu: Callable[[], None],
        confirm_quit: Callable[[], None],
    ) -> None:
        self._composer = composer
        self._pane = pane
        self._dictation = dictation
        self.voice = voice
        self._context = context
        self._tell = tell
        self._cue = cue
        self._show_commands = show_commands
        self._show_menu = show_menu
        self._inserted: list[Dictated] = []
        self._scratched: list[Dictated] = []
        self._confirm_quit = confirm_quit
        self._question: Prompt | None = None

    def speech_began(self) -> None:
        """Remember what is on the screen: an answer is meant for no other question.

        The names that Codex shows are likely to be spoken of.
        """
        self._question = self._composer.prompt
        self._context.on_screen = self._composer.visible_text

    async def deliver(self, dictated: Dictated) -> None:
        """Type a text into the composer, and send it where the configuration says so."""
        send = (self.voice.send or dictated.send) and dictated.complete
        if not dictated.text:
            if send:
                await self.perform(Command.SEND)
            return
        dictated = self._joined(dictated)
        insert = self._composer.insert_and_send if send else self._composer.insert
        outcome = await insert(dictated.text, label=dictated.utterance_id)
        if outcome in (TypingOutcome.HELD, TypingOutcome.UNCONFIRMED):
            self._dictation.settle(dictated.utterance_id, _kept_as(outcome))
        else:
            self._dictation.arrived(dictated, _kept_as(outcome))
        self._inserted.append(dictated)
        self._context.note_text(dictated.text)
        del self._inserted[:-_REMEMBERED_TEXTS]
        became = TEXT_OUTCOMES.get(outcome, outcome.value)
        if dictated.changed:
            became = f"{became} · written for you: {', '.join(dictated.changed[:_SHOWN_CHANGES])}"
        if dictated.cut_short:
            became = f"{became} · {CUT_SHORT}"
        self._tell(f"“{dictated.text}” {became}")
        if outcome in (TypingOutcome.SENT, TypingOutcome.QUEUED):
            self._cue(Cue.SENT)

    def _joined(self, dictated: Dictated) -> Dictated:
        """Return the text as it continues the draft; behind texts that wait, as it is."""
        if self._composer.held:
            return dictated
        text = joining.fit(dictated.text, self._composer.text_before_cursor)
        if text == dictated.text:
            return dictated
        return replace(dictated, text=text, heard=dictated.heard or dictated.text)

    async def insert_again(self, utterance_id: str, text: str) -> None:
        """Type a text out of the history into the composer."""
        outcome = await self._composer.insert(text, label=utterance_id)
        self._dictation.settle(utterance_id, _kept_as(outcome))
        self._tell(f"“{text}” {TEXT_OUTCOMES.get(outcome, outcome.value)}")

    def delivered_later(self, held: HeldText, outcome: TypingOutcome) -> None:
        """Take note that a text that had waited is in the composer."""
        if held.label:
            self._dictation.settle(held.label, _kept_as(outcome))
        self._tell(f"“{held.text}” {TEXT_OUTCOMES.get(outcome, outcome.value)}")

    async def perform(self, command: Command) -> None:
        """Carry out a spoken command."""
        match command:
            case Command.SEND:
                outcome = await self._composer.send()
                self._told(outcome)
                if outcome in (TypingOutcome.SENT, TypingOutcome.QUEUED):
                    self._cue(Cue.SENT)
            case Command.CLEAR:
                self._told(await self._composer.clear())
            case Command.APPROVE | Command.DENY:
                await self._answer(yes=command is Command.APPROVE)
            case Command.SCROLL_UP:
                self._pane.scroll_lines(-self._pane.half_page)
            case Command.SCROLL_DOWN:
                self._pane.scroll_lines(self._pane.half_page)
            case Command.PAGE_UP:
                self._pane.scroll_pages(-1)
            case Command.PAGE_DOWN:
                self._pane.scroll_pages(1)
            case Command.GO_TO_TOP:
                self._pane.scroll_to_start()
            case Command.GO_TO_BOTTOM:
                self._pane.scroll_to_end()
            case Command.START_RECORDING | Command.UNMUTE:
                self._listen()
            case Command.STOP_RECORDING | Command.MUTE:
                self._stop_listening()
            case Command.CANCEL:
                await self._interrupt()
            case Command.NEW_LINE:
                self._told(await self._composer.new_line())
            case Command.NEW_PARAGRAPH:
                self._told(await self._composer.new_paragraph())
            case Command.SCRATCH:
                await self._scratch()
            case Command.REDO:
                await self._redo()
            case Command.PUT_BACK:
                await self._put_back()
            case Command.NEXT | Command.PREVIOUS:
                if not self._pane.find_next(earlier=command is Command.NEXT):
                    self._tell("There is no other match; the menu has the search.")
            case Command.SELECT_ALL:
                self._tell("Codex's composer has no selection; “clear” deletes all of its text.")
            case Command.ESCAPE:
                # Said alone it changes what is heard next, which is done where that is heard.
                pass
            case Command.HANDS_FREE:
                self._dictation.use_mode("hands_free")
            case Command.PUSH_TO_TALK:
                self._dictation.use_mode("push_to_talk")
            case Command.WAKE_WORD:
                self._dictation.use_mode("wake_word")
            case Command.SLEEP:
                self._dictation.sleep()
            case Command.HELP:
                self._show_commands()
            case Command.EXIT:
                self._confirm_quit()
            case Command.WAKE_UP:
                self._dictation.wake()
            case Command.REPEAT:
                await self._repeat()
            case Command.SETTINGS:
                self._show_menu()
            case _:
                assert_never(command)

    async def _repeat(self) -> None:
        if not self._inserted:
            self._tell("Nothing was dictated yet.")
            return
        text = self._inserted[-1].text
        outcome = await self._composer.insert(text, label="")
        self._tell(f"“{text}” {TEXT_OUTCOMES.get(outcome, outcome.value)}")

    async def _interrupt(self) -> None:
        outcome = await self._composer.interrupt()
        self._tell("Codex is not working." if outcome is TypingOutcome.NOTHING else _line(outcome))

    async def _scratch(self) -> None:
        """Take out what was dictated last; said again, what was dictated before that."""
        if not self._inserted:
            self._tell("There is nothing left to take out.")
            return
        outcome = await self._composer.scratch(self._inserted[-1].text)
        if outcome is TypingOutcome.REMOVED:
            self._scratched.append(self._inserted.pop())
        self._tell(_NOT_LAST if outcome is TypingOutcome.REFUSED else _line(outcome))

    async def _redo(self) -> None:
        outcome = await self._composer.redo()
        if outcome is TypingOutcome.NOTHING:
            self._tell("There is nothing to put in again.")
            return
        if self._scratched and outcome in (TypingOutcome.INSERTED, TypingOutcome.UNCONFIRMED):
            self._inserted.append(self._scratched.pop())
        self._tell(_line(outcome))

    async def _put_back(self) -> None:
        """Replace what was dictated last by the words that were heard."""
        last = self._inserted[-1] if self._inserted else None
        if last is None or not last.heard:
            self._tell("The last text is as it was heard.")
            return
        outcome = await self._composer.scratch(last.text)
        if outcome is not TypingOutcome.REMOVED:
            self._tell(_NOT_LAST if outcome is TypingOutcome.REFUSED else _line(outcome))
            return
        self._inserted[-1] = replace(last, text=last.heard, heard="", changed=())
        outcome = await self._composer.insert(last.heard, label="")
        self._tell(f"“{last.heard}” {TEXT_OUTCOMES.get(outcome, outcome.value)}")

    def _told(self, outcome: TypingOutcome) -> None:
        self._tell(_line(outcome))

    async def _answer(self, *, yes: bool) -> None:
        if not self.voice.approvals:
            self._tell("Spoken approvals are off ([voice] approvals = true turns them on).")
            return
        self._told(await self._composer.answer_approval(yes, self._question))

    def _listen(self) -> None:
        if self._dictation.state.mode == "push_to_talk":
            self._dictation.listen()
        else:
            self._dictation.mute(False)

    def _stop_listening(self) -> None:
        if self._dictation.state.mode == "push_to_talk":
            self._tell("Not listening.")
        else:
            self._dictation.mute(True)


def _line(outcome: TypingOutcome) -> str:
    return COMMAND_OUTCOMES.get(outcome, outcome.value)
