"""What is found on a machine without a configuration."""

from __future__ import annotations

from pathlib import Path

from codex_voice.config.schema import Config
from codex_voice.setup.first_configuration import first_configuration
from tests.setup.conftest import MakeProgram


def test_codex_on_path_stays_a_name(home: Path, make_program: MakeProgram) -> None:
    """An update that moves it does not break the configuration."""
    make_program(home / "bin" / "codex", "echo codex-cli 1.2.3")
    assert first_configuration() == Config()


def test_codex_off_path_is_named_with_its_place(home: Path, make_program: MakeProgram) -> None:
    """The start that follows finds it without another search."""
    program = make_program(home / ".npm-global" / "bin" / "codex", "echo codex-cli 1.2.3")
    assert first_configuration().codex.command == str(program)
