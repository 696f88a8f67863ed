r"""The user's own words: what is heard on the left of an arrow is written as on its right.

"kay eight s -> k8s"                a word or several, whatever their case
"/issue (\d+)/ -> #\1"                a regular expression between slashes
"sign off -> Signed-off-by: {text}"  a macro: the whole utterance begins with these words
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from codex_voice.language.changes import Edit, TrackedText

ARROW = "->"
_TEXT = "{text}"
# A pattern that takes longer on one utterance is given up for it: it must not delay the text.
_TIME_LIMIT_SECONDS = 0.02


class WordFault(ValueError):
    """An entry that cannot be understood; the message says what is wrong with it."""


@dataclass(frozen=True)
class OwnWords:
    """The user's words and macros, ready to be applied.

    Args:
        words: Patterns with what is written for them, the longest first.
        macros: Patterns of beginnings with their texts, the longest first.
    """

    words: tuple[tuple[regex.Pattern[str], str, bool], ...] = ()
    macros: tuple[tuple[regex.Pattern[str], str], ...] = ()

    def written(self, text: str) -> str:
        """Return a text as it is written where nothing but macros and words is applied."""
        tracked = TrackedText(text)
        tracked = tracked.apply(self.expand(tracked.text))
        return tracked.apply(self.replace(tracked.text)).text

    def replace(self, text: str) -> list[Edit]:
        """Return what is to be written in place of the user's words.

        Of entries that overlap the longest counts. A pattern that takes too long is left out.
        """
        edits: list[Edit] = []
        for pattern, written, is_expression in self.words:
            try:
                matches = list(pattern.finditer(text, timeout=_TIME_LIMIT_SECONDS))
            except TimeoutError:
                continue
            for match in matches:
                start, end = match.span()
                taken = any(start < edit.end and edit.start < end for edit in edits)
                if start == end or taken:
                    continue
                text_of_it = match.expand(written) if is_expression else written
                edits.append(Edit(start, end, text_of_it, "own word"))
        return edits

    def expand(self, text: str) -> list[Edit]:
        """Return what a macro makes of a whole utterance, if it begins with one."""
        for pattern, template in self.macros:
            match = pattern.match(text)
            if match is None:
                continue
            rest = text[match.end() :].lstrip(" ,.:;").rstrip()
            if rest and _TEXT not in template:
                continue
            return [Edit(0, len(text), template.replace(_TEXT, rest), "macro")]
        return []


NO_WORDS = OwnWords()


def own_words(words: Iterable[str], macros: Iterable[str] = ()) -> OwnWords:
    """Return words and macros out of their entries.

    Args:
        words: Entries such as "kay eight s -> k8s"; earlier ones go before later ones of the
            same length.
        macros: Entries such as "sign off -> Signed-off-by: {text}".

    Raises:
        WordFault: An entry has no arrow, nothing on its left, or a wrong expression.
    """
    compiled = [_word(entry) for entry in words]
    compiled.sort(key=lambda word: -len(word[0].pattern))
    begun = [_macro(entry) for entry in macros]
    begun.sort(key=lambda macro: -len(macro[0].pattern))
    return OwnWords(tuple(compiled), tuple(begun))


def joined(parts: Sequence[OwnWords]) -> OwnWords:
    """Return the words of several lists; earlier lists go before later ones."""
    return OwnWords(
        tuple(word for part in parts for word in part.words),
        tuple(macro for part in parts for macro in part.macros),
    )


def _word(entry: str) -> tuple[regex.Pattern[str], str, bool]:
    heard, written = _sides(entry)
    is_expression = len(heard) > 2 and heard[0] == heard[-1] == "/"
    source = heard[1:-1] if is_expression else _literal(heard)
    try:
        pattern = regex.compile(source, regex.IGNORECASE)
    except regex.error as error:
        raise WordFault(f"{entry!r}: {error}") from error
    groups = [int(group) for group in regex.findall(r"\\(\d+)", written)]
    if is_expression and max(groups, default=0) > pattern.groups:
        raise WordFault(f"{entry!r}: there is no group {max(groups)}")
    return pattern, written, is_expression


def _macro(entry: str) -> tuple[regex.Pattern[str], str]:
    heard, template = _sides(entry)
    return regex.compile(_literal(heard), regex.IGNORECASE), template.replace("\\n", "\n")


def _sides(entry: str) -> tuple[str, str]:
    heard, arrow, written = entry.partition(ARROW)
    if not arrow or not heard.strip():
        raise WordFault(f'{entry!r}: must be "heard {ARROW} written"')
    return heard.strip(), written.strip()


def _literal(heard: str) -> str:
    """Return a pattern of words; languages that set no blanks have no word bounds."""
    words = r"[\s,-]+".join(regex.escape(word) for word in heard.split())
    begin = r"(?<!\w)" if heard[0].isalnum() and heard[0] < "⺀" else ""
    end = r"(?!\w)" if heard[-1].isalnum() and heard[-1] < "⺀" else ""
    return f"{begin}{words}{end}"
