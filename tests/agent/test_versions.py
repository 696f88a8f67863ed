"""Versions of Codex that were tried, and those that were not."""

from __future__ import annotations

import pytest

from codex_voice.agent import versions


@pytest.mark.parametrize(
    ("version", "tested"),
    [
        ("codex-cli 0.169.0", True),
        ("0.169.4", True),
        ("0.151.0", True),
        ("0.155.2", True),
        ("0.150.9", False),
        ("codex-cli 0.170.0-alpha.1", False),
        ("1.0.0", False),
        ("", False),
        ("no version", False),
    ],
)
def test_versions_up_to_the_newest_tried_count_as_tried(version: str, tested: bool) -> None:
    """A newer one may behave differently; a patch release of a tried one hardly does."""
    assert versions.tested_version(version) is tested


def test_the_user_is_told_of_a_version_that_was_never_tried() -> None:
    """One sentence with the version in it; none where the version is known or cannot be read."""
    assert "codex-cli 0.170.0 was never tried" in versions.untested_note("codex-cli 0.170.0")
    assert versions.untested_note("codex-cli 0.169.0") == ""
    assert versions.untested_note("") == ""


@pytest.mark.parametrize(
    ("row", "version"),
    [
        ("  >_ OpenAI Codex (v0.169.0)", "0.169.0"),
        ("│ >_ OpenAI Codex (v0.151.0)               │", "0.151.0"),
        ("  >_ OpenAI Codex (v0.170.0-alpha.3)", "0.170.0-alpha.3"),
        ("• OpenAI Codex (v9.9.9) is what you asked about", ""),
        ("", ""),
    ],
)
def test_the_version_is_read_from_the_screen(row: str, version: str) -> None:
    """The heading of a session has it, in every version that was tried."""
    assert versions.shown_version(["", row, "› Ask Codex to do anything"]) == version
