"""Types into Codex's composer, looks whether it worked, and says so.

The rules, each measured with the real Codex (codex-cli 0.169):

* A text goes in as one bracketed paste, and only while the composer is recognised (`draft`); a
  question on the screen would swallow it.
* A paste counts as inserted when the composer shows it, and as sent when the composer is empty
  again. What was not seen is never typed a second time unasked.
* It is sent with Tab. Where Enter would approve a question that appears in that very moment, Tab
  does nothing; while Codex works, Tab queues the text.
* Enter is pressed for one thing alone: a command of Codex's own (`/status`), which Tab would only
  complete, when the user says "send" while no turn runs. Never while Codex works or may ask.
* A question is answered by `answer` alone: one key, and only the question it is meant for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from codex_voice.agent.draft import Draft, read_draft
from codex_voice.agent.held_text import HeldText, TypingOutcome
from codex_voice.agent.paste import bracketed, guard, minimum_backspaces
from codex_voice.agent.prompt_watch import PromptWatch
from codex_voice.agent.prompts import Prompt
from codex_voice.agent.screen import BRACKETED_PASTE, Screen
from codex_voice.agent.state import CodexState, StateTracker

# A paste shows within 10-30 ms on an idle machine, sending, clearing and answering within 0.1 s;
# a machine that is busy with speech recognition takes longer.
SHOWN_SECONDS = 2.0
# Between two keys of a burst Codex draws at the rate of its frames.
REST_SECONDS = 0.1
# For a moment at its start Codex overlooks Tab. Another one does no harm: it finds the same text,
# or an empty composer, where it does nothing.
TAB_SECONDS = 0.5
TAB_ATTEMPTS = 6
# Interrupting ends the stream from the model and a tool's process.
INTERRUPTED_SECONDS = 5.0
# Insertions that can be taken back one after the other.
_KEPT_INSERTIONS = 50
# Characters that Codex may delete one by one where one was counted.
_FURTHER_BACKSPACES = 8

_UNREADY = (CodexState.STARTING, CodexState.BLOCKED, CodexState.EXITED)
_AT_REST = (CodexState.IDLE, CodexState.DONE, CodexState.ERROR)

_TAB, _ENTER, _ESCAPE, _BACKSPACE = b"\t", b"\r", b"\x1b", b"\x7f"
_TO_LINE_START, _TO_LINE_END = b"\x15", b"\x0b"


@dataclass(frozen=True)
class _Insertion:
    """A text that was typed: as it was said, as it was pasted, and the drafts around that."""

    text: str
    pasted: str
    before: Draft
    after: Draft


class ComposerInput:
    """Does one thing at a time with the process and the screen that it is attached to.

    Args:
        tracker: Knows the state of Codex.
    """

    def __init__(self, tracker: StateTracker) -> None:
        self._tracker = tracker
        self._write: Callable[[bytes], object] = lambda _data: None
        self._screen: Screen | None = None
        self._change = asyncio.Event()
        self._insertions: list[_Insertion] = []
        self._questions = PromptWatch(tracker)

    def attach(self, write: Callable[[bytes], object], screen: Screen) -> None:
        """Type into this process from now on."""
        self._write = write
        self._screen = screen
        self._insertions.clear()

    def changed(self) -> None:
        """Note that the screen or the state of Codex has changed."""
        self._questions.look(self._screen)
        self._change.set()

    @property
    def prompt(self) -> Prompt | None:
        """The question on the screen, with the number of its appearance."""
        return self._questions.look(self._screen)

    @property
    def visible_text(self) -> str:
        """The rows of the screen, joined by line feeds; "" where there is none yet."""
        return "\n".join(self._screen.lines()) if self._screen is not None else ""

    @property
    def working(self) -> bool:
        """Whether Codex is in the middle of a turn."""
        return self._tracker.state is CodexState.WORKING

    def draft(self) -> Draft | None:
        """Return the composer's text if the composer can be typed into now."""
        screen = self._screen
        if screen is None or not screen.mode(BRACKETED_PASTE):
            return None
        # Codex shows a composer before it has started, and forgets what is typed into it.
        if self._tracker.state in _UNREADY:
            return None
        return read_draft(screen)

    async def await_whole_screen(self) -> None:
        """Wait until Codex is not in the middle of drawing."""
        await self._until(lambda: True)

    # Inserting

    async def type(self, request: HeldText) -> tuple[TypingOutcome, HeldText]:
        """Paste one text, see it, and send it where that is asked for.

        Returns:
            The outcome, and for HELD and UNCONFIRMED the request as it is to be kept.
        """
        draft = self.draft()
        if draft is None:
            return TypingOutcome.HELD, request
        if not self.has_arrived(request) and not await self._paste(request.text, draft):
            # A view that has come up swallowed it or hides it; else nobody knows.
            doubtful = self.draft() is not None
            outcome = TypingOutcome.UNCONFIRMED if doubtful else TypingOutcome.HELD
            return outcome, replace(request, typed_over=draft, doubtful=doubtful)
        if not request.send or _is_own_command(draft):
            # Behind a command of Codex's own it may be an argument, which only a key or a spoken
            # "send" by itself gives.
            return TypingOutcome.INSERTED, request
        outcome = await self.submit(request.interrupt)
        if outcome in (TypingOutcome.REFUSED, TypingOutcome.UNCONFIRMED):
            # It stands in the composer, whatever kept it from being sent.
            return TypingOutcome.INSERTED, request
        return outcome, request

    async def insert_break(self, lines: int) -> TypingOutcome:
        """Paste line feeds; see `Composer.new_line`."""
        draft = self.draft()
        if draft is None:
            return TypingOutcome.REFUSED
        return (
            TypingOutcome.INSERTED
            if await self._paste("\n" * lines, draft)
            else TypingOutcome.UNCONFIRMED
        )

    async def _paste(self, text: str, before: Draft) -> bool:
        """Paste a text, and tell whether the composer shows it."""
        pasted = _joined(text, before)
        self._write(bracketed(pasted))
        if not await self._until(lambda: self._shows(pasted, before)):
            return False
        after = self.draft()
        if after is not None:
            self._insertions = self._insertions[1 - _KEPT_INSERTIONS :]
            self._insertions.append(_Insertion(text, pasted, before, after))
        return True

    def has_arrived(self, request: HeldText) -> bool:
        """Return whether a text that was typed without being seen is in the composer now."""
        before = request.typed_over
        return before is not None and self._shows(_joined(request.text, before), before)

    def _shows(self, text: str, before: Draft) -> bool:
        draft = self.draft()
        return draft is not None and draft != before and draft.shows(text)

    # Sending and interrupting

    async def submit(self, interrupt: bool) -> TypingOutcome:
        """Send what stands in the composer; see `Composer.send`."""
        if interrupt and self.working:
            await self.interrupt()
        draft = self.draft()
        if draft is None or draft.shell:
            return TypingOutcome.REFUSED
        if draft.empty:
            return TypingOutcome.NOTHING
        if draft.command:
            return await self._run_command()
        sent = TypingOutcome.QUEUED if self.working else TypingOutcome.SENT
        for _ in range(TAB_ATTEMPTS):
            self._write(_TAB)
            if await self._until(self._has_gone, TAB_SECONDS):
                self._insertions.clear()
                return sent
            if self.draft() != draft:
                break
        return TypingOutcome.UNCONFIRMED

    async def _run_command(self) -> TypingOutcome:
        """Run the command of Codex's own that stands in the composer, as Enter would."""
        at_rest = self._tracker.certain and self._tracker.state in _AT_REST
        if not at_rest or self.prompt is not None:
            return TypingOutcome.REFUSED
        self._write(_ENTER)
        self._insertions.clear()
        return (
            TypingOutcome.SENT
            if await self._until(self._has_no_text)
            else TypingOutcome.UNCONFIRMED
        )

    async def interrupt(self) -> TypingOutcome:
        """End the turn that is running; see `Composer.interrupt`."""
        if not self.working:
            return (
                TypingOutcome.NOTHING if self._tracker.state in _AT_REST else TypingOutcome.REFUSED
            )
        draft = self.draft()
        # Vim's insert mode and a list of commands would take the key.
        if draft is None or draft.vim or draft.command:
            return TypingOutcome.REFUSED
        self._write(_ESCAPE)
        if await self._until(lambda: self._tracker.state in _AT_REST, INTERRUPTED_SECONDS):
            return TypingOutcome.INTERRUPTED
        return TypingOutcome.UNCONFIRMED

    # Deleting

    async def clear(self) -> TypingOutcome:
        """Delete what stands in the composer; see `Composer.clear`."""
        draft = self.draft()
        if draft is None:
            return TypingOutcome.REFUSED
        if _is_blank(draft):
            return TypingOutcome.NOTHING
        self._insertions.clear()
        while draft is not None and not _is_blank(draft):
            # Each pair of keys takes a line and then its break; never Ctrl-C, which ends
            # Codex when the composer is empty.
            lines = 2 * len(draft.rows) + 2
            self._write(_TO_LINE_START * lines + _TO_LINE_END * lines)
            if draft.empty:
                self._write(_BACKSPACE)
            if not await self._until_changed(draft, SHOWN_SECONDS):
                return TypingOutcome.UNCONFIRMED
            draft = await self._resting_draft()
        return TypingOutcome.UNCONFIRMED if draft is None else TypingOutcome.CLEARED

    async def scratch(self, text: str) -> TypingOutcome:
        """Delete a text before the cursor; see `Composer.scratch`."""
        draft = self.draft()
        if draft is None:
            return TypingOutcome.REFUSED
        known = self._insertions[-1] if self._insertions else None
        if known is not None and known.text == text and known.after == draft:
            whole, pasted = known.before, known.pasted
        elif text.strip() and _squeeze(draft.before).endswith(_squeeze(text)):
            whole, pasted = None, text.strip()
        else:
            return TypingOutcome.REFUSED
        rest = _squeeze(whole.before if whole else _squeeze(draft.before)[: -len(_squeeze(text))])
        placeholder = f"[Pasted Content {len(pasted)} chars]"
        presses = 1 if draft.before.endswith(placeholder) else minimum_backspaces(pasted)
        for attempt in range(1 + _FURTHER_BACKSPACES):
            self._write(_BACKSPACE * (1 if attempt else presses))
            if not await self._until_changed(draft, SHOWN_SECONDS):
                return TypingOutcome.UNCONFIRMED
            draft = await self._resting_draft()
            if draft is None:
                return TypingOutcome.UNCONFIRMED
            if draft == whole or (whole is None and _squeeze(draft.before) == rest):
                if whole is not None:
                    self._insertions.pop()
                return TypingOutcome.REMOVED
            if not _squeeze(draft.before).startswith(rest):
                return TypingOutcome.UNCONFIRMED
        return TypingOutcome.UNCONFIRMED

    # Answering

    async def answer(self, yes: bool, asked: Prompt | None) -> TypingOutcome:
        """Answer the approval on the screen, with one key; see `Composer.answer_approval`."""
        prompt = self.prompt
        if prompt is None or prompt != asked or self._tracker.state is not CodexState.BLOCKED:
            return TypingOutcome.REFUSED
        if not (prompt.approval and prompt.complete if yes else prompt.deniable):
            return TypingOutcome.REFUSED
        self._write(b"y" if yes else _ESCAPE)
        if not await self._until(lambda: self.prompt != prompt):
            return TypingOutcome.UNCONFIRMED
        return TypingOutcome.APPROVED if yes else TypingOutcome.DENIED

    # Waiting

    def _has_gone(self) -> bool:
        """Return whether the composer is empty; Codex may ask about what was sent already."""
        draft = None if self._screen is None else read_draft(self._screen)
        return draft is not None and draft.empty

    def _has_no_text(self) -> bool:
        """Return whether the composer is empty, or has given way to the view of a command."""
        draft = self.draft()
        return draft.empty if draft is not None else self.prompt is not None

    async def _until_changed(self, draft: Draft | None, seconds: float) -> bool:
        return await self._until(lambda: self.draft() != draft, seconds)

    async def _resting_draft(self) -> Draft | None:
        """Return the draft when Codex has worked through the keys; more would pile up."""
        draft = self.draft()
        while await self._until_changed(draft, REST_SECONDS):
            draft = self.draft()
        return draft

    async def _until(self, condition: Callable[[], bool], seconds: float = SHOWN_SECONDS) -> bool:
        """Wait for a condition, looking at every change; tell whether it came true in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._is_drawing() or not condition():
                    self._change.clear()
                    await self._change.wait()
            return True
        return False

    def _is_drawing(self) -> bool:
        return self._screen is not None and self._screen.held


def _joined(text: str, draft: Draft) -> str:
    """Return a text as it is pasted into a draft; line feeds alone need no spaces."""
    return guard(text, draft.before, draft.after) if text.strip() else text


def _is_blank(draft: Draft) -> bool:
    """Return whether there is nothing to clear, not even the mark of a shell command."""
    return draft.empty and not draft.shell


def _is_own_command(draft: Draft) -> bool:
    """Return whether what stands in the composer begins like a command of Codex's own."""
    return not draft.empty and draft.rows[0].startswith("/")


def _squeeze(text: str) -> str:
    """Return a text without its white space, which the composer wraps as it likes."""
    return "".join(text.split())
