"""`codex-voice bug-report`: what is in it, and what is not."""

from __future__ import annotations

import getpass
import socket
from pathlib import Path

import pytest

from codex_voice import paths
from codex_voice.cli import main as cli
from codex_voice.setup.bug_report import anonymise


def test_a_report_has_versions_findings_and_the_end_of_the_log(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The home directory is not in it, nor escape sequences; a fence does not end the block."""
    log = paths.log_file()
    log.parent.mkdir(parents=True)
    lines = [f"2026-11-26 INFO    codex_voice.test: line {number}" for number in range(100)]
    log.write_text("\n".join([*lines, f"{home}/project \x1b]0;title\x07 ```", ""]))
    assert cli.main(["bug-report"]) == 0
    report = capsys.readouterr().out
    assert "codex-voice 0." in report
    assert "failed   Codex" in report
    assert "line 99" in report
    assert "line 39" not in report
    assert "~/project" in report
    assert str(home) not in report
    assert "\x1b" not in report
    assert report.count("```") == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{home}/src/secret.py", "~/src/secret.py"),
        ("/home/somebody/.codex/x: no", "/home/USER/.codex/x: no"),
        ("/Users/jane.doe/Library", "/Users/USER/Library"),
        ("on {host}: failed", "on HOST: failed"),
        ("by jdoe.", "by USER."),
        ("jdoes is another word", "jdoes is another word"),
    ],
)
def test_names_are_replaced(
    home: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    """The home directory, other homes, the user's and the machine's name."""
    monkeypatch.setattr(getpass, "getuser", lambda: "jdoe")
    monkeypatch.setattr(socket, "gethostname", lambda: "workstation-7")
    assert anonymise(text.format(home=home, host="workstation-7")) == expected
