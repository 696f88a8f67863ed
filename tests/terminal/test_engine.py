"""The library is the one this program was built for, or is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codex_voice.errors import TerminalError
from codex_voice.terminal import declarations, engine


@pytest.fixture
def manifest() -> dict[str, Any]:
    """Return the manifest of the installed library."""
    described: dict[str, Any] = json.loads(engine.ffi.string(engine.lib.ghostty_type_json()))
    return described


def test_installed_library_matches(manifest: dict[str, Any]) -> None:
    """All structs and enums are as declared."""
    assert engine.find_mismatches(manifest) == []


def test_moved_field_is_noticed(manifest: dict[str, Any]) -> None:
    """A field at another place is a mismatch."""
    manifest["types"]["GhosttySelection"]["fields"]["end"]["offset"] += 8
    assert engine.find_mismatches(manifest) == ["GhosttySelection"]


def test_changed_enum_is_noticed(manifest: dict[str, Any]) -> None:
    """An enum value with another number is a mismatch."""
    values = manifest["types"]["GhosttyPointTag"]["values"]
    name = next(iter(values))
    values[name] += 1
    assert len(engine.find_mismatches(manifest)) == 1


def test_unknown_manifest_is_refused() -> None:
    """Another kind of manifest is a mismatch."""
    assert engine.find_mismatches({"schema": 2}) == ["manifest schema 2"]


def test_failure_is_named() -> None:
    """A call that fails raises an error of ours."""
    with pytest.raises(TerminalError, match="testing"):
        engine.check(-1, "testing")


def test_generated_module_is_up_to_date() -> None:
    """The checked-in module is what pyghostty's declarations give."""
    checked_in = Path(declarations.__file__).with_name("_ghostty_abi.py").read_text()
    assert checked_in == declarations.generate()
