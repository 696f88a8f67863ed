"""The stand-in without its terminal: input and time go in, a screen comes out."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from codex_voice.practice.answers import answer_to
from codex_voice.practice.approval_prompt import ApprovalAnswer, ApprovalPrompt
from codex_voice.practice.draft import EditableDraft
from codex_voice.practice.keyboard import Input, Key, Pasted, Typed
from codex_voice.practice.rows import BOLD, DIM, GREEN, RED, Row, Span, encode, width, wrap
from codex_voice.practice.transcript import ANSWER, PROMPT, Conversation

PLACEHOLDER = "Ask Codex to do anything"

_GREETING = (
    "This is practice: a stand-in for Codex that only echoes.\n"
    "Press the talk key, or play a recording as if you had said it; then say “send message”."
)
_START = "\x1b[?1049h\x1b[?2004h\x1b[?1007l\x1b[?1000h\x1b[?1006h"
_END = "\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b]0;\x07"
# Codex shows a prompt only when nobody has typed for so long, and says `blocked` at once.
_PROMPT_DELAY_SECONDS = 1.0
_PIECE_SECONDS = 0.02

Later = Callable[[float, Callable[[], None]], asyncio.TimerHandle]


class StandIn:
    """One run of the stand-in.

    Args:
        write: Takes what goes to the terminal.
        later: Calls a function after so many seconds.
        now: A clock, in seconds.
    """

    def __init__(
        self, write: Callable[[str], None], later: Later, now: Callable[[], float]
    ) -> None:
        self.ended = False
        self._write = write
        self._later = later
        self._now = now
        self._columns, self._rows = 80, 24
        self._transcript = Conversation()
        self._transcript.add(">_", f" Practice\n{_GREETING}")
        self._draft = EditableDraft()
        self._queue: list[str] = []
        self._pieces: list[str] = []
        self._prompt: ApprovalPrompt | None = None
        self._prompt_visible = False
        self._allowed: set[str] = set()
        self._state = ""
        self._timer: asyncio.TimerHandle | None = None
        self._last_key = float("-inf")

    def start(self) -> None:
        """Take over the screen."""
        self._write(_START)
        self._set_state("idle")
        self.draw()

    def resize(self, columns: int, rows: int) -> None:
        """Draw anew for another size."""
        self._columns, self._rows = max(1, columns), max(1, rows)
        self._transcript.scroll(0, self._columns, self._transcript_height())
        self.draw()

    def end(self) -> None:
        """Give the screen back."""
        self._stop_timer()
        self._write(f"{_END}\x1b]7501;state=clear:app=codex\x1b\\")
        self.ended = True

    # Input

    def handle(self, event: Input) -> None:
        """Handle what was typed, pasted or pressed."""
        self._last_key = self._now()
        if self._state == "done":
            self._set_state("idle")
        if self._prompt is not None and self._prompt_visible:
            self._answer_prompt(self._prompt, event)
        elif isinstance(event, Key):
            self._press(event.name)
        else:
            self._draft.insert(event.text)
        if not self.ended:
            self.draw()

    def _press(self, key: str) -> None:
        match key:
            case "enter":
                self._enter()
            case "tab":
                self._send_or_queue()
            case "newline":
                self._draft.insert("\n")
            case "backspace":
                self._draft.delete_before()
            case "ctrl+u":
                self._draft.delete_line_before()
            case "ctrl+k":
                self._draft.delete_line_after()
            case "left" | "right":
                self._draft.move(-1 if key == "left" else 1)
            case "home":
                self._draft.move_to_line_start()
            case "end":
                self._draft.move_to_line_end()
            case "ctrl+c" if self._draft.text:
                self._draft.take()
            case "escape" | "ctrl+c" if self._busy:
                self._interrupt()
            case "escape":
                self._transcript.scrolled = 0
            case "ctrl+c" | "ctrl+d" if not self._draft.text:
                self.end()
            case _:
                self._scroll(key)

    def _scroll(self, key: str) -> None:
        height = self._transcript_height()
        steps = {
            "wheel up": 1,
            "wheel down": -1,
            "page up": height,
            "page down": -height,
            "top": sys.maxsize,
            "bottom": -sys.maxsize,
        }
        self._transcript.scroll(steps.get(key, 0), self._columns, height)

    def _enter(self) -> None:
        text = self._draft.take().strip()
        self._transcript.scrolled = 0
        if text in ("/quit", "/exit"):
            self.end()
        elif text:
            if self._busy:
                self._interrupt()
            self._submit(text)

    def _send_or_queue(self) -> None:
        if not self._busy:
            self._enter()
        elif self._draft.text.strip():
            self._queue.append(self._draft.take().strip())

    # Turns

    @property
    def _busy(self) -> bool:
        return self._state in ("working", "blocked")

    def _submit(self, text: str) -> None:
        answer = answer_to(text)
        self._transcript.add(PROMPT, text)
        self._pieces = list(answer.pieces)
        self._set_state("working")
        if answer.command and answer.command not in self._allowed:
            self._prompt = ApprovalPrompt(answer.command)
            self._set_state("blocked:kind=permission")
            self._schedule(_PROMPT_DELAY_SECONDS, self._show_prompt)
        else:
            self._begin_answer()

    def _begin_answer(self) -> None:
        self._transcript.add(ANSWER, "")
        self._schedule(_PIECE_SECONDS, self._stream)

    def _stream(self) -> None:
        self._transcript.extend(self._pieces.pop(0))
        if self._pieces:
            self._schedule(_PIECE_SECONDS, self._stream)
        else:
            self._end_turn("done")
        self.draw()

    def _end_turn(self, state: str) -> None:
        self._stop_timer()
        self._pieces.clear()
        self._prompt, self._prompt_visible = None, False
        self._set_state(state)
        if self._queue:
            self._submit(self._queue.pop(0))

    def _interrupt(self) -> None:
        self._queue.clear()
        self._transcript.add("■ ", "Conversation interrupted", RED)
        self._end_turn("idle")

    def _show_prompt(self) -> None:
        quiet = self._now() - self._last_key
        if quiet < _PROMPT_DELAY_SECONDS:
            self._schedule(_PROMPT_DELAY_SECONDS - quiet, self._show_prompt)
            return
        self._prompt_visible = True
        self._write(f"\x1b]0;[ ! ] Action Required | {Path.cwd().name}\x07")
        self.draw()

    def _answer_prompt(self, prompt: ApprovalPrompt, event: Input) -> None:
        choice = None
        match event:
            case Key(name=name):
                choice = prompt.press(name)
            case Typed(text=text):
                for number, character in enumerate(text, 1):
                    choice = prompt.press(character)
                    if choice is not None:
                        self._draft.insert(text[number:])
                        break
            case Pasted():
                return
        if choice is ApprovalAnswer.NO:
            self._transcript.add("✗ ", f"You canceled the request to run {prompt.command}", RED)
            self._end_turn("idle")
        elif choice is not None:
            if choice is ApprovalAnswer.ALWAYS:
                self._allowed.add(prompt.command)
            self._transcript.add(
                "✔ ", f"You approved codex to run {prompt.command} this time", GREEN
            )
            self._prompt, self._prompt_visible = None, False
            self._set_state("working")
            self._begin_answer()

    def _set_state(self, state: str) -> None:
        self._state, _, details = state.partition(":")
        payload = f"state={self._state}:app=codex" + (f":{details}" if details else "")
        spinner = "⠋ " if self._busy else ""
        self._write(f"\x1b]7501;{payload}\x1b\\\x1b]0;{spinner}{Path.cwd().name}\x07")

    def _schedule(self, seconds: float, function: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self._later(seconds, function)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    # The screen

    def draw(self) -> None:
        """Write the whole screen, as one synchronized update."""
        bottom = self._bottom()
        height = self._transcript_height()
        shown = self._transcript.window(self._columns, height)
        rows = [*shown, *[()] * (height - len(shown)), *bottom][-self._rows :]
        pieces = ["\x1b[?2026h\x1b[?25l"]
        pieces += (
            f"\x1b[{number};1H{encode(row, self._columns)}" for number, row in enumerate(rows, 1)
        )
        if not self._prompt_visible:
            row, column = self._cursor()
            pieces.append(f"\x1b[{max(1, len(rows) - row)};{column + 1}H\x1b[?25h")
        pieces.append("\x1b[?2026l")
        self._write("".join(pieces))

    def _transcript_height(self) -> int:
        return max(0, self._rows - len(self._bottom()))

    def _bottom(self) -> list[Row]:
        """Return the rows below the transcript: the prompt, or the composer with its footer."""
        if self._prompt is not None and self._prompt_visible:
            return self._prompt.rows()
        rows: list[Row] = []
        if self._busy:
            rows += [(Span("• "), Span("Working (esc to interrupt)", DIM)), ()]
        rows += [(Span("  ↳ ", DIM), Span(text.replace("\n", " "))) for text in self._queue]
        first, *others = self._draft_rows(self._draft.text)
        shown = Span(first) if self._draft.text else Span(PLACEHOLDER, DIM)
        rows += [(), (Span(PROMPT, BOLD), shown)]
        rows += [(Span("  "), Span(other)) for other in others]
        scrolled = "  ↓ Back to bottom · esc" if self._transcript.scrolled else ""
        return [
            *rows,
            (),
            (Span(f"  practice stand-in · {Path.cwd()}", DIM),),
            (Span(scrolled or "  /quit leaves", DIM),),
        ]

    def _draft_rows(self, text: str) -> list[str]:
        return wrap(text, max(1, self._columns - 3))

    def _cursor(self) -> tuple[int, int]:
        """Return the cursor as rows above the last one, and its column."""
        before = self._draft_rows(self._draft.text[: self._draft.cursor])
        below = len(self._draft_rows(self._draft.text)) - len(before)
        return 3 + max(0, below), min(self._columns - 1, 2 + width(before[-1]))
