"""The commands that show what becomes of words, without a microphone."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from codex_voice.cli import main as cli
from codex_voice.cli.commands import as_markdown
from codex_voice.language.registry import Command


def _interpreted(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert cli.main(["interpret", "--json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_names_the_command_or_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a text: what was heard, the action, the text, whether it is sent, changes."""
    command, text = _interpreted(capsys, "Scroll up.", "Print the size.")
    assert command == {
        "heard": "Scroll up.",
        "action": "scroll up",
        "text": "",
        "send": False,
        "changes": [],
    }
    assert (text["action"], text["text"]) == ("dictation", "Print the size.")


def test_a_trailing_send_needs_its_switch(capsys: pytest.CaptureFixture[str]) -> None:
    """Without it the words are text."""
    said = "Run the tests. Send it."
    (off,) = _interpreted(capsys, said)
    (on,) = _interpreted(capsys, "--trailing-send", said)
    assert (off["text"], off["send"]) == (said, False)
    assert (on["text"], on["send"]) == ("Run the tests.", True)


def test_an_escape_makes_text_of_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    """What follows "literally" or "dictate" is typed."""
    results = _interpreted(capsys, "Literally send.", "Dictate scroll up.", "Literally all fail.")
    assert [result["text"] for result in results] == ["Send.", "Scroll up.", "Literally all fail."]


def test_lines_of_the_input_are_answered_line_by_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a text the standard input is read, and there is one line for each."""
    monkeypatch.setattr("sys.stdin", io.StringIO("Senden.\nGuten Tag.\n\n"))
    assert cli.main(["interpret", "--language", "de"]) == 0
    assert capsys.readouterr().out == "[send]\nGuten Tag.\n\n"


def test_commands_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its phrases, in the language asked for."""
    assert cli.main(["commands", "--language", "fr", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["id"] for entry in listed] == [command.value for command in Command]
    assert all(entry["phrases"] for entry in listed)
    assert cli.main(["commands", "--language", "xx"]) == cli.USAGE_STATUS


def test_the_document_is_made_from_the_registry() -> None:
    """docs/commands.md says what the program does."""
    document = Path(__file__).parents[2] / "docs" / "commands.md"
    assert document.read_text(encoding="utf-8") == as_markdown()
