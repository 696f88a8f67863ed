"""What becomes of what was said: texts go into the composer, commands are carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol, assert_never

from codex_voice.agent.composer import Composer
from codex_voice.agent.held_text import HeldText, TypingOutcome
from codex_voice.agent.prompts import Prompt
from codex_voice.audio.earcons import Cue
from codex_voice.config.schema import VoiceConfig
from codex_voice.dictation.dictation import Dictation
from codex_voice.dictation.file_question import FileQuestion, as_said
from codex_voice.dictation.hints import SpokenContext
from codex_voice.dictation.inserted_texts import InsertedTexts
from codex_voice.dictation.notice import PUT_BACK_KEY, KeyOffer, Notice
from codex_voice.dictation.outcome_lines import TEXT_OUTCOMES, line_of
from codex_voice.dictation.state import Dictated
from codex_voice.dictation.word_offer import WordOffers
from codex_voice.language import joining
from codex_voice.language.registry import Command
from codex_voice.recordings import outcomes


def _kept_as(outcome: TypingOutcome) -> outcomes.Outcome:
    """Return what the journal calls it."""
    return outcomes.Outcome.of(outcome.value)


# These change what stands in the composer, so that a question about it is over.
_CHANGING = frozenset(
    {
        Command.SEND,
        Command.CLEAR,
        Command.SCRATCH,
        Command.REDO,
        Command.PUT_BACK,
        Command.REPEAT,
        Command.NEW_LINE,
        Command.NEW_PARAGRAPH,
    }
)


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
        show_message: Shows one line.
        show_notice: Shows a line with what was changed in it, and what keys can do about it.
        keep_word: Puts an entry on the user's list of words.
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
        show_message: Callable[[str], None],
        show_notice: Callable[[Notice], None],
        keep_word: Callable[[str], None],
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
        self._show_message = show_message
        self._cue = cue
        self._show_commands = show_commands
        self._show_menu = show_menu
        self._show_notice = show_notice
        self._texts = InsertedTexts(composer, show_message)
        self._files = FileQuestion(self._texts, show_notice, partial(self.perform, Command.SEND))
        self._words = WordOffers(show_notice, keep_word)
        self._all_selected = False
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
        self._files.close()
        if self._all_selected:
            await self._composer.clear()
            self._all_selected = False
        dictated = self._joined(dictated)
        asking = bool(dictated.choices)
        if asking:
            dictated = as_said(dictated)
        insert = self._composer.insert_and_send if send and not asking else self._composer.insert
        outcome = await insert(dictated.text, label=dictated.utterance_id)
        if outcome in (TypingOutcome.HELD, TypingOutcome.UNCONFIRMED):
            self._dictation.settle(dictated.utterance_id, _kept_as(outcome))
        else:
            self._dictation.arrived(dictated, _kept_as(outcome))
        self._texts.add(dictated)
        self._context.note_text(dictated.text)
        if outcome is TypingOutcome.INSERTED:
            self._words.note(dictated)
        elif outcome in (TypingOutcome.SENT, TypingOutcome.QUEUED):
            self._words.forget()
        if asking and outcome is TypingOutcome.INSERTED:
            self._files.ask(dictated, then_send=send)
        else:
            self._show_text_outcome(dictated, outcome)
        if outcome in (TypingOutcome.SENT, TypingOutcome.QUEUED):
            self._cue(Cue.SENT)

    def _show_text_outcome(self, dictated: Dictated, outcome: TypingOutcome) -> None:
        """Show what became of a text; what was changed in it is marked, and can be put back."""
        became = TEXT_OUTCOMES.get(outcome, outcome.value)
        if dictated.cut_short:
            became = f"{became} · cut short: {dictated.cut_short}"
        line = f"“{dictated.text}” {became}"
        if not dictated.changed:
            self._show_message(line)
            return
        words = ", ".join(dictated.text[start:end] for start, end in dictated.changed)
        put_back = KeyOffer(PUT_BACK_KEY, "puts back what was heard", self._texts.put_back)
        self._show_notice(
            Notice(
                line,
                marked=tuple((start + 1, end + 1) for start, end in dictated.changed),
                plain=f"{line}. Written for you: {words}",
                offers=(put_back,) if outcome is TypingOutcome.INSERTED else (),
            )
        )

    def accepts(self, number: int) -> bool:
        """Return whether a number picks one of the files of a list that is shown."""
        return self._files.accepts(number)

    async def choose(self, number: int) -> None:
        """Handle a number, said while a list of files is shown."""
        await self._files.answer(number)

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
        self._show_message(f"“{text}” {TEXT_OUTCOMES.get(outcome, outcome.value)}")

    def delivered_later(self, held: HeldText, outcome: TypingOutcome) -> None:
        """Note that a text that had waited is in the composer."""
        if held.label:
            self._dictation.settle(held.label, _kept_as(outcome))
        self._show_message(f"“{held.text}” {TEXT_OUTCOMES.get(outcome, outcome.value)}")

    async def perform(self, command: Command) -> None:
        """Carry out a spoken command."""
        if command in _CHANGING:
            self._files.close()
        match command:
            case Command.SEND:
                await self._send()
            case Command.CLEAR:
                await self._clear()
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
                self._show_outcome(await self._composer.new_line())
            case Command.NEW_PARAGRAPH:
                self._show_outcome(await self._composer.new_paragraph())
            case Command.SCRATCH:
                await (self._clear() if self._all_selected else self._texts.scratch())
            case Command.REDO:
                await self._texts.redo()
            case Command.PUT_BACK:
                await self._texts.put_back()
            case Command.NEXT | Command.PREVIOUS:
                if not self._pane.find_next(earlier=command is Command.NEXT):
                    self._show_message("There is no other match; the menu has the search.")
            case Command.SELECT_ALL:
                self._select_all()
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
                await self._texts.repeat()
            case Command.SETTINGS:
                self._show_menu()
            case _:
                assert_never(command)

    async def _send(self) -> None:
        draft = self._composer.text_before_cursor if self._words.waiting else None
        outcome = await self._composer.send()
        self._show_outcome(outcome)
        if outcome in (TypingOutcome.SENT, TypingOutcome.QUEUED):
            self._cue(Cue.SENT)
            self._words.compare(draft)

    def enter_pressed(self) -> None:
        """Take note that the user sends the draft as it is now."""
        if self._words.waiting:
            self._words.compare(self._composer.text_before_cursor)

    async def _interrupt(self) -> None:
        if self._files.close():
            self._show_message("The words stay as they were said.")
            return
        outcome = await self._composer.interrupt()
        self._show_message(
            "Codex is not working." if outcome is TypingOutcome.NOTHING else line_of(outcome)
        )

    def _select_all(self) -> None:
        """Let what is said next take the place of the draft, as text does that is selected.

        Codex's composer itself has no selection.
        """
        if not self._composer.text_before_cursor:
            self._show_message("The composer is empty.")
            return
        self._show_notice(
            Notice(
                "All of the draft is selected: what you say next takes its place; "
                "“clear” deletes it. A key keeps it.",
                lasting=True,
                gone=self.unselect,
            )
        )
        # Not before: the notice takes the place of another one, which may be of this kind.
        self._all_selected = True

    def unselect(self) -> None:
        """Have what is said next added to the draft, as always."""
        self._all_selected = False

    async def _clear(self) -> None:
        self._all_selected = False
        self._show_outcome(await self._composer.clear())

    def _show_outcome(self, outcome: TypingOutcome) -> None:
        self._show_message(line_of(outcome))

    async def _answer(self, *, yes: bool) -> None:
        if not self.voice.approvals:
            self._show_message("Spoken approvals are off ([voice] approvals = true turns them on).")
            return
        self._show_outcome(await self._composer.answer_approval(yes, self._question))

    def _listen(self) -> None:
        if self._dictation.state.mode == "push_to_talk":
            self._dictation.listen()
        else:
            self._dictation.mute(False)

    def _stop_listening(self) -> None:
        if self._dictation.state.mode == "push_to_talk":
            self._show_message("Not listening.")
        else:
            self._dictation.mute(True)
