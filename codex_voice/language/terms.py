"""Terms of software development as they are written, for what a recogniser makes of them."""

from __future__ import annotations

import tomllib
from collections.abc import Container
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from codex_voice.language.changes import Edit
from codex_voice.language.tokens import letters, tokenise

_LONGEST = 4
_BEFORE_NOUNS = frozenset(
    ["the", "a", "an", "this", "that", "our", "my", "your", "its", "each", "every", "no", "new"]
)


@dataclass(frozen=True)
class _Terms:
    always: dict[str, str]
    noun: dict[str, str]
    project: dict[str, str]


@cache
def _terms() -> _Terms:
    file = files("codex_voice.language") / "data" / "terms.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return _Terms(
        _by_sound(table["always"]),
        _by_sound(table["noun"]),
        _by_sound(table["project"]),
    )


def write_terms(text: str, names: Container[str] = ()) -> list[Edit]:
    """Return terms that are to be written otherwise than they were heard.

    Args:
        text: The text.
        names: The words of the project; a term that sounds like ordinary words must be one.
    """
    tokens = tokenise(text)
    terms = _terms()
    edits = []
    index = 0
    while index < len(tokens):
        for end in range(min(len(tokens), index + _LONGEST), index, -1):
            if any(token.after or token.before for token in tokens[index : end - 1]):
                continue
            heard = " ".join(token.lower for token in tokens[index:end])
            term = terms.always.get(heard)
            if term is None:
                term = terms.project.get(heard)
                term = term if term in names else None
            if term is None and index and tokens[index - 1].lower in _BEFORE_NOUNS:
                term = terms.noun.get(heard)
            if term is not None and term not in names and term.lower() in names:
                # The project's own spelling: what is Pydantic to people is pydantic in imports.
                term = term.lower()
            shown = text[tokens[index].start : tokens[end - 1].end]
            if term is None or term == shown:
                continue
            same = letters(term) == letters(shown) and end - index == 1 and "-" not in shown
            # The same letters: the recogniser's own capitals may be those of a sentence.
            if same and (not shown.islower() or term.islower()):
                continue
            edits.append(Edit(tokens[index].start, tokens[end - 1].end, term, "term"))
            index = end - 1
            break
        index += 1
    return edits


@cache
def written_terms() -> frozenset[str]:
    """Return all terms as they are written."""
    terms = _terms()
    return frozenset((*terms.always.values(), *terms.noun.values(), *terms.project.values()))


def _by_sound(table: dict[str, list[str]]) -> dict[str, str]:
    return {heard: term for term, spoken in table.items() for heard in spoken}
