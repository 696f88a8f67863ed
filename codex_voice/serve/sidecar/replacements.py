"""Replacement rules: what the user wants written for what was recognised.

Order, as the contract has it: normalise, macros, then the rules one after the other, each once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal, cast

from codex_voice.serve.sidecar.protocol import invalid_params

MOST_RULES = 500
LONGEST_PATTERN = 256
LONGEST_REPLACEMENT = 1024
LONGEST_RESULT = 50_000

_LONGEST_BETWEEN = 4 * LONGEST_RESULT
"""Characters kept between two rules: later ones may shorten the text again."""

_NORMALISATIONS = (
    (re.compile(r"\s+"), " "),
    (re.compile(r" ([,.!?;:])"), r"\1"),
    (re.compile(r"\.{4,}"), "..."),
    (re.compile(r"!{2,}"), "!"),
    (re.compile(r"\?{2,}"), "?"),
)
_SENTENCE_START = re.compile(r"[.!?](?=[^\W\d_])")
_MACRO = re.compile(r"\{\{(date|time|datetime)\}\}")
_MACRO_FORMATS = {"date": "%Y-%m-%d", "time": "%H:%M:%S", "datetime": "%Y-%m-%d %H:%M:%S"}


@dataclass(frozen=True)
class Rule:
    """One replacement.

    Args:
        id: The host's name for it.
        kind: Whether the pattern is text or a regular expression of Python.
        pattern: What is replaced.
        replacement: By what; in a regular expression's, back-slashes name groups.
        enabled: Whether it counts.
        word_boundary: Whether a literal pattern must be whole words.
        case_sensitive: Whether capitals matter.
        description: For people.
        origin: Who made it.
    """

    id: str
    kind: Literal["literal", "regex"]
    pattern: str
    replacement: str
    enabled: bool = True
    word_boundary: bool = False
    case_sensitive: bool = True
    description: str | None = None
    origin: Literal["user", "preset"] = "user"

    @property
    def expression(self) -> re.Pattern[str]:
        """The regular expression that finds it."""
        pattern = self.pattern if self.kind == "regex" else re.escape(self.pattern)
        if self.kind == "literal" and self.word_boundary:
            pattern = rf"(?<!\w){pattern}(?!\w)"
        return re.compile(pattern, 0 if self.case_sensitive else re.IGNORECASE)

    def as_json(self) -> dict[str, Any]:
        """Return it as the protocol writes it."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Replaced:
    """What became of a text.

    Args:
        text: The new text, at most `LONGEST_RESULT` characters.
        truncated: Whether there was more.
        applied: How many rules found something.
    """

    text: str
    truncated: bool
    applied: int


def parse_rules(value: object) -> tuple[Rule, ...]:
    """Check a list of rules from outside.

    Raises:
        RpcError: One of them is wrong, or there are too many.
    """
    if not isinstance(value, list):
        invalid_params("rules must be an array")
    if len(value) > MOST_RULES:
        invalid_params(f"there may be {MOST_RULES} rules")
    return tuple(_parse_rule(f"rules[{index}]", rule) for index, rule in enumerate(value))


def prepare(text: str, *, normalise: bool = True, macros: bool = True) -> str:
    """Tidy a text and write the date and the time for their macros."""
    if normalise:
        for pattern, replacement in _NORMALISATIONS:
            text = pattern.sub(replacement, text)
        text = _SENTENCE_START.sub(partial(_separate, text), text).strip()
    return _MACRO.sub(_expand, text) if macros else text


def apply(text: str, rules: Iterable[Rule]) -> Replaced:
    """Apply rules to a text, each to what the ones before it left."""
    applied, cut = 0, False
    for rule in rules:
        if rule.enabled:
            text, found, shortened = _apply_one(text, rule)
            applied += found
            cut = cut or shortened
    return Replaced(text[:LONGEST_RESULT], cut or len(text) > LONGEST_RESULT, applied)


def _apply_one(text: str, rule: Rule) -> tuple[str, bool, bool]:
    """Return the text, whether the rule found something, and whether the result was cut."""
    limit = max(len(text), _LONGEST_BETWEEN)
    parts: list[str] = []
    length = end = 0
    found = False
    expand = _expander(rule)
    for match in rule.expression.finditer(text):
        found = True
        replacement = expand(match)
        parts += text[end : match.start()], replacement
        length += match.start() - end + len(replacement)
        end = match.end()
        if length > limit:
            return "".join(parts)[:limit], True, True
    return "".join((*parts, text[end:])), found, False


def _expander(rule: Rule) -> Callable[[re.Match[str]], str]:
    if rule.kind == "literal":
        return lambda _match: rule.replacement
    return lambda match: match.expand(rule.replacement)


def _parse_rule(where: str, value: object) -> Rule:
    if not isinstance(value, dict):
        invalid_params(f"{where} must be an object")
    kind = value.get("kind")
    if kind not in ("literal", "regex"):
        invalid_params(f'{where}.kind must be "literal" or "regex"')
    origin = value.get("origin", "user")
    if origin not in ("user", "preset"):
        invalid_params(f'{where}.origin must be "user" or "preset"')
    description = value.get("description")
    if description is not None and not isinstance(description, str):
        invalid_params(f"{where}.description must be a string")
    rule = Rule(
        id=_text(where, value, "id"),
        kind=cast(Literal["literal", "regex"], kind),
        pattern=_text(where, value, "pattern", LONGEST_PATTERN),
        replacement=_text(where, value, "replacement", LONGEST_REPLACEMENT),
        enabled=_flag(where, value, "enabled", True),
        word_boundary=_flag(where, value, "word_boundary", False),
        case_sensitive=_flag(where, value, "case_sensitive", True),
        description=description,
        origin=cast(Literal["user", "preset"], origin),
    )
    if not rule.pattern:
        invalid_params(f"{where}.pattern must not be empty")
    try:
        expression = rule.expression
        if rule.kind == "regex":
            # Reads the replacement too, and has nothing to search.
            expression.sub(rule.replacement, "")
    except (re.error, IndexError, OverflowError, RecursionError) as error:
        invalid_params(f"{where} is no regular expression: {error}")
    return rule


def _text(where: str, value: dict[str, Any], name: str, longest: int | None = None) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        invalid_params(f"{where}.{name} must be a string")
    if longest is not None and len(text) > longest:
        invalid_params(f"{where}.{name} may have {longest} characters")
    return text


def _flag(where: str, value: dict[str, Any], name: str, default: bool) -> bool:
    flag = value.get(name, default)
    if not isinstance(flag, bool):
        invalid_params(f"{where}.{name} must be true or false")
    return flag


def _separate(text: str, match: re.Match[str]) -> str:
    """Put a blank between the end of a sentence and a capital."""
    return f"{match[0]} " if text[match.end()].isupper() else match[0]


def _expand(match: re.Match[str]) -> str:
    return datetime.now().strftime(_MACRO_FORMATS[match[1]])


@dataclass(frozen=True)
class Preset:
    """A set of rules that comes with the program."""

    id: str
    name: str
    description: str
    rules: tuple[Rule, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what the protocol tells of it, without the rules."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "rule_count": len(self.rules),
        }


def _preset(
    preset_id: str, name: str, description: str, rules: Sequence[tuple[str, str, str]]
) -> Preset:
    return Preset(
        preset_id,
        name,
        description,
        tuple(
            Rule(
                f"{preset_id}-{number}",
                cast(Literal["literal", "regex"], kind),
                pattern,
                replacement,
                word_boundary=kind == "literal",
                case_sensitive=False,
                origin="preset",
            )
            for number, (kind, pattern, replacement) in enumerate(rules, start=1)
        ),
    )


PRESETS = (
    _preset(
        "fillers",
        "Filler words",
        "Leaves out um, uh and their like.",
        [("regex", r"\b(?:um+|uh+|erm+|hmm+)\b[,.]? ?", "")],
    ),
    _preset(
        "contractions",
        "Spoken contractions",
        "Writes gonna, wanna and gotta in full.",
        [
            ("literal", "gonna", "going to"),
            ("literal", "wanna", "want to"),
            ("literal", "gotta", "got to"),
        ],
    ),
)
