"""Types into Codex's composer, so that nothing is lost and nothing is answered by accident.

Every text goes through one queue, in order; `composer_input` has the rules by which it is typed.
What Codex cannot take now waits here, in sight, and outlives a restart of Codex.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from codex_voice.agent.composer_input import ComposerInput
from codex_voice.agent.held_text import HeldText, TypingOutcome
from codex_voice.agent.paste import sanitise
from codex_voice.agent.prompts import Prompt
from codex_voice.agent.screen import Screen
from codex_voice.agent.state import StateTracker


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
        on_delivered: Callable[[HeldText, TypingOutcome], None] = lambda _held, _outcome: None,
    ) -> None:
        self._input = ComposerInput(tracker)
        self._scratched: list[str] = []
        self._on_held_changed = on_held_changed
        self._on_delivered = on_delivered
        self._held: list[HeldText] = []
        self._lock = asyncio.Lock()
        self._delivery: asyncio.Task[None] | None = None
        tracker.subscribe(self.changed)

    def attach(self, write: Callable[[bytes], object], screen: Screen) -> None:
        """Type into this process from now on; what is held waits for its composer."""
        self._input.attach(write, screen)
        self.changed()

    @property
    def held(self) -> tuple[HeldText, ...]:
        """The texts that wait, the oldest first."""
        return tuple(self._held)

    @property
    def prompt(self) -> Prompt | None:
        """The question on the screen. Remember it when somebody begins to speak an answer."""
        return self._input.prompt

    @property
    def visible_text(self) -> str:
        """Everything that Codex shows now, its rows joined by line feeds."""
        return self._input.visible_text

    def changed(self) -> None:
        """Note that the screen or the state of Codex has changed."""
        self._input.changed()
        if self._delivery is None and self._can_deliver():
            self._delivery = asyncio.ensure_future(self._deliver())

    # What can be asked for

    async def insert(self, text: str, label: str = "") -> TypingOutcome:
        """Type a text at the cursor of the composer and leave it there.

        Args:
            text: What was said; control characters are dropped.
            label: The caller's own name for it, given back with `on_delivered`.

        Returns:
            INSERTED, HELD, NOTHING for an empty text, or UNCONFIRMED (then it is held too, and
            waits to be seen, for `retry` or for `drop`).
        """
        return await self._type_or_hold(HeldText(text, label=label))

    async def insert_and_send(
        self, text: str, interrupt: bool = False, label: str = ""
    ) -> TypingOutcome:
        """Type a text and send it with what stood in the composer before.

        Args:
            text: What was said; control characters are dropped.
            interrupt: Whether to cut short the answer that is running, instead of queueing.
            label: The caller's own name for it, given back with `on_delivered`.

        Returns:
            SENT or QUEUED; INSERTED where the composer holds a shell command or a command of
            Codex's own, which only a key or `send` may run; HELD, NOTHING or UNCONFIRMED as
            `insert`.
        """
        return await self._type_or_hold(HeldText(text, send=True, interrupt=interrupt, label=label))

    async def send(self, interrupt: bool = False) -> TypingOutcome:
        """Send what stands in the composer.

        Returns:
            SENT or QUEUED; NOTHING where it is empty; REFUSED where no composer is on the screen,
            it holds a shell command, or it holds a command of Codex's own (`/status`) while Codex
            works or asks; UNCONFIRMED.
        """
        async with self._turn():
            return await self._input.submit(interrupt)

    async def clear(self) -> TypingOutcome:
        """Delete what stands in the composer; Ctrl-Y brings the last line back.

        Returns:
            CLEARED; NOTHING where it was empty; REFUSED where no composer is on the screen;
            UNCONFIRMED where the keys did not help (Vim's normal mode).
        """
        async with self._turn():
            return await self._input.clear()

    async def interrupt(self) -> TypingOutcome:
        """End the turn that is running, as Esc would.

        Should Codex ask for an approval in that very moment, Esc denies it, which ends the turn
        all the same; nothing is ever approved by it.

        Returns:
            INTERRUPTED; NOTHING where Codex is not working; REFUSED while it asks, while no
            composer is on the screen, and where something else would take the key (Vim's insert
            mode, a list of commands); UNCONFIRMED.
        """
        async with self._turn():
            return await self._input.interrupt()

    async def new_line(self) -> TypingOutcome:
        """Begin a new line at the cursor.

        Returns:
            INSERTED; REFUSED where no composer is on the screen; UNCONFIRMED.
        """
        async with self._turn():
            return await self._input.insert_break(1)

    async def new_paragraph(self) -> TypingOutcome:
        """Begin a new paragraph at the cursor: an empty line, and then a new one.

        Returns:
            As `new_line`.
        """
        async with self._turn():
            return await self._input.insert_break(2)

    async def scratch(self, text: str) -> TypingOutcome:
        """Delete an utterance that was inserted, with the spaces that were added to it.

        Args:
            text: The utterance, as it was given to `insert`.

        Returns:
            REMOVED; REFUSED where no composer is on the screen or the text before the cursor does
            not end with this one any more; UNCONFIRMED.
        """
        text = sanitise(text)
        async with self._turn():
            outcome = await self._input.scratch(text)
        if outcome is TypingOutcome.REMOVED:
            self._scratched.append(text)
        return outcome

    async def redo(self) -> TypingOutcome:
        """Insert the utterance that was scratched last; nothing else may have come since.

        Returns:
            NOTHING where nothing was scratched, else as `insert`.
        """
        if not self._scratched:
            return TypingOutcome.NOTHING
        earlier = self._scratched[:-1]
        outcome = await self.insert(self._scratched[-1])
        self._scratched = earlier
        return outcome

    @property
    def text_before_cursor(self) -> str | None:
        """The draft up to the cursor, as far as it is on the screen.

        Rows that Codex wrapped are joined by a blank, others by a line feed. None where no
        composer is on the screen.
        """
        draft = self._input.draft()
        return None if draft is None else draft.before

    async def answer_approval(self, yes: bool, asked: Prompt | None) -> TypingOutcome:
        """Answer the approval on the screen, once, with one key.

        Args:
            yes: Whether to approve; there is no way to approve for ever.
            asked: The question that stood on the screen when the answer was begun (`prompt`).
                Another one that has taken its place since is not answered, nor the same words
                that have left the screen and come again.

        Returns:
            APPROVED or DENIED; REFUSED where this question is not there to be answered, or is to
            be approved while a part of it is hidden, and nothing was typed; UNCONFIRMED.
        """
        async with self._turn():
            return await self._input.answer(yes, asked)

    # The queue

    def drop(self, held: HeldText) -> None:
        """Remove a text from the queue."""
        if held in self._held:
            self._held.remove(held)
            self._on_delivered(held, TypingOutcome.DROPPED)
            self._on_held_changed()
            self.changed()

    def retry(self) -> None:
        """Type the first text in the queue again, although it may be there already."""
        if self._held:
            self._held[0] = replace(self._held[0], typed_over=None, doubtful=False)
            self.changed()

    async def _type_or_hold(self, request: HeldText) -> TypingOutcome:
        request = replace(request, text=sanitise(request.text))
        if not request.text.strip():
            return TypingOutcome.NOTHING
        self._scratched.clear()
        async with self._turn():
            if self._held:
                outcome = TypingOutcome.HELD
            else:
                outcome, request = await self._input.type(request)
            if outcome in (TypingOutcome.HELD, TypingOutcome.UNCONFIRMED):
                self._held.append(request)
                self._on_held_changed()
                self.changed()
            return outcome

    def _can_deliver(self) -> bool:
        """Return whether the first text in the queue can be typed, or has shown up after all."""
        if not self._held or self._input.draft() is None:
            return False
        if self._held[0].send and self._input.working:
            # A turn that a denial is about to end gives back, unsent, what was queued in it.
            return False
        return not self._held[0].doubtful or self._input.has_arrived(self._held[0])

    async def _deliver(self) -> None:
        """Type the held texts, in order, while the composer takes them."""
        async with self._turn():
            while self._can_deliver():
                held = self._held[0]
                outcome, after = await self._input.type(held)
                if held not in self._held:
                    continue
                if outcome in (TypingOutcome.HELD, TypingOutcome.UNCONFIRMED):
                    self._held[self._held.index(held)] = after
                else:
                    self._held.remove(held)
                    self._on_delivered(held, outcome)
                self._on_held_changed()
        self._delivery = None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Do one thing at a time, and begin it with a whole screen."""
        async with self._lock:
            await self._input.await_whole_screen()
            yield
