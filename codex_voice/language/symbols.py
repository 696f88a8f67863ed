"""Spoken characters: pairs of brackets and quotes, paths, addresses and file endings.

Only what is safe in prose is written: pairs that are closed, and words joined by "slash", "dot"
or "colon" that make a path or an address.
"""

from __future__ import annotations

import re

from codex_voice.language.changes import Edit
from codex_voice.language.code_words import code_words, is_english
from codex_voice.language.tokens import Token, begins_sentence, tokenise

_PAREN = r"(?:paren(?:s|thesis|theses)?|parent|perren|perrin|beren|berin|brin)"
_PAIRS = (
    (_PAREN, "(", ")"),
    (r"(?:brace|braces|curly|curly brace)", "{", "}"),
    (r"(?:bracket|brackets|square bracket)", "[", "]"),
    (r"(?:angle|angles|angle bracket)", "<", ">"),
)
_TICK = r"back[ -]?ticks?"
_CONTENT = r"(?: (?P<content>[^.!?]{1,80}?))??"
_PAIR_PATTERNS = tuple(
    (re.compile(rf"\bopen {name}{_CONTENT},? close[d]? {name}", re.IGNORECASE), begin, end)
    for name, begin, end in _PAIRS
)
_TICKS = re.compile(rf"\b{_TICK},? (?P<content>[^.!?]{{1,80}}?),? {_TICK}\b", re.IGNORECASE)
_QUOTE = re.compile(
    r"\b(?:open )?quote,? (?P<content>[^.!?]{1,120}?),? "
    r"(?:unquote|un quote|end quote|close quote|and quote|on quote)\b",
    re.IGNORECASE,
)
_DUNDER = re.compile(
    r"\b(?:dunder|double underscore) (?P<name>[a-z]+)(?: (?:dunder|double underscore)\b)?",
    re.IGNORECASE,
)
_CALL = re.compile(r"\b(?:call|calls|calling|function|method|invoke) \w+ $", re.IGNORECASE)
_TOP_LEVEL = frozenset({"com", "org", "net", "io", "dev", "ai", "app", "edu", "gov", "de", "uk"})
_SCHEMES = frozenset({"http", "https", "ws", "wss", "ssh", "ftp", "git", "file", "postgres"})
_CONNECTORS = {"slash": "/", "dot": ".", "colon": ":", "underscore": "_", "dash": "-"}
# Endings that are ordinary words: only a known file may have them.
_WORDLIKE_ENDINGS = frozenset(
    {"go", "see", "some", "view", "text", "tex", "teas", "tees", "c", "h"}
)


def write_symbols(text: str) -> list[Edit]:
    """Return spoken characters and what they join."""
    edits: list[Edit] = []
    for find in (_pairs, _dunder_names, _joined):
        taken = [(edit.start, edit.end) for edit in edits]
        edits += [
            edit
            for edit in find(text)
            if not any(edit.start < end and start < edit.end for start, end in taken)
        ]
    return edits


def _dunder_names(text: str) -> list[Edit]:
    """Return names between two underscores at each end: "double underscore init"."""
    return [
        Edit(match.start(), match.end(), f"__{match['name'].lower()}__", "double underscores")
        for match in _DUNDER.finditer(text)
        if match["name"].lower() not in code_words().stops
    ]


def _pairs(text: str) -> list[Edit]:
    edits = []
    for pattern, begin, end in _PAIR_PATTERNS:
        for match in pattern.finditer(text):
            start = match.start()
            content = match["content"] or ""
            called = _is_called(text[:start]) or (not content and bool(_CALL.search(text[:start])))
            if begin == "<" or (begin in "([" and called):
                start = len(text[:start].rstrip())
            edits.append(Edit(start, match.end(), f"{begin}{content}{end}", "spoken brackets"))
    for pattern, mark, why in ((_TICKS, "`", "spoken back ticks"), (_QUOTE, '"', "spoken quotes")):
        edits += [
            Edit(match.start(), match.end(), f"{mark}{match['content']}{mark}", why)
            for match in pattern.finditer(text)
        ]
    return edits


def _is_called(before: str) -> bool:
    """Return whether the word before a bracket is code, so that the bracket belongs to it."""
    word = before.rstrip().rpartition(" ")[2]
    return (
        before.endswith(" ")
        and bool(re.fullmatch(r"\w+", word))
        and (not is_english(word) or "_" in word)
    )


def _joined(text: str) -> list[Edit]:
    tokens = tokenise(text)
    edits = []
    index = 0
    while index < len(tokens):
        found = _run(tokens, index)
        if found is None:
            index += 1
            continue
        end, written = found
        edits.append(Edit(tokens[index].start, tokens[end - 1].end, written, "spoken path"))
        index = end
    return edits


def _run(tokens: list[Token], index: int) -> tuple[int, str] | None:
    """Return where a path or an address ends that begins at a token, and how it is written."""
    parts: list[str] = []
    symbols: list[str] = []
    end = index
    leading = ""
    if tokens[index].lower in ("slash", "dot") and not tokens[index].ends_clause:
        if not _may_lead(tokens, index):
            return None
        leading = _CONNECTORS[tokens[index].lower]
        end += 1
    while end < len(tokens):
        word = tokens[end].word
        if word.lower() in _CONNECTORS or word.lower() in code_words().stops:
            break
        parts.append(word)
        end += 1
        symbol, after = _connector(tokens, end)
        if not symbol or (symbol == "." and len(parts) == 1 and _begins_dot_file(tokens, end)):
            break
        symbols.append(symbol)
        end = after
    if len(symbols) == len(parts) and symbols:
        # The last connector joins nothing.
        dropped = symbols.pop()
        end -= 3 if dropped == "://" else 1
    if not parts:
        return None
    written = _as_address(parts, symbols) or _as_path(leading, parts, symbols)
    return (end, written) if written else None


def _connector(tokens: list[Token], index: int) -> tuple[str, int]:
    """Return the character that the word before is followed by, and the token behind it."""
    if index >= len(tokens) - 1 or tokens[index - 1].ends_clause:
        return "", index
    words = [token.lower for token in tokens[index : index + 3]]
    if words == ["colon", "slash", "slash"]:
        return "://", index + 3
    if words[0] in _CONNECTORS and not tokens[index].ends_clause:
        return _CONNECTORS[words[0]], index + 1
    return "", index


def _may_lead(tokens: list[Token], index: int) -> bool:
    """Return whether "slash" or "dot" begins a path here."""
    if index + 1 >= len(tokens) or tokens[index].ends_clause:
        return False
    first = tokens[index + 1].word
    if tokens[index].lower == "slash":
        if begins_sentence(tokens, index):
            return not is_english(first) or first.lower() in code_words().codex_commands
        return first.lower() in code_words().path_words or not is_english(first)
    words = code_words()
    return not is_english(first) or first.lower() in words.path_words


def _begins_dot_file(tokens: list[Token], index: int) -> bool:
    """Tell whether "dot" begins a name behind a word of the sentence: "edit dot env"."""
    before = tokens[index - 1].lower
    words = code_words()
    return tokens[index + 1].lower in words.dot_files and before in words.orders | words.stops


def _as_address(parts: list[str], symbols: list[str]) -> str:
    host = parts[0].lower()
    if symbols[:1] == ["://"] and host in _SCHEMES:
        return "".join(_woven([part.lower() for part in parts], symbols))
    is_host = host in ("localhost", "host") or any(
        symbol == "." and part.lower() in _TOP_LEVEL
        for symbol, part in zip(symbols, parts[1:], strict=True)
    )
    if is_host and set(symbols) <= {".", ":", "/", "-"} and symbols:
        first, *others = parts
        return "".join(_woven([first.lower(), *(part.lower() for part in others)], symbols))
    return ""


def _as_path(leading: str, parts: list[str], symbols: list[str]) -> str:
    words = code_words()
    if ":" in symbols or "://" in symbols:
        return ""
    ending = parts[-1].lower()
    if symbols and symbols[-1] == "." and not ending.isdigit():
        endings = {said: form for form, ways in words.extensions.items() for said in ways}
        written = endings.get(ending) if ending not in _WORDLIKE_ENDINGS else None
        if written is None and not (set(symbols[:-1]) & {"/"}):
            return ""
        parts = [*parts[:-1], written or ending]
    elif leading == "." and not symbols:
        return f".{ending}" if ending in words.dot_files else ""
    elif leading == "/" and not symbols:
        return f"/{parts[0].lower()}"
    elif "/" in symbols:
        known = any(part.lower() in words.path_words or not is_english(part) for part in parts)
        if symbols.count("/") < 2 and not known and not leading:
            return ""
    elif "_" not in symbols or (all(map(is_english, parts)) and len(parts) < 2):
        return ""
    if any(part[:1] in '(`"' for part in parts):
        return ""
    return leading + "".join(_woven(_plain_case(parts), symbols))


def _plain_case(parts: list[str]) -> list[str]:
    """Undo capitals that only begin a sentence: "Source slash store"."""
    return [part.lower() if part.istitle() else part for part in parts]


def _woven(parts: list[str], symbols: list[str]) -> list[str]:
    woven = [parts[0]]
    for symbol, part in zip(symbols, parts[1:], strict=True):
        woven += [symbol, part]
    return woven
