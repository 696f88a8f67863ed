"""What people and recognisers say without meaning it: fillers, and words said twice."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection

from codex_voice.language.changes import Edit
from codex_voice.language.tokens import Token, tokenise


def drop_fillers(text: str, fillers: Collection[str]) -> list[Edit]:
    """Return fillers ("um") with the comma and the blank that belong to them, to be deleted."""
    tokens = tokenise(text)
    edits = []
    capital_needed = False
    kept: Token | None = None
    for index, token in enumerate(tokens):
        if token.lower in fillers and not token.before and not re.search(r"[\"”’)]", token.after):
            following = tokens[index + 1] if index + 1 < len(tokens) else None
            at_start = index == 0 or bool(re.search(r"[.!?…]", tokens[index - 1].after))
            ends = bool(re.search(r"[.!?…]", token.after))
            if following is not None and not (ends and not at_start):
                edits.append(Edit(token.start, following.start, "", "filler"))
                capital_needed = capital_needed or (at_start and token.word[:1].isupper())
            elif index:
                # "Run it, um." keeps its full stop. Other fillers may stand before this one.
                last = kept or tokens[index - 1]
                edits = [edit for edit in edits if edit.end <= last.end]
                after = last.after.replace(",", "")
                if not re.search(r"[.!?…]", after):
                    after += token.after.replace(",", "")
                edits.append(Edit(last.end, token.end + len(token.after), after, "filler"))
            continue
        kept = token
        if capital_needed:
            first = token.word[:1]
            if first.islower() and token.word[1:].islower():
                edits.append(Edit(token.start, token.start + 1, first.upper(), "filler"))
            capital_needed = False
    return _merged(edits)


def drop_doubled(text: str, doubled: Collection[str]) -> list[Edit]:
    """Return words that are said twice without meaning it ("the the"), to be deleted once."""
    tokens = tokenise(text)
    return [
        Edit(token.end, following.end, "", "doubled word")
        for token, following in itertools.pairwise(tokens)
        if token.lower == following.lower and token.lower in doubled and not token.after
    ]


def drop_second_writing(text: str) -> list[Edit]:
    """Return the second half of a text that is one sentence, written twice.

    Whisper sometimes writes a short utterance twice; what is there more often was said so.
    """
    sentences = list(re.finditer(r"[^.!?]+[.!?]+\s*|[^.!?]+$", text))
    if len(sentences) != 2:
        return []
    plain = [re.sub(r"\W+", " ", match.group()).strip().lower() for match in sentences]
    if len(set(plain)) != 1 or plain[0].count(" ") < 2:
        return []
    first = sentences[0]
    end = first.start() + len(first.group().rstrip())
    return [Edit(end, len(text.rstrip()), "", "written twice by the recogniser")]


def _merged(edits: list[Edit]) -> list[Edit]:
    """Join deletions that touch: two fillers in a row."""
    merged: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.start):
        if merged and edit.start < merged[-1].end:
            continue
        merged.append(edit)
    return merged
