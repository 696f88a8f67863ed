"""The command line: what it finds, and how it says no."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codex_voice import __version__, paths
from codex_voice.cli import main as cli
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.errors import AgentNotFound, ModelMissing
from codex_voice.practice.recordings import model_path
from codex_voice.session.launch import Launch


@pytest.fixture
def codex(home: Path) -> Path:
    """Put a Codex on PATH."""
    program = home / "bin" / "codex"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


def launch(*arguments: str) -> Launch:
    """Return what this command line would start."""
    return cli.find_launch(cli.parse(arguments))


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the package's own."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"codex-voice {__version__}\n"


@pytest.mark.parametrize("arguments", [["--bogus"], ["bogus"], ["models", "get"], ["--model"]])
def test_a_wrong_command_line_ends_with_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """The usage is shown on standard error."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: codex-voice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "text", "message"),
    [
        ([], "[voice]\nsend = 1\n", "[voice] send = 1: must be true or false"),
        (["doctor"], "[voise]\n", "unknown [voise]: did you mean voice?"),
        (["history"], "[voise]\n", "unknown [voise]"),
        ([], "[codex]\nworking_dir = '/nowhere'\n", '[codex] working_dir = "/nowhere": must be a'),
    ],
)
def test_a_wrong_configuration_ends_with_status_2(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    text: str,
    message: str,
) -> None:
    """One line says file, key, value and what is allowed, whatever the command."""
    path = home / "config.toml"
    path.write_text(text)
    assert cli.main(["--config", str(path), *arguments]) == cli.USAGE_STATUS
    error = capsys.readouterr().err
    assert error.startswith(f"codex-voice: {path}: ")
    assert message in error
    assert error.count("\n") == 1


def test_a_configuration_that_was_named_must_be_there(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip in the name does not quietly give the defaults."""
    assert cli.main(["--config", str(home / "none.toml")]) == cli.USAGE_STATUS
    assert "none.toml: cannot be read: No such file" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["models", "remove", "nope"], ["history", "show", "7"]])
def test_other_errors_end_with_status_1(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """They too are one line."""
    assert home.is_dir()
    assert cli.main(arguments) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_reader_that_has_seen_enough_is_no_error(home: Path) -> None:
    """`codex-voice models | head -1` leaves no complaint behind."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "codex_voice", "models"],
        cwd=home,
        stdout=write_end,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write_end)
    assert done.stderr == b""


def test_without_a_terminal_there_is_no_screen(
    codex: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a pipe nothing is started, and the reason is told."""
    assert codex.exists()
    assert cli.main([]) == cli.USAGE_STATUS
    assert "a terminal is needed" in capsys.readouterr().err


def test_the_first_start_writes_a_configuration(codex: Path) -> None:
    """Quietly, and the second start reads it."""
    first = launch()
    assert configuration_file.read(paths.configuration_file()) == first.config == Config()
    assert first.agent == (str(codex),)
    assert launch() == first


def test_a_home_that_cannot_be_written_is_no_obstacle(home: Path, codex: Path) -> None:
    """The app starts with the defaults and says what it could not do."""
    assert codex.exists()
    (home / ".config").touch()
    started = launch()
    assert started.config == Config()
    assert "config.toml: cannot be written" in started.notes[0]


def test_arguments_for_codex_follow_the_configured_ones(home: Path, codex: Path) -> None:
    """What stands after -- is not ours to understand."""
    path = home / "config.toml"
    path.write_text("[codex]\nargs = ['--search']\nworking_dir = 'bin'\n")
    started = launch("--config", str(path), "--no-voice", "--", "resume", "--", "--version")
    assert started.agent == (str(codex), "--search", "resume", "--", "--version")
    assert started.working_directory == home / "bin"
    assert not started.voice


def test_options_take_the_place_of_the_configuration(home: Path) -> None:
    """A program and a model can be named for once."""
    program = home / "other"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    started = launch("--codex", str(program), "--model", str(model_path()))
    assert started.agent == (str(program),)
    assert started.find_model() == model_path()
    assert configuration_file.read(paths.configuration_file()) == Config()


def test_without_codex_or_model_the_app_is_told_why(home: Path) -> None:
    """It still starts, and shows the command that gets them."""
    assert home.is_dir()
    started = launch()
    assert isinstance(started.agent, AgentNotFound)
    model = started.find_model()
    assert isinstance(model, ModelMissing)
    assert "codex-voice models get base.en" in str(model)


def test_practice_needs_nothing_and_writes_nothing(home: Path) -> None:
    """The stand-in and the miniature model are taken, with or without the real things."""
    started = launch("--practice")
    assert started.practice
    assert isinstance(started.agent, tuple)
    assert started.agent[-1] == "codex_voice.practice.standin"
    assert started.find_model() == model_path()
    assert not paths.configuration_file().exists()
    assert list(home.iterdir()) == [home / "bin"]


def test_practice_takes_another_model_only_where_it_is(home: Path) -> None:
    """A configured model that was never downloaded does not spoil the first try."""
    assert launch("--practice", "--model", "base.en").find_model() == model_path()
    other = home / "ggml-other.bin"
    other.touch()
    assert launch("--practice", "--model", str(other)).find_model() == other


def test_practice_can_follow_a_start_without_codex(home: Path) -> None:
    """The same launch, with the stand-in; the miniature model comes with it alone."""
    assert home.is_dir()
    started = launch()
    practice = started.in_practice()
    assert practice.find_model() == model_path()
    assert dataclasses.replace(practice, agent=started.agent, practice=False) == started


def test_the_configuration_may_be_named_before_or_after_a_command(home: Path) -> None:
    """Both ways people write it mean the same."""
    path = home / "config.toml"
    assert cli.parse(["--config", str(path), "doctor"]).config == path
    assert cli.parse(["doctor", "--config", str(path)]).config == path
