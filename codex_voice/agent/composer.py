"""Types into Codex's composer, so that nothing is lost and nothing is answered by accident.

The rules, each measured with the real Codex (codex-cli 0.169):

* A text goes in as one bracketed paste, and only while the composer stands on the screen. A
  question on the screen would swallow it, so there it waits in a queue, in order.
* A paste counts as inserted when the composer shows it, and as sent when the composer is empty
  again. What was not seen is never typed a second time unasked.
* It is sent with Tab. Where Enter would approve a question that appears in that very moment, Tab
  does nothing; while Codex works, Tab queues the text and Enter cuts the answer short.
* A question is answered by `answer_approval` alone: one key, and only the question it is meant for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from enum import Enum

from codex_voice.agent.codex import CodexState, StateTracker
from codex_voice.agent.draft import Draft, read_draft
from codex_voice.agent.paste import bracketed, guard, sanitise
from codex_voice.agent.prompts import Prompt, visible_prompt
from codex_voice.agent.screen import BRACKETED_PASTE, Screen

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


class Outcome(Enum):
    """What became of a request."""

    INSERTED = "inserted"
    SENT = "sent"
    QUEUED = "queued"
    """Codex sends it when the turn is over."""
    HELD = "held"
    CLEARED = "cleared"
    APPROVED = "approved"
    DENIED = "denied"
    NOTHING = "nothing"
    """There was nothing to do."""
    REFUSED = "refused"
    """It could not be done safely, and nothing was typed."""
    UNCONFIRMED = "unconfirmed"
    """It was typed, and the screen does not show that it worked."""


@dataclass(frozen=True)
class HeldText:
    """A text that waits for the composer.

    Attributes:
        text: What was said.
        send: Whether it is to be sent.
        interrupt: Whether the answer that is running is to be cut short for it.
        label: The caller's own name for it, such as an utterance's.
        typed_over: What stood in the composer when the text was typed, if it was: another view
            came up before the text was seen.
        doubtful: Whether the composer was there and did not show it: it waits to be seen, or for
            `retry`.
    """

    text: str
    send: bool = False
    interrupt: bool = False
    label: str = ""
    typed_over: Draft | None = None
    doubtful: bool = False


class Composer:
    """The one way by which text and answers reach Codex. All calls belong to the event loop.

    Call `attach` with each new process, and `changed` whenever the screen has changed.

    Args:
        tracker: Knows the state of Codex.
        on_held_changed: Called when the queue of held texts has changed.
        on_delivered: Called with a held text when it has left the queue, and its outcome.
    """

    def __init__(
        self,
        tracker: StateTracker,
        on_held_changed: Callable[[], None] = lambda: None,
        on_delivered: Callable[[HeldText, Outcome], None] = lambda _held, _outcome: None,
    ) -> None:
        self._tracker = tracker
        self._on_held_changed = on_held_changed
        self._on_delivered = on_delivered
        self._write: Callable[[bytes], object] = lambda _data: None
        self._screen: Screen | None = None
        self._held: list[HeldText] = []
        self._lock = asyncio.Lock()
        self._change = asyncio.Event()
        self._delivery: asyncio.Task[None] | None = None
        tracker.subscribe(self.changed)

    def attach(self, write: Callable[[bytes], object], screen: Screen) -> None:
        """Type into this process from now on; what is held waits for its composer."""
        self._write = write
        self._screen = screen
        self.changed()

    @property
    def held(self) -> tuple[HeldText, ...]:
        """The texts that wait, the oldest first."""
        return tuple(self._held)

    @property
    def prompt(self) -> Prompt | None:
        """The question on the screen. Remember it when somebody begins to speak an answer."""
        return None if self._screen is None else visible_prompt(self._screen)

    def changed(self) -> None:
        """Take note that the screen or the state of Codex has changed."""
        self._change.set()
        if self._delivery is None and self._can_deliver():
            self._delivery = asyncio.ensure_future(self._deliver())

    # What can be asked for

    async def insert(self, text: str, label: str = "") -> Outcome:
        """Type a text at the cursor of the composer and leave it there.

        Args:
            text: What was said; control characters are dropped.
            label: The caller's own name for it, given back with `on_delivered`.

        Returns:
            INSERTED, HELD, NOTHING for an empty text, or UNCONFIRMED (then it is held too, and
            waits to be seen, for `retry` or for `drop`).
        """
        return await self._take(HeldText(text, label=label))

    async def insert_and_send(self, text: str, interrupt: bool = False, label: str = "") -> Outcome:
        """Type a text and send it with what stood in the composer before.

        Args:
            text: What was said; control characters are dropped.
            interrupt: Whether to cut short the answer that is running, instead of queueing.
            label: The caller's own name for it, given back with `on_delivered`.

        Returns:
            SENT or QUEUED; INSERTED where the composer holds a shell command, which only a key
            may run; HELD, NOTHING or UNCONFIRMED as `insert`.
        """
        return await self._take(HeldText(text, send=True, interrupt=interrupt, label=label))

    async def send(self, interrupt: bool = False) -> Outcome:
        """Send what stands in the composer.

        Returns:
            SENT or QUEUED; NOTHING where it is empty; REFUSED where no composer is on the screen
            or it holds a shell command; UNCONFIRMED.
        """
        async with self._turn():
            return await self._submit(interrupt)

    async def clear(self) -> Outcome:
        """Delete what stands in the composer; Ctrl-Y brings the last line back.

        Returns:
            CLEARED; NOTHING where it was empty; REFUSED where no composer is on the screen;
            UNCONFIRMED where the keys did not help (Vim's normal mode).
        """
        async with self._turn():
            draft = self._draft()
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

    async def answer_approval(self, yes: bool, asked: Prompt | None) -> Outcome:
        """Answer the approval on the screen, once, with one key.

        Args:
            yes: Whether to approve; there is no way to approve for ever.
            asked: The question that stood on the screen when the answer was begun. Another one
                that has taken its place since is not answered.

        Returns:
            APPROVED or DENIED; REFUSED where this question is not there to be answered, and
            nothing was typed; UNCONFIRMED.
        """
        async with self._turn():
            prompt = self.prompt
            if prompt is None or prompt != asked or self._tracker.state is not CodexState.BLOCKED:
                return Outcome.REFUSED
            if not (prompt.approval if yes else prompt.deniable):
                return Outcome.REFUSED
            self._write(b"y" if yes else _ESCAPE)
            if not await self._until(lambda: self.prompt != prompt):
                return Outcome.UNCONFIRMED
            return Outcome.APPROVED if yes else Outcome.DENIED

    # The queue

    def drop(self, held: HeldText) -> None:
        """Take a text out of the queue."""
        if held in self._held:
            self._held.remove(held)
            self._on_held_changed()
            self.changed()

    def retry(self) -> None:
        """Type the first text in the queue again, although it may be there already."""
        if self._held:
            self._held[0] = replace(self._held[0], typed_over=None, doubtful=False)
            self.changed()

    async def _take(self, request: HeldText) -> Outcome:
        request = replace(request, text=sanitise(request.text))
        if not request.text.strip():
            return Outcome.NOTHING
        async with self._turn():
            if self._held:
                outcome = Outcome.HELD
            else:
                outcome, request = await self._type(request)
            if outcome in (Outcome.HELD, Outcome.UNCONFIRMED):
                self._held.append(request)
                self._on_held_changed()
                self.changed()
            return outcome

    def _can_deliver(self) -> bool:
        """Tell whether the first text in the queue can be typed, or has shown up after all."""
        if not self._held or self._draft() is None:
            return False
        return not self._held[0].doubtful or self._has_arrived(self._held[0])

    def _has_arrived(self, request: HeldText) -> bool:
        """Tell whether a text that was typed without being seen is in the composer now."""
        before = request.typed_over
        if before is None:
            return False
        return self._shows(guard(request.text, joined=before.needs_space), before)

    async def _deliver(self) -> None:
        """Type the held texts, in order, while the composer takes them."""
        async with self._turn():
            while self._can_deliver():
                held = self._held[0]
                outcome, after = await self._type(held)
                if held not in self._held:
                    continue
                if outcome in (Outcome.HELD, Outcome.UNCONFIRMED):
                    self._held[self._held.index(held)] = after
                else:
                    self._held.remove(held)
                    self._on_delivered(held, outcome)
                self._on_held_changed()
        self._delivery = None

    # Typing; all of it under the lock

    async def _type(self, request: HeldText) -> tuple[Outcome, HeldText]:
        """Paste one text, see it, and send it where that is asked for.

        Returns:
            The outcome, and for HELD and UNCONFIRMED the request as it is to be kept.
        """
        draft = self._draft()
        if draft is None:
            return Outcome.HELD, request
        if not self._has_arrived(request):
            before = draft
            text = guard(request.text, joined=before.needs_space)
            self._write(bracketed(text))
            if not await self._until(lambda: self._shows(text, before)):
                # A view that has come up swallowed it or hides it; else nobody knows.
                doubtful = self._draft() is not None
                outcome = Outcome.UNCONFIRMED if doubtful else Outcome.HELD
                return outcome, replace(request, typed_over=before, doubtful=doubtful)
        if not request.send:
            return Outcome.INSERTED, request
        outcome = await self._submit(request.interrupt)
        if outcome in (Outcome.REFUSED, Outcome.UNCONFIRMED):
            # It stands in the composer, whatever kept it from being sent.
            return Outcome.INSERTED, request
        return outcome, request

    async def _submit(self, interrupt: bool) -> Outcome:
        draft = self._draft()
        if draft is None or draft.shell:
            return Outcome.REFUSED
        if draft.empty:
            return Outcome.NOTHING
        # Tab would complete a command of Codex's own instead of running it.
        if interrupt or draft.rows[0].startswith("/"):
            self._write(_ENTER)
            return Outcome.SENT if await self._until(self._is_empty) else Outcome.UNCONFIRMED
        sent = Outcome.QUEUED if self._tracker.state is CodexState.WORKING else Outcome.SENT
        for _ in range(TAB_ATTEMPTS):
            self._write(_TAB)
            if await self._until(self._is_empty, TAB_SECONDS):
                return sent
            if self._draft() != draft:
                break
        return Outcome.UNCONFIRMED

    def _draft(self) -> Draft | None:
        """Return the composer's text if the composer can be typed into now."""
        screen = self._screen
        if screen is None or not screen.mode(BRACKETED_PASTE):
            return None
        # Codex shows a composer before it has started, and forgets what is typed into it.
        if self._tracker.state in _UNREADY:
            return None
        return read_draft(screen)

    def _shows(self, text: str, before: Draft) -> bool:
        draft = self._draft()
        return draft is not None and draft != before and draft.shows(text)

    def _is_empty(self) -> bool:
        draft = self._draft()
        return draft is not None and draft.empty

    async def _until_changed(self, draft: Draft | None, seconds: float) -> bool:
        return await self._until(lambda: self._draft() != draft, seconds)

    async def _resting_draft(self) -> Draft | None:
        """Return the draft when Codex has worked through the keys; more would pile up."""
        draft = self._draft()
        while await self._until_changed(draft, REST_SECONDS):
            draft = self._draft()
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

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Do one thing at a time, and begin it with a whole screen."""
        async with self._lock:
            await self._until(lambda: True)
            yield


def _is_blank(draft: Draft) -> bool:
    """Tell whether there is nothing to clear, not even the sign of a shell command."""
    return draft.empty and not draft.shell
