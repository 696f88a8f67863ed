"""What becomes of texts and commands, whatever Codex makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from codex_voice.agent.composer import Composer
from codex_voice.agent.held_text import HeldText, TypingOutcome
from codex_voice.agent.prompts import Prompt
from codex_voice.audio.earcons import Cue
from codex_voice.config.schema import Mode, VoiceConfig
from codex_voice.dictation.command_dispatch import CommandDispatch
from codex_voice.dictation.dictation import Dictation
from codex_voice.dictation.hints import SpokenContext
from codex_voice.dictation.notice import Notice
from codex_voice.dictation.state import Dictated, DictationState
from codex_voice.language.registry import Command
from codex_voice.ui.pane.terminal_pane import TerminalPane

SAID = Dictated("u1", "Print the size.", 0.0)
FIRST = Prompt(("Run ls?",), ("Yes (y)", "No (esc)"), "")
SECOND = Prompt(("Run rm -rf?",), ("Yes (y)", "No (esc)"), "")


class CallRecorder:
    """Stands where composer, pane and dictation are: notes what it is asked, answers as told."""

    def __init__(self) -> None:
        self.outcome = TypingOutcome.INSERTED
        self.prompt: Prompt | None = None
        self.state = DictationState("push_to_talk")
        self.half_page = 12
        self.held: tuple[HeldText, ...] = ()
        self.text_before_cursor: str | None = ""
        self.visible_text = ""
        self.asked: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments: self.asked.append((name, *arguments))

    async def _answer(self, *asked: object) -> TypingOutcome:
        self.asked.append(asked)
        return self.outcome

    async def insert(self, text: str, label: str) -> TypingOutcome:
        """Take a text."""
        return await self._answer("insert", text, label)

    async def insert_and_send(self, text: str, label: str) -> TypingOutcome:
        """Take a text that is to be sent."""
        return await self._answer("insert_and_send", text, label)

    async def send(self) -> TypingOutcome:
        """Send."""
        return await self._answer("send")

    async def clear(self) -> TypingOutcome:
        """Clear."""
        return await self._answer("clear")

    async def interrupt(self) -> TypingOutcome:
        """Interrupt."""
        return await self._answer("interrupt")

    async def new_line(self) -> TypingOutcome:
        """Begin a line."""
        return await self._answer("new_line")

    async def new_paragraph(self) -> TypingOutcome:
        """Begin a paragraph."""
        return await self._answer("new_paragraph")

    async def scratch(self, text: str) -> TypingOutcome:
        """Take a text out."""
        return await self._answer("scratch", text)

    async def redo(self) -> TypingOutcome:
        """Put a text in again."""
        return await self._answer("redo")

    async def answer_approval(self, yes: bool, asked: Prompt | None) -> TypingOutcome:
        """Answer a question."""
        return await self._answer("answer_approval", yes, asked)


class Counter:
    """A delivery, and what it asked and told."""

    def __init__(self, **voice: Any) -> None:
        self.codex = CallRecorder()
        self.messages: list[str] = []
        self.cues: list[Cue] = []
        self.context = SpokenContext()
        self.notices: list[Notice] = []
        self.kept_words: list[str] = []
        self.delivery = CommandDispatch(
            cast("Composer", self.codex),
            cast("TerminalPane", self.codex),
            cast("Dictation", self.codex),
            VoiceConfig(**voice),
            self.context,
            show_message=self.messages.append,
            show_notice=self._show,
            keep_word=self.kept_words.append,
            cue=self.cues.append,
            show_commands=lambda: self.codex.asked.append(("show_commands",)),
            show_menu=lambda: self.codex.asked.append(("show_menu",)),
            confirm_quit=lambda: self.codex.asked.append(("confirm_quit",)),
        )

    def _show(self, notice: Notice) -> None:
        before = self.notices[-1:]
        self.notices.append(notice)
        for shown in before:
            shown.gone()
        self.messages.append(notice.text)

    @property
    def asked(self) -> list[tuple[object, ...]]:
        """What composer, pane and dictation were asked."""
        return self.codex.asked


async def test_a_text_is_inserted_and_its_arrival_noted() -> None:
    """It is not sent, no cue sounds, and the line says how to send it."""
    counter = Counter()
    await counter.delivery.deliver(SAID)
    assert counter.asked == [("insert", "Print the size.", "u1"), ("arrived", SAID, "inserted")]
    assert counter.messages == ['“Print the size.” inserted · say "send", or press Enter']
    assert counter.cues == []


@pytest.mark.parametrize("outcome", [TypingOutcome.SENT, TypingOutcome.QUEUED])
async def test_a_text_is_sent_where_that_is_configured(outcome: TypingOutcome) -> None:
    """With a cue, for nobody need look at the screen."""
    counter = Counter(send=True)
    counter.codex.outcome = outcome
    await counter.delivery.deliver(SAID)
    assert counter.asked == [
        ("insert_and_send", "Print the size.", "u1"),
        ("arrived", SAID, outcome.value),
    ]
    assert counter.cues == [Cue.SENT]


@pytest.mark.parametrize("outcome", [TypingOutcome.HELD, TypingOutcome.UNCONFIRMED])
async def test_a_text_that_waits_has_not_arrived(outcome: TypingOutcome) -> None:
    """The journal knows that it waits, and it counts for no latency; later it is settled."""
    counter = Counter()
    counter.codex.outcome = outcome
    await counter.delivery.deliver(SAID)
    assert counter.asked[1:] == [("settle", "u1", outcome.value)]
    counter.delivery.delivered_later(HeldText(SAID.text, label="u1"), TypingOutcome.INSERTED)
    assert counter.asked[2:] == [("settle", "u1", "inserted")]
    assert len(counter.messages) == 2
    assert counter.cues == []


@pytest.mark.parametrize("outcome", [TypingOutcome.INSERTED, TypingOutcome.HELD])
async def test_a_text_out_of_the_history_is_inserted_and_settled(outcome: TypingOutcome) -> None:
    """It is not sent, whatever is configured, and not offered again as lost unless it waits."""
    counter = Counter(send=True)
    counter.codex.outcome = outcome
    await counter.delivery.insert_again("u1", SAID.text)
    assert counter.asked == [("insert", SAID.text, "u1"), ("settle", "u1", outcome.value)]
    assert len(counter.messages) == 1


def test_a_text_that_nobody_said_is_not_looked_for_in_the_journal() -> None:
    """What was held without a recording's name is only told."""
    counter = Counter()
    counter.delivery.delivered_later(HeldText("typed"), TypingOutcome.DROPPED)
    assert counter.asked == []
    assert counter.messages == ["“typed” dropped"]


@pytest.mark.parametrize(
    ("command", "outcome", "line", "cues"),
    [
        (Command.SEND, TypingOutcome.SENT, "Sent.", [Cue.SENT]),
        (Command.SEND, TypingOutcome.NOTHING, "The composer is empty.", []),
        (Command.SEND, TypingOutcome.REFUSED, "Not now: Codex shows something else than", []),
        (Command.CLEAR, TypingOutcome.CLEARED, "Cleared.", []),
        (Command.CLEAR, TypingOutcome.UNCONFIRMED, "the screen does not show that they worked", []),
    ],
)
async def test_what_came_of_a_command_is_told(
    command: Command, outcome: TypingOutcome, line: str, cues: list[Cue]
) -> None:
    """Also that nothing was done; and only what is sent is heard."""
    counter = Counter()
    counter.codex.outcome = outcome
    await counter.delivery.perform(command)
    assert counter.asked == [(command.value,)]
    assert line in counter.messages[0]
    assert counter.cues == cues


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (Command.SCROLL_UP, ("scroll_lines", -12)),
        (Command.SCROLL_DOWN, ("scroll_lines", 12)),
        (Command.PAGE_UP, ("scroll_pages", -1)),
        (Command.PAGE_DOWN, ("scroll_pages", 1)),
        (Command.GO_TO_TOP, ("scroll_to_start",)),
        (Command.GO_TO_BOTTOM, ("scroll_to_end",)),
        (Command.HANDS_FREE, ("use_mode", "hands_free")),
        (Command.PUSH_TO_TALK, ("use_mode", "push_to_talk")),
        (Command.WAKE_WORD, ("use_mode", "wake_word")),
        (Command.SLEEP, ("sleep",)),
        (Command.HELP, ("show_commands",)),
        (Command.EXIT, ("confirm_quit",)),
    ],
)
async def test_a_command_does_what_it_says(command: Command, asked: tuple[object, ...]) -> None:
    """Once, and nothing else."""
    counter = Counter()
    await counter.delivery.perform(command)
    assert counter.asked == [asked]


@pytest.mark.parametrize(
    ("mode", "command", "asked"),
    [
        ("push_to_talk", Command.START_RECORDING, [("listen",)]),
        ("push_to_talk", Command.MUTE, []),
        ("hands_free", Command.START_RECORDING, [("mute", False)]),
        ("hands_free", Command.UNMUTE, [("mute", False)]),
        ("hands_free", Command.MUTE, [("mute", True)]),
        ("wake_word", Command.STOP_RECORDING, [("mute", True)]),
    ],
)
async def test_listening_is_begun_and_ended_as_the_mode_has_it(
    mode: Mode, command: Command, asked: list[tuple[object, ...]]
) -> None:
    """By an utterance where a key begins them, and by the microphone where it is always open."""
    counter = Counter()
    counter.codex.state = DictationState(mode)
    await counter.delivery.perform(command)
    assert counter.asked == asked


@pytest.mark.parametrize("command", [Command.APPROVE, Command.DENY])
async def test_nothing_is_approved_by_voice_unless_that_is_switched_on(command: Command) -> None:
    """Codex is not asked at all, and the line names the setting."""
    counter = Counter()
    await counter.delivery.perform(command)
    assert counter.asked == []
    assert "[voice] approvals = true" in counter.messages[0]


@pytest.mark.parametrize(("command", "yes"), [(Command.APPROVE, True), (Command.DENY, False)])
async def test_an_answer_is_for_the_question_that_was_there_when_it_was_begun(
    command: Command, yes: bool
) -> None:
    """A question that came up while somebody spoke is not answered by it."""
    counter = Counter(approvals=True)
    counter.codex.outcome = TypingOutcome.REFUSED
    counter.codex.prompt = FIRST
    counter.delivery.speech_began()
    counter.codex.prompt = SECOND
    await counter.delivery.perform(command)
    assert counter.asked == [("answer_approval", yes, FIRST)]


@pytest.mark.parametrize("cut_short", ["the microphone went away", ""], ids=["cut", "piece"])
async def test_what_is_not_complete_is_inserted_and_never_sent(cut_short: str) -> None:
    """And what cut it short is named."""
    counter = Counter(send=True)
    await counter.delivery.deliver(
        Dictated("u1", "Print the", 0.0, complete=False, cut_short=cut_short)
    )
    assert counter.asked[0] == ("insert", "Print the", "u1")
    assert (f"cut short: {cut_short}" in counter.messages[0]) == bool(cut_short)
    assert counter.cues == []


@pytest.mark.parametrize(("send", "asked"), [(True, [("send",)]), (False, [])])
async def test_a_long_dictation_that_ends_with_a_silence_is_sent(
    send: bool, asked: list[tuple[object, ...]]
) -> None:
    """Where that is configured: its pieces are in the composer."""
    counter = Counter(send=send)
    counter.codex.outcome = TypingOutcome.SENT
    await counter.delivery.deliver(Dictated("u1", "", 0.0))
    assert counter.asked == asked


async def test_what_was_dictated_is_taken_out_one_after_the_other() -> None:
    """The last text first; what the composer does not end with any more stays."""
    counter = Counter()
    for place, text in enumerate(("Print the size.", "Then exit.")):
        await counter.delivery.deliver(Dictated(f"u{place}", text, 0.0))
    counter.codex.outcome = TypingOutcome.REMOVED
    await counter.delivery.perform(Command.SCRATCH)
    counter.codex.outcome = TypingOutcome.REFUSED
    await counter.delivery.perform(Command.SCRATCH)
    assert "no longer ends with" in counter.messages[-1]
    counter.codex.outcome = TypingOutcome.REMOVED
    await counter.delivery.perform(Command.SCRATCH)
    taken = [asked[1] for asked in counter.asked if asked[0] == "scratch"]
    assert taken == ["Then exit.", "Print the size.", "Print the size."]
    await counter.delivery.perform(Command.SCRATCH)
    assert counter.messages[-1] == "There is nothing left to take out."


CHANGED = Dictated("u1", "Open cart.py.", 0.0, heard="Open cart dot py.", changed=((5, 12),))


async def test_what_was_changed_is_marked_and_a_key_puts_it_back() -> None:
    """The key does what "no, literally" does; of a text that is sent nothing can be put back."""
    counter = Counter()
    await counter.delivery.deliver(CHANGED)
    (notice,) = counter.notices
    assert [notice.text[start:end] for start, end in notice.marked] == ["cart.py"]
    assert "Written for you: cart.py" in notice.plain
    (offer,) = notice.offers
    counter.codex.outcome = TypingOutcome.REMOVED
    await offer.run()
    assert counter.asked[-2:] == [
        ("scratch", "Open cart.py."),
        ("insert", "Open cart dot py.", ""),
    ]
    counter.codex.outcome = TypingOutcome.SENT
    await counter.delivery.deliver(replace(CHANGED, send=True))
    assert counter.notices[-1].marked
    assert not counter.notices[-1].offers


async def test_the_words_that_were_heard_are_put_back() -> None:
    """In place of the text, once; a text that is as it was heard is left alone."""
    counter = Counter()
    await counter.delivery.deliver(CHANGED)
    counter.codex.outcome = TypingOutcome.REMOVED
    await counter.delivery.perform(Command.PUT_BACK)
    assert counter.asked[-2:] == [
        ("scratch", "Open cart.py."),
        ("insert", "Open cart dot py.", ""),
    ]
    await counter.delivery.perform(Command.PUT_BACK)
    assert counter.messages[-1] == "The last text is as it was heard."


async def test_a_text_whose_speaker_said_send_it_is_sent() -> None:
    """Also where texts are only inserted otherwise; a piece of it never."""
    counter = Counter()
    await counter.delivery.deliver(Dictated("u1", "Run it.", 0.0, send=True))
    await counter.delivery.deliver(Dictated("u2", "Run it.", 0.0, send=True, complete=False))
    inserted = [asked[0] for asked in counter.asked if str(asked[0]).startswith("insert")]
    assert inserted == ["insert_and_send", "insert"]


async def test_all_that_is_selected_makes_room_for_what_is_said_next() -> None:
    """Until a key is pressed, or the notice is gone; "delete that" deletes it."""
    counter = Counter()
    await counter.delivery.perform(Command.SELECT_ALL)
    assert counter.messages[-1] == "The composer is empty."
    counter.codex.text_before_cursor = "Explain this."
    for forget in (counter.delivery.unselect, lambda: counter.notices[-1].gone()):
        await counter.delivery.perform(Command.SELECT_ALL)
        forget()
        await counter.delivery.deliver(SAID)
    assert ("clear",) not in counter.asked
    await counter.delivery.perform(Command.SELECT_ALL)
    await counter.delivery.deliver(SAID)
    assert counter.asked[-3:-1] == [("clear",), ("insert", SAID.text, SAID.utterance_id)]
    await counter.delivery.deliver(SAID)
    await counter.delivery.perform(Command.SELECT_ALL)
    await counter.delivery.perform(Command.SCRATCH)
    assert counter.asked.count(("clear",)) == 2
    assert counter.asked[-1] == ("clear",)


async def test_codex_is_interrupted_and_idle_codex_is_not() -> None:
    """Whether there was something to interrupt is told."""
    counter = Counter()
    for outcome, line in (
        (TypingOutcome.INTERRUPTED, "Interrupted."),
        (TypingOutcome.NOTHING, "not working"),
    ):
        counter.codex.outcome = outcome
        await counter.delivery.perform(Command.CANCEL)
        assert line in counter.messages[-1]
    assert counter.asked == [("interrupt",), ("interrupt",)]


async def test_a_text_continues_the_sentence_of_the_draft() -> None:
    """With a small letter, and it can be put back as it was heard."""
    counter = Counter()
    counter.codex.text_before_cursor = "Ask the tool to"
    await counter.delivery.deliver(SAID)
    assert counter.asked[0] == ("insert", "print the size.", "u1")
    counter.codex.outcome = TypingOutcome.REMOVED
    await counter.delivery.perform(Command.PUT_BACK)
    assert counter.asked[-2:] == [("scratch", "print the size."), ("insert", "Print the size.", "")]


async def test_what_is_on_the_screen_and_was_dictated_is_likely_to_be_spoken_of() -> None:
    """The screen as speech began, and the last five texts as they were written."""
    counter = Counter()
    counter.codex.visible_text = "• Edited cart.py: class CartItem"
    counter.delivery.speech_began()
    counter.codex.visible_text = ""
    for number in range(6):
        await counter.delivery.deliver(replace(SAID, text=f"Text {number}."))
    assert counter.context.on_screen == "• Edited cart.py: class CartItem"
    assert counter.context.recent == tuple(f"Text {number}." for number in range(1, 6))
