"""Asks which file is meant where a spoken name fits several: a short list, by voice or by key.

Until it is answered the words stand in the composer as they were said, and so they stay if nobody
answers: a path that is guessed would look as if it had been understood.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from codex_voice.dictation.inserted_texts import InsertedTexts
from codex_voice.dictation.notice import CHOICE_KEYS, KeyOffer, Notice
from codex_voice.dictation.state import Dictated, FileChoice

_NUMBERS = ("one", "two", "three", "four")


class FileQuestion:
    """One question at a time, about the text that was dictated last.

    Args:
        texts: Knows that text, and puts another in its place.
        show: Shows the list.
        send: Sends the composer's text, once everything is answered.
    """

    def __init__(
        self,
        texts: InsertedTexts,
        show: Callable[[Notice], None],
        send: Callable[[], Awaitable[None]],
    ) -> None:
        self._texts = texts
        self._show = show
        self._send = send
        self._asked: Dictated | None = None
        self._then_send = False

    def ask(self, dictated: Dictated, *, then_send: bool) -> None:
        """Ask about the first place in a text where several files may be meant.

        Args:
            dictated: The text, in the composer already, with the words as they were said.
            then_send: Whether it is to be sent when everything is answered.
        """
        self._asked, self._then_send = dictated, then_send
        choice = dictated.choices[0]
        self._show(
            Notice(
                f"“{dictated.text}” Which file? Say a number, or press its key.",
                marked=((choice.start + 1, choice.end + 1),),
                offers=tuple(
                    KeyOffer(key, f"“{number}” {path}", partial(self.answer, place))
                    for place, (key, number, path) in enumerate(
                        zip(CHOICE_KEYS, _NUMBERS, choice.paths, strict=False), start=1
                    )
                ),
                lasting=True,
                gone=partial(self._give_up, dictated),
            )
        )

    def accepts(self, number: int) -> bool:
        """Return whether a number answers the question that is shown."""
        return self._asked is not None and 1 <= number <= len(self._asked.choices[0].paths)

    async def answer(self, number: int) -> None:
        """Put the path of a file in the place of the words that were said for it.

        Args:
            number: Its number in the list, the first being 1.
        """
        if self._asked is None or not self.accepts(number):
            return
        asked, self._asked = self._asked, None
        choice = asked.choices[0]
        path = choice.paths[number - 1]
        written = with_text_at(asked, choice, path)
        place = (choice.start, choice.start + len(path))
        written = replace(
            written, choices=written.choices[1:], changed=tuple(sorted((*written.changed, place)))
        )
        if not await self._texts.replace_last(written):
            return
        if written.choices:
            self.ask(written, then_send=self._then_send)
        elif self._then_send:
            await self._send()

    def close(self) -> bool:
        """Ask no longer: the words stay as they were said. Return whether there was a question."""
        asked, self._asked = self._asked, None
        return asked is not None

    def _give_up(self, asked: Dictated) -> None:
        """Ask no longer, unless something else is asked by now."""
        if self._asked is asked:
            self._asked = None


def as_said(dictated: Dictated) -> Dictated:
    """Return a text with the words that were heard where it is not clear which file is meant."""
    for place in range(len(dictated.choices)):
        choice = dictated.choices[place]
        dictated = with_text_at(dictated, choice, choice.heard)
    return dictated


def with_text_at(dictated: Dictated, choice: FileChoice, text: str) -> Dictated:
    """Return a dictated text with another text where a file is named.

    Args:
        dictated: The text.
        choice: The place, one of its own.
        text: What is to stand there; the place is no longer marked as changed.
    """
    longer = len(text) - (choice.end - choice.start)

    def moved(place: int) -> int:
        return place + longer if place >= choice.end else place

    return replace(
        dictated,
        text=dictated.text[: choice.start] + text + dictated.text[choice.end :],
        changed=tuple(
            (moved(start), moved(end))
            for start, end in dictated.changed
            if (start, end) != (choice.start, choice.end)
        ),
        choices=tuple(
            replace(other, start=moved(other.start), end=moved(other.end))
            for other in dictated.choices
        ),
    )
