"""Names of the project in place of the words that were heard for them.

The danger are not the doubtful matches but the exact ones: "worker pool" and "session manager" are
ordinary English. So a match needs evidence from its surroundings; likeness alone changed 20 to 51
of 136 ordinary sentences, with evidence 6 are changed at 73 % of the names right.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from codex_voice.language.changes import Change, Edit
from codex_voice.language.code_words import code_words, is_english
from codex_voice.language.invented_names import taken_apart
from codex_voice.language.name_cues import (
    BRANDS,
    DETERMINERS,
    FINITE,
    LINKS,
    PLACES,
    QUESTIONS,
    SUBJECTS,
    SUFFIXES,
    TYPE_CUES,
    VALUE_CUES,
)
from codex_voice.language.project.names import Name
from codex_voice.language.project.vocabulary import Vocabulary
from codex_voice.language.sound import sound
from codex_voice.language.terms import written_terms
from codex_voice.language.tokens import letters, tokenise

_LONGEST = 6
_ENOUGH = 1.5
# What is only like a name needs more.
_ENOUGH_ALIKE = 2.0
# Held for 62 % of 446 words that were wrong, and for 13 % of 1,863 that were right. So doubt alone
# is not enough for a name.
_LOW_CONFIDENCE = 0.6
_DOUBT = 0.75
# What is only like a name must have been misheard, and a recogniser that is sure of its words has
# seldom misheard them.
_HIGH_CONFIDENCE = 0.9
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


@dataclass(frozen=True)
class _Word:
    """A word of the text, or a part of one with a hyphen."""

    start: int
    end: int
    text: str
    glued: bool
    ends_clause: bool
    begins_sentence: bool
    doubtful: bool
    sure: bool
    settled: bool
    token: str

    @property
    def lower(self) -> str:
        return self.text.lower()


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
    words = _words(text, vocabulary, confidence, settled, changes)
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


def _limit(words: Sequence[_Word], index: int, taken: Container[int]) -> int:
    """Return where the longest stretch ends that may be a name and begins at a word."""
    limit = index
    while limit < len(words) and limit - index < _LONGEST and limit not in taken:
        limit += 1
        if words[limit - 1].ends_clause:
            break
    return limit


def _words(
    text: str,
    vocabulary: Vocabulary,
    confidence: Callable[[int, int], float | None] | None,
    settled: Sequence[tuple[int, int]],
    changes: Sequence[Change],
) -> list[_Word]:
    words: list[_Word] = []
    quoted = False
    begins = True
    tokens = tokenise(text)
    apart = taken_apart(tokens, changes)
    for index, token in enumerate(tokens):
        quoted = quoted or bool(re.search(r"[\"“`]", token.before)) or token.word.startswith("`")
        is_code = _is_written_code(token.word, vocabulary)
        is_settled = is_code or any(
            token.start < end and start < token.end for start, end in settled
        )
        glued = not is_settled and index in apart
        parts = list(re.finditer(r"[^\s-]+", token.word)) if "--" not in token.word else []
        if not parts:
            parts = list(re.finditer(r".+", token.word))
        sureness = confidence(token.start, token.end) if confidence is not None else None
        for place, part in enumerate(parts):
            words.append(
                _Word(
                    token.start + part.start(),
                    token.start + part.end(),
                    part.group(),
                    glued,
                    token.ends_clause and place == len(parts) - 1,
                    begins and place == 0,
                    sureness is not None and sureness < _LOW_CONFIDENCE,
                    sureness is not None and sureness >= _HIGH_CONFIDENCE,
                    is_settled or (quoted and not glued),
                    token.word,
                )
            )
        begins = bool(re.search(r"[.!?…]", token.after))
        if re.search(r"[\"”`]", token.after) or token.word.endswith("`"):
            quoted = False
    return words


def _is_written_code(word: str, vocabulary: Vocabulary) -> bool:
    """Return whether a word is code as it stands: an option, a path, or a name of the project.

    A plain word is none, though nearly every one is somewhere the name of a variable.
    """
    if re.search(r"^-|[/\\]|\w\.\w", word):
        return True
    return word in vocabulary.known and not re.fullmatch(r"[A-Za-z]?[a-z]+", word)


def _exact(
    words: Sequence[_Word], index: int, limit: int, vocabulary: Vocabulary
) -> tuple[int, Name] | None:
    """Return the longest name that is said by the words at a place, and the word behind it."""
    keys = _keys(words, index, limit)
    for end in range(limit, index, -1):
        if end == index + 1 and not words[index].glued and is_english(words[index].text):
            continue
        if names := vocabulary.exact.get(keys[end - index - 1]):
            name = _choose(names, words, index, end)
            if _evidence(name, words, index, end) >= _ENOUGH:
                return end, name
    return None


def _keys(words: Sequence[_Word], index: int, limit: int) -> list[str]:
    keys = [letters(word.text) for word in words[index:limit]]
    return list(itertools.accumulate(keys))


def _alike(
    words: Sequence[_Word], index: int, limit: int, vocabulary: Vocabulary
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
    words: Sequence[_Word], index: int, end: int, key: str, vocabulary: Vocabulary
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
        if likely and (unknown or _evidence(name, words, index, end) >= _ENOUGH + certainty):
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
    enough = _evidence(name, words, index, end) >= _ENOUGH_ALIKE + certainty
    return found if len(name.parts) < 2 or enough else None


def _is_unknown(word: _Word) -> bool:
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


def _is_strange(word: _Word, *, of_developers: bool = False) -> bool:
    """Return whether a word is no English one.

    Args:
        word: The word.
        of_developers: Whether words count that every developer says: "fast API" may be fastapi,
            but "the API key" is the plain way to say it.
    """
    return word.glued or (
        len(word.text) > 2
        and not is_english(word.text)
        and (of_developers or word.lower not in code_words().developer_words)
    )


def _choose(names: Sequence[Name], words: Sequence[_Word], index: int, end: int) -> Name:
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


def _evidence(name: Name, words: Sequence[_Word], index: int, end: int) -> float:
    """Return how much speaks for the name rather than for its words; 1.5 is enough."""
    data = code_words()
    window = words[index:end]
    before = words[index - 1] if index and not words[index - 1].ends_clause else None
    behind = words[end] if end < len(words) and not window[-1].ends_clause else None
    left = before.lower if before else ""
    right = behind.token.lower() if behind else ""
    begins = window[0].begins_sentence
    is_type = name.text[:1].isupper() and not name.text.isupper()
    verb_first = name.parts[0] in data.verbs
    # "Before shutting down" is how everybody speaks.
    gerund = name.parts[0].endswith("ing")
    asked = not verb_first and _is_asked_for(words, index)

    score = 0.0
    if any(word.glued for word in window):
        score += 3.0
    if any(word.doubtful for word in window):
        score += _DOUBT
    strange = any(_is_strange(word, of_developers=len(name.parts) < 2) for word in window)
    if strange:
        # "sidebar" is a word of its own, whatever SideBar is.
        score += 1.5 if len(window) > 1 else 0.5
    if _has_title_case(window):
        score += 1.5
    if letters("".join(word.text for word in window)) != name.key:
        score += 0.75
    elif left in DETERMINERS and not strange:
        score -= 0.5
    score += {1: 0.0, 2: 0.0, 3: 1.0}.get(len(name.parts), 1.5)
    if len(window) > 1 and len(name.parts) < 2 and not strange:
        # "page up" are two words wherever a pageup is.
        score -= 1.5
    near = {word.lower for word in words[max(0, index - 2) : index] if not word.ends_clause}
    if left in data.cues or right in data.cues or (near & data.cues and left in DETERMINERS):
        score += 2.0
    if left in DETERMINERS:
        if verb_first:
            score -= 0.25 if is_type else 2.0
        elif is_type and name.parts[-1] in SUFFIXES:
            ordered = words[0].lower in data.orders
            # "The line parser should skip blanks" speaks of one thing that there is.
            subject = left == "the" and index == 1 and _is_finite(right, sure=True)
            score += 2.0 if ordered or subject else 0.75
    elif begins:
        if _is_finite(right, sure=verb_first):
            score += 2.0
        elif verb_first:
            score -= 3.0
    elif _is_order(words, index - 1):
        score += 2.0
    elif left in SUBJECTS and verb_first:
        score -= 3.0
    elif (left in PLACES or (left == "to" and not verb_first) or asked) and not gerund:
        score += 1.5
    if name.text.isupper() and "constant" not in near and not _is_order(words, index - 1):
        score -= 1.0
    # "The function to slug" and "check is expired" can only be names; "the field is called" not.
    meant = _is_order(words, index - 1) if name.parts[0] == "is" else left in data.cues
    if name.parts[0] in LINKS and not meant:
        score -= 1.0
    if any(word.lower in DETERMINERS for word in window):
        score -= 3.0
    return score


def _has_title_case(window: Sequence[_Word]) -> bool:
    """Return whether the recogniser took the words for a name: capitals inside a sentence."""
    titled = [word.text[:1].isupper() for word in window if not word.begins_sentence]
    return len(titled) > 0 and all(titled) and (len(titled) > 1 or window[0].begins_sentence)


def _is_finite(word: str, *, sure: bool) -> bool:
    """Return whether a word makes what stands before it the subject of a sentence.

    Args:
        word: The word, in lower case.
        sure: Whether it must be a known verb: "parse line endings" has no subject.
    """
    data = code_words()
    if word in FINITE or word in data.predicates:
        return True
    if sure:
        bases = {word.removesuffix("s"), word.removesuffix("es")} - {word}
        return bool(bases & (data.verbs | data.orders))
    last = word.rpartition("-")[2]
    return last.endswith("s") and not last.endswith("ss") and is_english(last.removesuffix("s"))


def _is_asked_for(words: Sequence[_Word], index: int) -> bool:
    """Tell whether the words before ask for what follows: "why is retry count ..."."""
    if index < 2 or words[index - 1].lower not in ("is", "are", "was"):
        return False
    return words[index - 2].lower in QUESTIONS


def _is_order(words: Sequence[_Word], index: int) -> bool:
    """Return whether a word is a verb that opens an order: "Rename retry count"."""
    if index < 0:
        return False
    word = words[index]
    if word.lower not in code_words().orders or word.ends_clause:
        return False
    if word.begins_sentence or index == 0:
        return True
    previous = words[index - 1]
    return previous.ends_clause or previous.lower in ("please", "and", "then")
