"""Commands of ours in messages, as they can be run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import codex_voice
from codex_voice.cli.parser import build
from codex_voice.errors import ModelMissing
from codex_voice.own_command import PROGRAM, runnable, runnable_in

PACKAGE = Path(codex_voice.__file__).parent
COMMAND = re.compile(rf"{PROGRAM} (?:--?[a-z]|(?:{'|'.join(build()[1])})\b)")
LITERAL = {
    "cli/commands.py": "a page of the documentation",
    "cli/setup.py": "help, about another machine",
    "config/editor.py": "comments in the configuration file",
    "config/schema.py": "pages and comments; the settings screen writes them for this shell",
    "serve/remote_microphone/source.py": "to be typed on another machine",
    "serve/remote_microphone/transport.py": "to be typed on another machine",
    "serve/remote_microphone/waiting.py": "to be typed on another machine",
}
"""Modules whose texts name commands of ours as they are, and why."""
SHOWN_AS_THEY_ARE = {"print", "write", "Finding", "tell", "show_message", "show_warning"}


@pytest.mark.parametrize(
    ("called", "on_path", "shown"),
    [
        (".venv/bin/codex-voice", False, ".venv/bin/codex-voice models get"),
        ("/opt/x/codex-voice", False, "/opt/x/codex-voice models get"),
        (".venv/bin/codex-voice", True, "codex-voice models get"),
        ("/usr/lib/python3/codex_voice/__main__.py", False, "codex-voice models get"),
    ],
)
def test_a_remedy_names_a_command_that_works_here(
    home: Path, monkeypatch: pytest.MonkeyPatch, called: str, on_path: bool, shown: str
) -> None:
    """In a checkout that is not installed, `codex-voice` alone would not be found."""
    monkeypatch.setattr("sys.argv", [called, "doctor"])
    if on_path:
        program = home / "bin" / "codex-voice"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    assert runnable("codex-voice models get") == shown
    assert ModelMissing("there is no model", "codex-voice models get").remedy == shown


@pytest.mark.parametrize("remedy", ["sudo apt-get install npm", "codex-voices", "", "connect one"])
def test_other_remedies_stay(monkeypatch: pytest.MonkeyPatch, home: Path, remedy: str) -> None:
    """Only a command of ours is changed."""
    monkeypatch.setattr("sys.argv", [".venv/bin/codex-voice"])
    assert runnable(remedy) == remedy


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("delete it, then: codex-voice models get x", "delete it, then: .venv/bin/{} models get x"),
        ('"codex-voice mic" (codex-voice -v)', '".venv/bin/{} mic" (.venv/bin/{} -v)'),
        ("codex-voice history", ".venv/bin/{} history"),
        ("pip install 'codex-voice[serve]'", "pip install '{}[serve]'"),
        ("codex-voice, a program", "{}, a program"),
        ("", ""),
    ],
    ids=["end", "quoted", "whole", "package", "name", "empty"],
)
def test_commands_in_a_sentence_are_written_so_too(
    monkeypatch: pytest.MonkeyPatch, home: Path, sentence: str, shown: str
) -> None:
    """Wherever they stand in it; the name of the program or of a package stays."""
    assert home.is_dir()
    monkeypatch.setattr("sys.argv", [".venv/bin/codex-voice"])
    assert runnable_in(sentence) == shown.format(*[PROGRAM] * 2)


def faults(source: str) -> Iterator[str]:
    """Yield what names a command of ours in a text that is shown as it is."""
    if PROGRAM not in source:
        return
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        text = node.value
        if not COMMAND.search(text) or isinstance(parents[node], ast.Expr):
            continue
        above: list[ast.AST] = [node]
        while (parent := parents.get(above[-1])) is not None:
            above.append(parent)
        called = {
            getattr(each.func, "id", getattr(each.func, "attr", ""))
            for each in above
            if isinstance(each, ast.Call)
        }
        if called & {"runnable", "runnable_in"}:
            continue
        # A remedy that begins with a command is made right by the error it belongs to.
        whole = next((each for each in above if isinstance(each, ast.JoinedStr)), None)
        begins = COMMAND.match(text) and (whole is None or whole.values[0] is node)
        if not begins or called & SHOWN_AS_THEY_ARE:
            yield text


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('tell("codex-voice mic measures")', 1),
        ('f"{x}: codex-voice models list"', 1),
        ('x = "see codex-voice --practice"', 1),
        ('Finding("Log", f"codex-voice bug-report {x}")', 1),
        ('raise ModelMissing("none", "codex-voice models get")', 0),
        ('tell(runnable("codex-voice mic"))', 0),
        ('print("pip install codex-voice[serve]")', 0),
        ('def f():\n    """Run `codex-voice mic`."""', 0),
    ],
)
def test_the_search_finds_what_it_is_for(source: str, count: int) -> None:
    """A command that would not be found where `codex-voice` is not on PATH."""
    assert len(list(faults(source))) == count


def test_no_text_names_a_command_as_it_may_not_be_typed() -> None:
    """In every module; those whose texts are for other places are listed with the reason."""
    found = {
        module.relative_to(PACKAGE).as_posix(): texts
        for module in PACKAGE.rglob("*.py")
        if (texts := list(faults(module.read_text(encoding="utf-8"))))
    }
    assert {name: texts for name, texts in found.items() if name not in LITERAL} == {}
    assert set(LITERAL) <= set(found), "listed for nothing"


def test_a_command_that_has_a_path_keeps_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence may be made of others that are runnable already."""
    monkeypatch.setattr("sys.argv", [".venv/bin/codex-voice"])
    once = runnable_in("Try codex-voice doctor.")
    assert once == "Try .venv/bin/codex-voice doctor."
    assert runnable_in(once) == once
