"""Whether words mean a name of the project: what their surroundings say for it and against it."""

from __future__ import annotations

from collections.abc import Sequence

from codex_voice.language.code_words import code_words, is_english
from codex_voice.language.heard_words import HeardWord
from codex_voice.language.name_cues import (
    DETERMINERS,
    FINITE,
    LINKS,
    PLACES,
    QUESTIONS,
    SUBJECTS,
    SUFFIXES,
)
from codex_voice.language.project.names import Name
from codex_voice.language.tokens import letters

# What a doubt of the recogniser adds; a name needs twice as much.
_DOUBT = 0.75


def evidence_for(name: Name, words: Sequence[HeardWord], index: int, end: int) -> float:
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


def _has_title_case(window: Sequence[HeardWord]) -> bool:
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


def _is_asked_for(words: Sequence[HeardWord], index: int) -> bool:
    """Tell whether the words before ask for what follows: "why is retry count ..."."""
    if index < 2 or words[index - 1].lower not in ("is", "are", "was"):
        return False
    return words[index - 2].lower in QUESTIONS


def _is_order(words: Sequence[HeardWord], index: int) -> bool:
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


def _is_strange(word: HeardWord, *, of_developers: bool = False) -> bool:
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
