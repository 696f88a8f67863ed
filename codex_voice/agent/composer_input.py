"""Types into Codex, looks whether it worked, and tells.

The rules, each measured with the real Codex (codex-cli 0.169):

* A text goes in as one bracketed paste, and only while the composer stands on the screen; a
  question on the screen would swallow it.
* A paste counts as inserted when the composer shows it, and as sent when the composer is empty
  again. What was not seen is never typed a second time unasked.
* It is sent with Tab. Where Enter would approve a question that appears in that very moment, Tab
  does nothing; while Codex works, Tab queues the text and Enter cuts the answer short.
* A question is answered by `answer` alone: one key, and only the question it is meant for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from codex_voice.agent.draft import Draft, read_draft
from codex_voice.agent.held_text import HeldText, Outcome
from codex_voice.agent.paste import bracketed, guard
from codex_voice.agent.prompts import Prompt, visible_prompt
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

_UNREADY = (CodexState.STARTING, CodexState.BLOCKED, CodexState.EXITED)

_TAB, _ENTER, _ESCAPE, _BACKSPACE = b"\t", b"\r", b"\x1b", b"\x7f"
_TO_LINE_START, _TO_LINE_END = b"\x15", b"\x0b"


class Typist:
    """Does one thing at a time with the process and the screen that it is attached to.

    Args:
        tracker: Knows the state of Codex.
    """

    def __init__(self, tracker: StateTracker) -> None:
        self._tracker = tracker
        self._write: Callable[[bytes], object] = lambda _data: None
        self._screen: Screen | None = None
        self._change = asyncio.Event()

    def attach(self, write: Callable[[bytes], object], screen: Screen) -> None:
        """Type into this process from now on."""
        self._write = write
        self._screen = screen

    def changed(self) -> None:
        """Take note that the screen or the state of Codex has changed."""
        self._change.set()

    @property
    def prompt(self) -> Prompt | None:
        """The question on the screen."""
        return None if self._screen is None else visible_prompt(self._screen)

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

    async def type(self, request: HeldText) -> tuple[Outcome, HeldText]:
        """Paste one text, see it, and send it where that is asked for.

        Returns:
            The outcome, and for HELD and UNCONFIRMED the request as it is to be kept.
        """
        draft = self.draft()
        if draft is None:
            return Outcome.HELD, request
        if not self.has_arrived(request):
            before = draft
            text = guard(request.text, joined=before.needs_space)
            self._write(bracketed(text))
            if not await self._until(lambda: self._shows(text, before)):
                # A view that has come up swallowed it or hides it; else nobody knows.
                doubtful = self.draft() is not None
                outcome = Outcome.UNCONFIRMED if doubtful else Outcome.HELD
                return outcome, replace(request, typed_over=before, doubtful=doubtful)
        if not request.send:
            return Outcome.INSERTED, request
        outcome = await self.submit(request.interrupt)
        if outcome in (Outcome.REFUSED, Outcome.UNCONFIRMED):
            # It stands in the composer, whatever kept it from being sent.
            return Outcome.INSERTED, request
        return outcome, request

    async def submit(self, interrupt: bool) -> Outcome:
        """Send what stands in the composer; see `Composer.send`."""
        draft = self.draft()
        if draft is None or draft.shell:
            return Outcome.REFUSED
        if draft.empty:
            return Outcome.NOTHING
        # Tab would complete a command of Codex's own instead of running it.
        if interrupt or draft.rows[0].startswith("/"):
            self._write(_ENTER)
            return Outcome.SENT if await self._until(self._is_empty) else Outcome.UNCONFIRMED
        sent = Outcome.QUEUED if self.working else Outcome.SENT
        for _ in range(TAB_ATTEMPTS):
            self._write(_TAB)
            if await self._until(self._is_empty, TAB_SECONDS):
                return sent
            if self.draft() != draft:
                break
        return Outcome.UNCONFIRMED

    async def clear(self) -> Outcome:
        """Delete what stands in the composer; see `Composer.clear`."""
        draft = self.draft()
        if draft is None:
            return Outcome.REFUSED
        if _is_blank(draft):
            return Outcome.NOTHING
        while draft is not None and not _is_blank(draft):
            # Each pair of keys takes a line and then its break; never Ctrl-C, which ends
            # Codex when the composer is empty.
            lines = 2 * len(draft.rows) + 2
            self._write(_TO_LINE_START * lines + _TO_LINE_END * lines)
            if draft.empty:
                self._write(_BACKSPACE)
            if not await self._until_changed(draft, SHOWN_SECONDS):
                return Outcome.UNCONFIRMED
            draft = await self._resting_draft()
        return Outcome.UNCONFIRMED if draft is None else Outcome.CLEARED

    async def answer(self, yes: bool, asked: Prompt | None) -> Outcome:
        """Answer the approval on the screen, with one key; see `Composer.answer_approval`."""
        prompt = self.prompt
        if prompt is None or prompt != asked or self._tracker.state is not CodexState.BLOCKED:
            return Outcome.REFUSED
        if not (prompt.approval if yes else prompt.deniable):
            return Outcome.REFUSED
        self._write(b"y" if yes else _ESCAPE)
        if not await self._until(lambda: self.prompt != prompt):
            return Outcome.UNCONFIRMED
        return Outcome.APPROVED if yes else Outcome.DENIED

    def has_arrived(self, request: HeldText) -> bool:
        """Tell whether a text that was typed without being seen is in the composer now."""
        before = request.typed_over
        if before is None:
            return False
        return self._shows(guard(request.text, joined=before.needs_space), before)

    def _shows(self, text: str, before: Draft) -> bool:
        draft = self.draft()
        return draft is not None and draft != before and draft.shows(text)

    def _is_empty(self) -> bool:
        draft = self.draft()
        return draft is not None and draft.empty

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


def _is_blank(draft: Draft) -> bool:
    """Tell whether there is nothing to clear, not even the sign of a shell command."""
    return draft.empty and not draft.shell
