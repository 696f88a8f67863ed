"""Names of the project in place of the words that were heard for them.

The danger are not the doubtful matches but the exact ones: "worker pool" and "session manager" are
ordinary English. So a match needs evidence from its surroundings; likeness alone changed 20 to 51
of 136 ordinary sentences, with evidence 6 are changed at 73 % of the names right.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Sequence

from rapidfuzz import fuzz, process

from codex_voice.language.changes import Change, Edit
from codex_voice.language.code_words import code_words, is_english
from codex_voice.language.heard_words import HeardWord, heard_words
from codex_voice.language.name_cues import (
    BRANDS,
    DETERMINERS,
    SUBJECTS,
    TYPE_CUES,
    VALUE_CUES,
)
from codex_voice.language.name_evidence import evidence_for
from codex_voice.language.project.names import Name
from codex_voice.language.project.vocabulary import Vocabulary
from codex_voice.language.sound import sound
from codex_voice.language.terms import written_terms
from codex_voice.language.tokens import letters

_LONGEST = 6
_ENOUGH = 1.5
# What is only like a name needs more.
_ENOUGH_ALIKE = 2.0
# What is only like a name must have been misheard, and a recogniser that is sure of its words has
# seldom misheard them.
_CERTAINTY = 0.5
_LONGEST_ALIKE = 4
_ALIKE = 80.0
# Of what sounds the same the spelling may differ more; less where it is a word of its own.
_ALIKE_SINGLE = 60.0
_ALIKE_WORDS = 75.0
_ALIKE_COMPOUND = 70.0
_SHORTEST_SINGLE = 4
_ALIKE_SOUND = 84.0
_SHORTEST_ALIKE = 6


def correct_names(
    text: str,
    vocabulary: Vocabulary,
    settled: Sequence[tuple[int, int]] = (),
    confidence: Callable[[int, int], float | None] | None = None,
    changes: Sequence[Change] = (),
) -> list[Edit]:
    """Return the names of the project that a text means.

    Args:
        text: The text.
        vocabulary: The names.
        settled: Places in the text that are not to be looked at.
        confidence: Returns the lowest confidence, 0 to 1, of the words between two places, where
            it is known.
        changes: What was changed in the text so far.
    """
    if not vocabulary.known:
        return []
    words = heard_words(text, vocabulary, confidence, settled, changes)
    edits: list[Edit] = []
    taken = {place for place, word in enumerate(words) if word.settled}
    for find in (_exact, _alike):
        for index in range(len(words)):
            found = find(words, index, _limit(words, index, taken), vocabulary)
            if found is None:
                continue
            end, name = found
            start, stop = words[index].start, words[end - 1].end
            if text[start:stop] != name.text:
                edits.append(Edit(start, stop, name.text, "name of the project"))
            taken.update(range(index, end))
    return edits


def _limit(words: Sequence[HeardWord], index: int, taken: Container[int]) -> int:
    """Return where the longest stretch ends that may be a name and begins at a word."""
    limit = index
    while limit < len(words) and limit - index < _LONGEST and limit not in taken:
        limit += 1
        if words[limit - 1].ends_clause:
            break
    return limit


def _exact(
    words: Sequence[HeardWord], index: int, limit: int, vocabulary: Vocabulary
) -> tuple[int, Name] | None:
    """Return the longest name that is said by the words at a place, and the word behind it."""
    keys = _keys(words, index, limit)
    for end in range(limit, index, -1):
        if end == index + 1 and not words[index].glued and is_english(words[index].text):
            continue
        if names := vocabulary.exact.get(keys[end - index - 1]):
            name = _choose(names, words, index, end)
            if evidence_for(name, words, index, end) >= _ENOUGH:
                return end, name
    return None


def _keys(words: Sequence[HeardWord], index: int, limit: int) -> list[str]:
    keys = [letters(word.text) for word in words[index:limit]]
    return list(itertools.accumulate(keys))


def _alike(
    words: Sequence[HeardWord], index: int, limit: int, vocabulary: Vocabulary
) -> tuple[int, Name] | None:
    """Return the name that the words at a place sound most like."""
    best: tuple[float, int, Name] | None = None
    keys = _keys(words, index, min(limit, index + _LONGEST_ALIKE))
    for end, key in enumerate(keys, start=index + 1):
        found = _alike_name(words, index, end, key, vocabulary)
        if found is not None and (best is None or found[0] > best[0]):
            best = (found[0], end, found[1])
    return best[1:] if best else None


def _alike_name(
    words: Sequence[HeardWord], index: int, end: int, key: str, vocabulary: Vocabulary
) -> tuple[float, Name] | None:
    window = words[index:end]
    unknown = any(_is_unknown(word) for word in window)
    single = window[0] if len(window) == 1 else None
    if single is not None:
        if (
            not _is_unknown(single)
            or (not single.glued and is_english(single.text))
            or single.text in vocabulary.words
            or single.text in written_terms()
        ):
            return None
    elif any(
        word.lower in code_words().stops | DETERMINERS | SUBJECTS
        for word in (window[0], window[-1])
    ):
        return None
    heard = sound(key)
    certainty = _CERTAINTY if all(word.sure for word in window) else 0.0
    for name in vocabulary.singles.get(heard, ()):
        if single is not None and key == name.key:
            if name.text.islower() and not single.begins_sentence:
                return 100.0, name
            continue
        same = fuzz.ratio(key, name.key)
        if single is not None:
            if (
                same >= _ALIKE_SINGLE
                and len(key) >= _SHORTEST_SINGLE
                and sound(key)[:1] == heard[:1]
                and key.rstrip("s") != name.key.rstrip("s")
            ):
                return same, name
            continue
        likely = same >= _ALIKE_WORDS and len(key) >= _SHORTEST_ALIKE
        if likely and (unknown or evidence_for(name, words, index, end) >= _ENOUGH + certainty):
            return same, name
    if len(key) < _SHORTEST_ALIKE:
        return None
    found: tuple[float, Name] | None = None
    for name in vocabulary.alike.get(heard, ()) if single is None else ():
        same = fuzz.ratio(key, name.key)
        if same >= _ALIKE_COMPOUND and (found is None or same > found[0]):
            found = same, name
    if found is None and unknown:
        best = process.extractOne(
            key, vocabulary.alike_keys, scorer=fuzz.ratio, score_cutoff=_ALIKE
        )
        # The same letters were looked up before: they are that name only where it is meant.
        if (
            best is not None
            and best[0] != key
            and fuzz.ratio(heard, sound(best[0])) >= _ALIKE_SOUND
        ):
            found = best[1], vocabulary.alike_names[best[2]]
    if found is None:
        return None
    name = found[1]
    # The words of a name and one more are not the name said badly.
    if name.key != key and any(
        "".join(letters(word.text) for word in shorter) == name.key
        for shorter in (window[1:], window[:-1])
    ):
        return None
    enough = evidence_for(name, words, index, end) >= _ENOUGH_ALIKE + certainty
    return found if len(name.parts) < 2 or enough else None


def _is_unknown(word: HeardWord) -> bool:
    """Return whether a word is none that developers say, so that it may be misheard."""
    if word.doubtful or word.glued:
        return True
    data = code_words()
    plain = word.lower
    return (
        len(plain) > 2
        and not is_english(plain)
        and plain not in data.developer_words
        and plain.removesuffix("s") not in data.developer_words
        and word.text not in written_terms()
        and word.text not in BRANDS
    )


def _choose(names: Sequence[Name], words: Sequence[HeardWord], index: int, end: int) -> Name:
    """Return the name that fits the surroundings, of those that are said alike."""
    if len(names) == 1:
        return names[0]
    around = {word.lower for word in (*words[max(0, index - 2) : index], *words[end : end + 1])}
    if around & TYPE_CUES:
        fits = [name for name in names if name.text[:1].isupper() and not name.text.isupper()]
    elif around & VALUE_CUES:
        fits = [name for name in names if name.text[:1].islower()]
    elif "constant" in around:
        fits = [name for name in names if name.text.isupper()]
    else:
        fits = []
    return (fits or list(names))[0]
