"""From the words that were heard to a command or a text: one pipeline of pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codex_voice.language.changes import Change, Edit, TrackedText
from codex_voice.language.grammar import Grammar, Parsed
from codex_voice.language.registry import Command

Step = Callable[[TrackedText], list[Edit]]
"""Looks at a text and returns what is to be changed in it."""


@dataclass(frozen=True)
class Interpreted:
    """What an utterance means.

    Args:
        heard: The transcript.
        command: The command that it is, or None for text.
        text: What is to be written; empty for a command.
        send: Whether the text is to be sent.
        tracked: The text with its history, for undoing changes one by one.
    """

    heard: str
    command: Command | None
    text: str
    send: bool
    tracked: TrackedText

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was written otherwise than it was heard."""
        return self.tracked.changes


class Interpreter:
    """Interprets one utterance after the other; it remembers nothing of them.

    Args:
        grammar: Knows what is a command.
        trailing_send: Whether "send it" as a last sentence of its own sends.
        steps: What is done to a text, in order; or what returns that for each text.
    """

    def __init__(
        self,
        grammar: Grammar,
        *,
        trailing_send: bool = False,
        steps: Sequence[Step] | Callable[[], Sequence[Step]] = (),
    ) -> None:
        self.grammar = grammar
        self._trailing_send = trailing_send
        self._steps = steps if callable(steps) else lambda: steps

    def interpret(
        self,
        heard: str,
        confidence: float = 1.0,
        *,
        literal: bool = False,
        words: Sequence[tuple[str, float]] = (),
    ) -> Interpreted:
        """Return what an utterance means.

        Args:
            heard: A transcript.
            confidence: How sure the recogniser is of it, 0 to 1.
            literal: Whether it is text, to be written as it was heard.
            words: Its words with the confidence of each, where that is known.
        """
        if literal:
            return Interpreted(heard, None, heard, False, TrackedText(heard))
        parsed = self.grammar.parse(heard, trailing_send=self._trailing_send, confidence=confidence)
        tracked = TrackedText(heard, words)
        if parsed.command is not None:
            return Interpreted(heard, parsed.command, "", False, tracked)
        tracked = self._write(tracked, parsed)
        return Interpreted(heard, None, tracked.text, parsed.send, tracked)

    def _write(self, tracked: TrackedText, parsed: Parsed) -> TrackedText:
        if parsed.send:
            end = len(tracked.text)
            tracked = tracked.apply([Edit(parsed.end, end, "", "sends the text")])
        if not parsed.escape:
            return self._run_steps(tracked)
        literal = tracked.text[parsed.start :]
        if parsed.escape == "literally" and not self._has_meaning(literal):
            # Nothing needed the escape, so the word belongs to the sentence.
            return self._run_steps(tracked)
        begin = Edit(0, parsed.start + 1, literal[:1].upper(), "typed as it was heard")
        return tracked.apply([begin])

    def _has_meaning(self, text: str) -> bool:
        """Return whether a text is a command, or would be written otherwise than it is."""
        if self.grammar.command(text) is not None:
            return True
        plain = TrackedText(text)
        return self._run_steps(plain).text != text

    def _run_steps(self, tracked: TrackedText) -> TrackedText:
        for step in self._steps():
            tracked = tracked.apply(step(tracked))
        return tracked
