"""The dictated texts that stand in the composer: what can still be done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from codex_voice.agent.composer import Composer
from codex_voice.agent.held_text import TypingOutcome
from codex_voice.dictation.outcome_lines import TEXT_OUTCOMES, line_of
from codex_voice.dictation.state import Dictated

# As many as a person still remembers having said.
_REMEMBERED_TEXTS = 40
_NOT_LAST = "Not now: the composer no longer ends with what was dictated last."


class InsertedTexts:
    """Removes dictated texts from the composer, puts them in again, or others in their place.

    Args:
        composer: Types into Codex.
        show_message: Shows one line.
    """

    def __init__(self, composer: Composer, show_message: Callable[[str], None]) -> None:
        self._composer = composer
        self._show_message = show_message
        self._texts: list[Dictated] = []
        self._scratched: list[Dictated] = []

    @property
    def last(self) -> Dictated | None:
        """What was dictated last and is not taken out."""
        return self._texts[-1] if self._texts else None

    def add(self, dictated: Dictated) -> None:
        """Remember a text that was inserted."""
        self._texts.append(dictated)
        del self._texts[:-_REMEMBERED_TEXTS]

    async def repeat(self) -> None:
        """Insert the last text once more."""
        if self.last is None:
            self._show_message("Nothing was dictated yet.")
            return
        text = self.last.text
        outcome = await self._composer.insert(text, label="")
        self._show_message(f"“{text}” {TEXT_OUTCOMES.get(outcome, outcome.value)}")

    async def scratch(self) -> None:
        """Remove what was dictated last; said again, what was dictated before that."""
        if self.last is None:
            self._show_message("There is nothing left to take out.")
            return
        outcome = await self._composer.scratch(self.last.text)
        if outcome is TypingOutcome.REMOVED:
            self._scratched.append(self._texts.pop())
        self._show_message(_NOT_LAST if outcome is TypingOutcome.REFUSED else line_of(outcome))

    async def redo(self) -> None:
        """Put in again what was taken out."""
        outcome = await self._composer.redo()
        if outcome is TypingOutcome.NOTHING:
            self._show_message("There is nothing to put in again.")
            return
        if self._scratched and outcome in (TypingOutcome.INSERTED, TypingOutcome.UNCONFIRMED):
            self._texts.append(self._scratched.pop())
        self._show_message(line_of(outcome))

    async def put_back(self) -> None:
        """Replace what was dictated last by the words that were heard."""
        last = self.last
        if last is None or not last.heard:
            self._show_message("The last text is as it was heard.")
            return
        await self.replace_last(replace(last, text=last.heard, heard="", changed=(), choices=()))

    async def replace_last(self, dictated: Dictated) -> bool:
        """Put a text in the place of the last one, and say what became of it.

        Args:
            dictated: The new text.

        Returns:
            Whether the last one was taken out, and the new one typed.
        """
        last = self.last
        if last is None:
            return False
        outcome = await self._composer.scratch(last.text)
        if outcome is not TypingOutcome.REMOVED:
            self._show_message(_NOT_LAST if outcome is TypingOutcome.REFUSED else line_of(outcome))
            return False
        self._texts[-1] = dictated
        outcome = await self._composer.insert(dictated.text, label="")
        self._show_message(f"“{dictated.text}” {TEXT_OUTCOMES.get(outcome, outcome.value)}")
        return True
