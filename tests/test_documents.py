"""The documents: every command in them is run, or it is said here why it is not."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_voice.cli import main as cli
from codex_voice.cli.parser import parse
from codex_voice.practice.recordings import model_path, recordings

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))

NOT_RUN = {
    r"make .*": "sets up or tests the whole checkout; that there is such a target is looked at",
    r"\.venv/bin/python -m benchmarks\..*": "measures for minutes; that it is there is looked at",
    r"(pipx|uv tool|pip) install .*": "installs into the machine, from the network",
    r"sudo apt-get install .*": "installs into the machine, from the network",
    r"pactl .*": "asks the sound server of Windows",
    r"ssh .*": "needs another machine",
    r"curl .*": "needs a server; tests/serve runs one",
    r"python3 -m venv .*": "installs into the machine, from the network",
    r"codex-voice moshi .*": "needs Moshi's server; tests/serve/moshi has a small one",
    r"export .*": "sets a variable for the commands after it",
    r"cd your/project && codex-voice": "opens the screen; tests/end_to_end does",
    r"codex-voice( --practice| -- --search| resume)?": "opens the screen; tests/end_to_end does",
    r"codex-voice --audio .*": "opens the screen; tests/end_to_end does",
    r"codex-voice init": "asks; tests/end_to_end/test_init.py answers",
    r"codex-voice mic( --serve| --to .*)?": "needs a microphone; tests/setup and tests/serve do",
    r"codex-voice models get": "downloads; tests/speech/models does, from this machine",
    r"codex-voice listen.*": "listens until it is ended; tests/serve does",
    r"codex-voice serve.*": "serves until it is ended; tests/serve does",
    r"codex-voice sidecar": "serves until it is ended; tests/serve does",
}
"""Regular expressions of commands that this test does not run, and why."""


def commands() -> Iterator[tuple[str, str]]:
    """Yield the name of each document and each command in a block of a shell in it."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for kind, block in re.findall(
            r"^```(sh|console)\n(.*?)^```", text, re.DOTALL | re.MULTILINE
        ):
            for line in block.splitlines():
                # In a console, what has no prompt is an answer.
                if kind == "console" and not line.startswith("$ "):
                    continue
                command = re.sub(r"(^|\s)#.*", "", line.removeprefix("$ ")).strip()
                if command:
                    yield document.name, command


COMMANDS = list(dict.fromkeys(commands()))


def reason_not_to_run(command: str) -> str:
    """Return why a command is not run here; "" where it is."""
    found = [reason for pattern, reason in NOT_RUN.items() if re.fullmatch(pattern, command)]
    return found[0] if found else ""


RUN = list(dict.fromkeys(command for _, command in COMMANDS if not reason_not_to_run(command)))


@pytest.mark.parametrize("command", RUN, ids=range(len(RUN)))
def test_a_command_of_the_documents_works(home: Path, command: str) -> None:
    """In an empty home, with the model and the file that it speaks of."""
    shutil.copyfile(recordings()[0].path, home / "recording.wav")
    words = shlex.split(command)
    assert words[0] == "codex-voice", f"neither run nor excepted: {command}"
    target = ""
    if ">" in words:
        words, target = words[: words.index(">")], words[-1]
    given = ["--model", str(model_path())] if words[1] in ("transcribe", "doctor") else []
    program = [sys.executable, "-m", "codex_voice", *given, *words[1:]]
    done = subprocess.run(
        program, cwd=home, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    # On an empty machine the doctor finds things missing, and says so.
    assert done.returncode == (1 if words[1] == "doctor" else 0), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.strip()
    if target:
        assert Path(target).parent.name in ("completions", ".zfunc")


@pytest.mark.parametrize("pattern", NOT_RUN, ids=range(len(NOT_RUN)))
def test_every_exception_is_of_use(pattern: str) -> None:
    """One that fits no command any more would hide the next mistake."""
    assert any(re.fullmatch(pattern, command) for _, command in COMMANDS)


def inline_commands() -> Iterator[tuple[str, str]]:
    """Yield what is written as a command of ours within the text, and in the list of the README."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        plain = "\n".join(block for kind, block in blocks if not kind)
        listed = re.findall(r"^codex-voice .*", plain, re.MULTILINE)
        outside = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        for found in (*re.findall(r"`(codex-voice [^`]+)`", outside.replace("\n", " ")), *listed):
            command = re.sub(r"\[[^]]*\]|\.\.\.", "", found.split("  ")[0]).strip()
            yield document.name, command


NAMED = list(dict.fromkeys(command for _, command in (*inline_commands(), *COMMANDS)))


@pytest.mark.parametrize(
    "command",
    NAMED,
    ids=range(len(NAMED)),
)
def test_the_parser_knows_what_the_documents_name(command: str) -> None:
    """Every command and option of ours is there, also where it is not run."""
    words = shlex.split(command.rpartition("&& ")[2])
    if words[0] != "codex-voice":
        return
    arguments = words[1 : words.index(">")] if ">" in words else words[1:]
    try:
        options = parse(arguments)
    except SystemExit as ended:
        assert ended.code == 0, command
    else:
        assert callable(options.run)


def test_make_and_the_benchmarks_have_what_the_documents_name() -> None:
    """Targets of the Makefile, and modules of the benchmarks."""
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for _, command in COMMANDS:
        if command.startswith("make "):
            assert command.split()[1] in targets
        elif command.startswith(".venv/bin/python -m "):
            assert (ROOT / command.split()[2].replace(".", "/")).with_suffix(".py").exists()
    for document in DOCUMENTS:
        for name in re.findall(r"`benchmarks\.(\w+)", document.read_text(encoding="utf-8")):
            assert (ROOT / "benchmarks" / f"{name}.py").exists(), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.stem))
def test_links_lead_somewhere(document: Path) -> None:
    """Those to files of the project."""
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (document.parent / target).exists(), target


def test_every_page_is_named_in_the_readme() -> None:
    """A page that nobody is led to is not read."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        if page.stem != "releasing":
            assert f"docs/{page.name}" in readme, page.name


def test_the_list_in_the_readme_is_of_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    """The help of the program names the commands that the README lists."""
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    helped = capsys.readouterr().out
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"^codex-voice ([a-z-]+) ", readme, re.MULTILINE):
        assert name in helped
