"""Replacement rules do what the contract says, and what they say themselves."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.serve.sidecar.protocol import RpcError
from codex_voice.serve.sidecar.replacements import (
    LONGEST_RESULT,
    PRESETS,
    Rule,
    apply,
    parse_rules,
    prepare,
)


def _literal(pattern: str, replacement: str) -> Rule:
    return Rule("r", "literal", pattern, replacement)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_literal_replacement_is_written_as_it_is(before: str, replacement: str) -> None:
    """Back-slashes and group names in it mean nothing."""
    text = f"{before}\x00"
    assert apply(text, [_literal("\x00", replacement)]).text == text.replace("\x00", replacement)


def test_later_rules_see_what_earlier_ones_wrote_and_none_sees_its_own() -> None:
    """Each rule is applied once, in order."""
    rules = [_literal("a", "aa"), _literal("aa", "b")]
    assert apply("a", rules).text == "b"


def test_whole_words_only_where_asked() -> None:
    """A word boundary is also where the pattern itself ends in no letter."""
    rule = replace(_literal("c++", "C plus plus"), word_boundary=True, case_sensitive=False)
    assert apply("C++ or xc++", [rule]).text == "C plus plus or xc++"


def test_a_result_too_long_is_cut_and_said() -> None:
    """50,000 characters, however many rules multiply them."""
    rules = [_literal("a", "a" * 1000)] * 6
    replaced = apply("a" * 1000, rules)
    assert replaced.truncated
    assert len(replaced.text) == LONGEST_RESULT


@pytest.mark.parametrize(
    "rule",
    [
        {"pattern": ""},
        {"pattern": "x" * 257},
        {"replacement": "x" * 1025},
        {"kind": "glob"},
        {"kind": "regex", "pattern": "("},
        {"kind": "regex", "replacement": r"\9"},
        {"kind": "regex", "pattern": "a{99999999999999}"},
        {"enabled": 1},
        {"origin": "elsewhere"},
    ],
)
def test_a_wrong_rule_is_refused(rule: dict[str, object]) -> None:
    """Before it is kept, and with its place in the list."""
    good = {"id": "r", "kind": "literal", "pattern": "a", "replacement": "b"}
    with pytest.raises(RpcError, match=r"rules\[1\]"):
        parse_rules([good, {**good, **rule}])


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("  a \n b　c ", "a b c"),
        ("one , two .Three", "one, two. Three"),
        ("what ?? no !! well .....", "what? no! well..."),
        ("version 1.5 of main.py", "version 1.5 of main.py"),
    ],
)
def test_text_is_normalised(text: str, tidy: str) -> None:
    """Blanks and repeated punctuation become single ones."""
    assert prepare(text, macros=False) == tidy


def test_macros_are_written_out_and_unknown_ones_stay() -> None:
    """Date, time and both."""
    text = prepare("{{date}} {{time}} {{datetime}} {{nope}}", normalise=False)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \{\{nope\}\}", text
    )


def test_presets_are_rules_that_would_be_accepted() -> None:
    """What a host gets from us it may set."""
    for preset in PRESETS:
        rules = [rule.as_json() for rule in preset.rules]
        assert parse_rules(rules) == preset.rules
    fillers = next(preset for preset in PRESETS if preset.id == "fillers")
    assert apply("um, add uh a test", fillers.rules).text == "add a test"
