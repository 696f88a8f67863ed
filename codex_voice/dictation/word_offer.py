"""Offers a word for the user's list where a dictated text was corrected before it was sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from codex_voice.dictation.notice import WORD_KEY, KeyOffer, Notice
from codex_voice.dictation.state import Dictated
from codex_voice.language.code_words import is_english
from codex_voice.language.own_words import ARROW
from codex_voice.language.sound import sound
from codex_voice.language.tokens import letters

_PUNCTUATION = ".,!?;:\"'()`“”"
_MOST_TEXTS = 10
_MOST_WORDS = 3
_SHORTEST = 4
# What sounds less alike was not misheard, but put in other words.
_ALIKE = 60.0
# A draft that shares less with what was dictated is another text.
_LEAST_IN_COMMON = 0.5


class WordOffers:
    """Compares what is sent with what was dictated into it.

    Args:
        show: Shows the offer.
        keep: Puts an entry on the user's list of words.
    """

    def __init__(self, show: Callable[[Notice], None], keep: Callable[[str], None]) -> None:
        self._show = show
        self._keep = keep
        self._texts: list[Dictated] = []

    def note(self, dictated: Dictated) -> None:
        """Take note of a text that was inserted and not sent yet."""
        self._texts.append(dictated)
        del self._texts[:-_MOST_TEXTS]

    def forget(self) -> None:
        """Forget the texts: they were sent as they are."""
        self._texts.clear()

    @property
    def waiting(self) -> bool:
        """Whether there is a text to compare with."""
        return bool(self._texts)

    def compare(self, draft: str | None) -> None:
        """Offer the first word that somebody corrected, if there is one.

        Args:
            draft: What is sent; None where it is not known.
        """
        texts, self._texts = self._texts, []
        heard = " ".join(text.heard or text.text for text in texts)
        found = corrected_words(" ".join(text.text for text in texts), draft or "")
        # What the language layer wrote is not what the recogniser will write again.
        if found is None or found[0].casefold() not in heard.casefold():
            return
        before, after = found

        async def accept() -> None:
            self._keep(f"{before} {ARROW} {after}")

        self._show(
            Notice(
                f"You wrote “{after}” for “{before}”.",
                offers=(KeyOffer(WORD_KEY, "writes it so from now on", accept),),
            )
        )


def corrected_words(dictated: str, sent: str) -> tuple[str, str] | None:
    """Return the first words that were corrected in a text, and what they were corrected to.

    Only what sounds alike counts, and only if the new words are not all ordinary English: "test"
    for "tests" is another wording.

    Args:
        dictated: The text as it was dictated.
        sent: The text as it was sent.
    """
    before, after = _bare(dictated), _bare(sent)
    compared = SequenceMatcher(None, before, after, autojunk=False)
    same = sum(block.size for block in compared.get_matching_blocks())
    if not before or same < _LEAST_IN_COMMON * len(before):
        return None
    for kind, start, end, other_start, other_end in compared.get_opcodes():
        if kind != "replace" or max(end - start, other_end - other_start) > _MOST_WORDS:
            continue
        old, new = " ".join(before[start:end]), " ".join(after[other_start:other_end])
        if len(letters(old)) < _SHORTEST or letters(old) == letters(new):
            continue
        if all(map(is_english, after[other_start:other_end])):
            continue
        if re.search(rf"(?<!\w){re.escape(old)}(?!\w)", new, re.IGNORECASE):
            # Something was typed right beside it, as in "loop.py".
            continue
        if fuzz.ratio(sound(old), sound(new)) >= _ALIKE:
            return old, new
    return None


def _bare(text: str) -> list[str]:
    """Return the words of a text without what stands around them."""
    return [bare for word in text.split() if (bare := word.strip(_PUNCTUATION))]
