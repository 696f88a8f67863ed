"""The names of keys: what people write, and what can be taken from Codex."""

from __future__ import annotations

import itertools

import pytest

from codex_voice.key_names import NAMED_KEYS, can_be_reserved, canonical_name, find_fault
from codex_voice.terminal.key_tables import ENGINE_NAMES


def test_the_named_keys_are_those_that_the_terminal_reports() -> None:
    """The two lists are kept apart, since reading a configuration loads no terminal engine."""
    assert set(ENGINE_NAMES) == NAMED_KEYS


@pytest.mark.parametrize("order", list(itertools.permutations(["alt", "ctrl", "shift"])))
@pytest.mark.parametrize("key", ["a", "f5", "+", "-", "page_up"])
def test_modifiers_in_any_order_are_the_same_key(order: tuple[str, ...], key: str) -> None:
    """However they are written."""
    expected = f"alt+ctrl+shift+{'pageup' if key == 'page_up' else key}"
    written = "+".join([*order, key])
    for name in (written, written.upper(), written.replace("+", "-", 3)):
        assert canonical_name(name) == expected
        assert find_fault(name) == ""


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("ctrl+banana", 'there is no key "banana"'),
        ("ctr+a", 'there is no modifier "ctr"'),
        ("ctrl+page+up", 'there is no modifier "page"'),
        ("f26", 'there is no key "f26"'),
        ("f0", 'there is no key "f0"'),
        ("ctrl+", 'there is no key "ctrl+"'),
        ("ctrl+shift", 'there is no key "shift"'),
        ("ctrl+right_alt", "right_alt is a modifier by itself"),
        ("", 'there is no key ""'),
        ("ab", 'there is no key "ab"'),
        ("ctrl+ab", 'there is no key "ab"'),
    ],
)
def test_what_is_no_key_is_named(name: str, fault: str) -> None:
    """The message says which part is wrong."""
    assert find_fault(name) == fault


@pytest.mark.parametrize("name", ["a", "A", "shift+a", "enter", "shift+tab", "escape", "pageup"])
def test_keys_that_type_or_edit_are_codexs(name: str) -> None:
    """Taking one would make Codex unusable."""
    assert not find_fault(name)
    assert not can_be_reserved(canonical_name(name))


@pytest.mark.parametrize("name", ["f1", "shift+f12", "ctrl+space", "alt+ü", "super+m", "left_alt"])
def test_other_keys_can_be_ours(name: str) -> None:
    """Function keys, keys with a modifier and lone modifiers."""
    assert can_be_reserved(canonical_name(name))
