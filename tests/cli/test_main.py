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
from codex_voice.cli.parser import parse
from codex_voice.cli.run import find_launch
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
    return find_launch(parse(arguments))


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the package's own."""
    assert cli.main(["--version"]) == 0
    with pytest.raises(SystemExit) as ended:
        cli.main(["--no-voice", "--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"codex-voice {__version__}\n" * 2


@pytest.mark.parametrize("arguments", [["--bogus"], ["bogus"], ["models", "remove"], ["--model"]])
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
        (["mic"], "[voise]\n", "unknown [voise]: did you mean voice?"),
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


@pytest.mark.parametrize("name", ["dumb", "unknown", ""])
def test_a_terminal_that_cannot_draw_is_not_drawn_on(
    codex: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """One line says so, and names what works there."""
    assert codex.exists()
    monkeypatch.setenv("TERM", name)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    assert cli.main([]) == cli.USAGE_STATUS
    output = capsys.readouterr()
    assert output.out == ""
    assert "cannot draw" in output.err
    assert "codex-voice listen" in output.err


def test_the_first_start_writes_nothing(home: Path, codex: Path) -> None:
    """What is found is used; a file with every default would be there untold."""
    first = launch()
    assert first.config == Config()
    assert first.agent == (str(codex),)
    assert not paths.configuration_file().exists()
    assert launch() == first
    assert list(home.iterdir()) == [home / "bin"]


def test_the_first_start_finds_codex_off_the_path(home: Path) -> None:
    """In the places where npm and others put it."""
    program = home / ".npm-global" / "bin" / "codex"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert launch().agent == (str(program),)


def test_arguments_for_codex_follow_the_configured_ones(home: Path, codex: Path) -> None:
    """What stands after -- is not ours to understand."""
    path = home / "config.toml"
    path.write_text("[codex]\nargs = ['--search']\nworking_dir = 'bin'\n")
    started = launch("--config", str(path), "--no-voice", "--", "resume", "--", "--version")
    assert started.agent == (str(codex), "--search", "resume", "--", "--version")
    assert started.working_directory == home / "bin"
    assert not started.voice


@pytest.mark.parametrize(
    "command",
    ["resume", "resume --last", "fork 0199 --model gpt", "resume -- x"],
    ids=["resume", "last", "fork", "dashes"],
)
def test_sessions_of_codex_are_opened_as_codex_opens_them(codex: Path, command: str) -> None:
    """What follows is Codex's, also where an option of ours has the same name."""
    started = launch("--no-voice", *command.split())
    assert started.agent == (str(codex), *command.split())
    assert not started.voice
    assert started.config.whisper.model == ""


def test_options_take_the_place_of_the_configuration(home: Path) -> None:
    """A program and a model can be named for once."""
    program = home / "other"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    started = launch("--codex", str(program), "--model", str(model_path()))
    assert started.agent == (str(program),)
    assert started.find_model() == model_path()
    assert not paths.configuration_file().exists()


def test_without_codex_or_model_the_app_is_told_why(home: Path) -> None:
    """It still starts, and shows the command that gets them."""
    assert home.is_dir()
    started = launch()
    assert isinstance(started.agent, AgentNotFound)
    model = started.find_model()
    assert isinstance(model, ModelMissing)
    assert "codex-voice models get base-q8_0" in str(model)


def test_practice_needs_nothing_and_writes_nothing(home: Path) -> None:
    """The stand-in and the miniature model are taken, with or without the real things."""
    started = launch("--practice")
    assert started.practice
    assert isinstance(started.agent, tuple)
    assert started.agent[-1] == "codex_voice.practice.standin"
    assert started.find_model() == model_path()
    assert not paths.configuration_file().exists()
    assert list(home.iterdir()) == [home / "bin"]


def test_practice_leads_to_codex_where_there_is_one(codex: Path) -> None:
    """Leaving it starts what would have been started without it."""
    after = launch("--practice").after_practice
    assert after is not None
    assert after.agent == (str(codex),)
    assert not after.practice


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
    assert parse(["--config", str(path), "doctor"]).config == path
    assert parse(["doctor", "--config", str(path)]).config == path


PYTHON_PROGRAM = [sys.executable, "-m", "codex_voice"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["models list", "history", "--version", "--help"])
def test_a_full_disk_is_reported_on_one_line(home: Path, command: str, unbuffered: str) -> None:
    """Whatever the command prints, and however Python buffers it."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PYTHON_PROGRAM, *command.split()],
            cwd=home,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stderr == "codex-voice: standard output: No space left on device\n"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("redirection", "error", "status"),
    [
        (">&-", "codex-voice: standard output is closed\n", 1),
        ("<&-", "", 0),
        ("2>&-", "", 0),
        ("<&- >&- 2>&-", "", 1),
    ],
)
def test_closed_streams_end_in_no_traceback(
    home: Path, redirection: str, error: str, status: int
) -> None:
    """Nothing is written into whatever file gets the closed descriptor."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$@" models list {redirection}', "sh", *PYTHON_PROGRAM],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.returncode) == (error, status)


def test_output_is_written_in_any_locale(home: Path) -> None:
    """A character that the locale does not have is replaced, and nothing is lost around it."""
    config = home / "Größe.toml"
    done = subprocess.run(
        [*PYTHON_PROGRAM, "--config", str(config), "history"],
        cwd=home,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Gr\\xf6\\xdfe.toml: cannot be read: No such file" in done.stderr


@pytest.mark.parametrize("command", ["interpret", "models verify", "trust"])
def test_nothing_that_is_printed_is_obeyed_by_a_terminal(home: Path, command: str) -> None:
    """Whatever stands in an argument, on standard output and on standard error."""
    hostile = "say\x1b]52;c;aGk=\x07\x9b2J\x9d0;x\x9c\u202e\r\x08it"
    done = subprocess.run(
        [*PYTHON_PROGRAM, *command.split(), hostile],
        cwd=home,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    printed = done.stdout + done.stderr
    assert "say]52;c;aGk=2J0;x" in printed
    assert not any(character in printed for character in "\x1b\x07\x9b\x9c\x9d\u202e\r\x08")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--codex x models", "--codex has no effect on the command models"),
        ("--model x models get base", "--model has no effect on the command models get"),
        ("--practice doctor", "--practice has no effect on the command doctor"),
        ("--no-voice history show", "--no-voice has no effect on the command history show"),
        ("history list --model x", "unrecognized arguments: --model"),
        ("modls", "there is no command modls: did you mean models?"),
        ("exec x", "exec is a command of Codex: codex-voice -- exec"),
        ("--config=x review now", "review is a command of Codex: codex-voice -- review"),
        ("gibberish", "there is no command gibberish; the commands are init, doctor"),
    ],
)
def test_what_has_no_effect_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: str, message: str
) -> None:
    """No option and no word is silently ignored, and the message says what was meant."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments.split())
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_common_options_reach_the_command_from_either_side() -> None:
    """Before the command or after it, the value is the same; what is not given is unset."""
    for arguments in ("--model x history retry 3", "history retry --model x 3"):
        options = parse(arguments.split())
        assert (options.command, options.model, options.which) == ("history retry", "x", "3")
        assert options.config is None
        assert not options.practice


def test_the_command_line_loads_nothing_heavy() -> None:
    """Codex is started before anything that takes long is imported."""
    script = (
        "import sys, codex_voice.cli.main as cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    modules = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    heavy = {"textual", "rich", "numpy", "sounddevice", "pywhispercpp", "_cffi_backend"}
    assert not modules & (heavy | {"asyncio", "tomllib", "tomlkit", "http", "platformdirs"})


def test_the_version_is_told_without_the_parser() -> None:
    """Which takes longer to load and to build than all the rest of the program."""
    script = "import sys, codex_voice.cli.main as cli\ncli.main(['--version'])\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    version, modules = done.stdout.splitlines()
    assert version == f"codex-voice {__version__}"
    assert not {"argparse", "codex_voice.cli.parser"} & set(modules.split())
