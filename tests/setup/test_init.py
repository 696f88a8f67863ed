"""`init` and `doctor`: a line for each thing, and a configuration that fits the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_voice.config import editor
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config, WhisperConfig
from codex_voice.errors import ConfigError
from codex_voice.practice.recordings import model_path
from codex_voice.setup import init
from codex_voice.setup.checks import missing
from tests.setup.answers import Answers
from tests.setup.conftest import MakeProgram

THINGS = ("Codex", "PortAudio", "Microphone", "Speech model", "Server", "Terminal")


def test_a_bare_machine_gets_a_line_for_each_thing_and_a_configuration(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each missing thing is named with the command that gets it, and the defaults are written."""
    path = home / "new" / "config.toml"
    init.run(path, Answers())
    output = capsys.readouterr().out
    *lines, following = output.splitlines()
    assert [line[9:23].strip() for line in lines] == [*THINGS, "Configuration"]
    assert following == "Next: codex-voice --practice"
    assert "npm install -g @openai/codex" in output
    assert "codex-voice models get base-q8_0" in output
    assert configuration_file.read(path) == Config()


def test_codex_off_path_is_written_with_its_place(home: Path, make_program: MakeProgram) -> None:
    """The next start finds it without a search."""
    program = make_program(home / ".npm-global" / "bin" / "codex", "echo codex-cli 1.2.3")
    init.run(home / "config.toml", Answers())
    assert configuration_file.read(home / "config.toml").codex.command == str(program)


def test_values_stay_and_missing_keys_are_added(home: Path) -> None:
    """What the user wrote is kept, and the file as it was beside it."""
    path = home / "config.toml"
    written = "# mine\n[voice]\nsend = true\n"
    path.write_text(written)
    init.run(path, Answers(), sure=True)
    assert configuration_file.read(path).voice.send
    assert not configuration_file.lacks_keys(path)
    assert (home / "config.toml.before").read_text() == written


def test_nothing_is_written_over_a_file_without_a_yes(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A no leaves the file as it was, to the byte."""
    path = home / "config.toml"
    path.write_text("[voice]\nsend = true\n")
    nobody = Answers()
    init.run(path, nobody)
    assert nobody.asked[-1:] == [f"Add what is missing to {path}? Your values stay."]
    assert path.read_text() == "[voice]\nsend = true\n"
    assert "kept" in capsys.readouterr().out


def test_a_complete_file_is_left_alone(home: Path) -> None:
    """A second `init` asks nothing and changes nothing."""
    path = home / "config.toml"
    init.run(path, Answers())
    path.write_text(path.read_text() + "# mine\n")
    init.run(path, Answers(), sure=True)
    assert path.read_text().endswith("# mine\n")


def test_a_wrong_configuration_is_not_replaced(home: Path) -> None:
    """It is told, and nothing is written."""
    path = home / "config.toml"
    path.write_text("[voise]\n")
    with pytest.raises(ConfigError, match="did you mean voice"):
        init.run(path, Answers(), sure=True)
    assert path.read_text() == "[voise]\n"


def test_what_is_missing_is_offered(home: Path, make_program: MakeProgram) -> None:
    """Codex by its package manager, and the model with its size; a failure ends nothing."""
    make_program(home / "bin" / "npm", f'echo "$@" >> {home}/npm.log; exit 1')
    somebody = Answers("Codex")
    init.run(home / "config.toml", somebody)
    assert somebody.asked[0] == "Install Codex now (npm install -g @openai/codex)?"
    assert somebody.asked[1].startswith("Download the speech model ")
    assert " MiB)?" in somebody.asked[1]
    assert "install -g @openai/codex" in (home / "npm.log").read_text()
    assert configuration_file.read(home / "config.toml") == Config()


def test_printing_changes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What would be written is shown, and no question is asked."""
    somebody = Answers(answered=True)
    init.run(home / "new" / "config.toml", somebody, only_print=True)
    assert somebody.asked == []
    assert capsys.readouterr().out.endswith(editor.render(Config()))
    assert not list(home.rglob("config.toml"))


@pytest.mark.parametrize("answered", [True, False], ids=["somebody", "nobody"])
def test_the_keys_are_explained_to_whoever_is_there(
    home: Path, capsys: pytest.CaptureFixture[str], answered: bool
) -> None:
    """With what this terminal can do, before what comes next."""
    init.run(home / "config.toml", Answers(answered=answered))
    *_, talk, menu, following = capsys.readouterr().out.splitlines()
    assert following.startswith("Next: codex-voice")
    assert ("Ctrl-Space: tap it to begin and to end" in talk) == answered
    assert ("F1: everything else" in menu) == answered


def test_what_practice_lacks_is_named_with_its_commands(
    home: Path, make_program: MakeProgram
) -> None:
    """Codex and a model, each until it is there; a server does instead of a model."""
    assert [error.remedy for error in missing(Config())] == [
        "npm install -g @openai/codex",
        "codex-voice models get base-q8_0",
    ]
    make_program(home / "bin" / "codex", "exit")
    assert len(missing(Config())) == 1
    assert missing(Config(whisper=WhisperConfig(server_url="http://127.0.0.1:1"))) == ()
    assert missing(Config(whisper=WhisperConfig(model=str(model_path())))) == ()
