"""Finding Codex and a whisper.cpp server on this machine."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from codex_voice import native_environment
from codex_voice.errors import AgentNotFound, AgentNotStarted, ServerUnavailable
from codex_voice.install_hints import install_codex

# `subprocess` is imported by the two functions that run a program: Codex is found and started
# without it, in less time than it takes to import.

# Where whisper.cpp's example server listens unless told otherwise.
USUAL_SERVER = "http://127.0.0.1:8080"

# The node wrapper of Codex takes half a second on a slow machine.
VERSION_SECONDS = 10.0
_NPM_SECONDS = 5.0

# Places off many people's PATH, below the home directory; `*` is a version, the newest first.
_HOME_PLACES = (
    ".local/bin",
    ".npm-global/bin",
    ".npm/bin",
    ".volta/bin",
    ".bun/bin",
    ".local/share/pnpm",
    "Library/pnpm",
    ".asdf/shims",
    ".local/share/mise/shims",
    ".nvm/versions/node/*/bin",
    ".local/share/fnm/node-versions/*/installation/bin",
    "Library/Application Support/fnm/node-versions/*/installation/bin",
    "node_modules/.bin",
)
SYSTEM_PLACES = ("/opt/homebrew/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin")


def find_codex(
    command: str,
    project: Path | None = None,
    *,
    ask_npm: bool = False,
    wait: Callable[[float], float] = float,
) -> Path:
    """Find the Codex program.

    Args:
        command: What the configuration says: a path, or a name that is looked for on PATH and,
            when it is just "codex", in the places where npm, Homebrew and the version managers
            of Node put it.
        project: A directory whose own `node_modules` is searched last; without it a program
            that came with somebody's repository is never taken.
        ask_npm: Also ask npm for its own place, which takes a third of a second.
        wait: Says how many seconds may be waited for npm, when it is given how many are wanted.

    Raises:
        AgentNotFound: It is nowhere; the remedy is the command that installs it.
    """
    found = shutil.which(Path(command).expanduser())
    if found:
        _make_sure_it_runs(Path(found))
        return Path(found).absolute()
    if command != "codex":
        raise AgentNotFound(
            f"{command}: {_why_not(Path(command).expanduser())}",
            "see --codex, or [codex] command in the configuration",
        )
    for place in _places(project, ask_npm, wait):
        found = shutil.which(command, path=place)
        if found:
            return Path(found).absolute()
    raise AgentNotFound("Codex is not installed", install_codex())


def _why_not(program: Path) -> str:
    """Return why a path or a name is no program."""
    if program.is_dir():
        return "is a directory, not a program"
    if program.is_file():
        return f"may not be executed: chmod +x {program}"
    return "no such program" if "/" in str(program) else "no such program on PATH"


def _make_sure_it_runs(program: Path) -> None:
    """Look at the interpreter of a script, whose absence the system reports as the script's.

    Raises:
        AgentNotStarted: It is not there.
    """
    try:
        with program.open("rb") as file:
            line = file.read(256).partition(b"\n")[0]
    except OSError:
        # It may be executed and not read.
        return
    words = line[2:].decode("utf-8", "replace").split() if line.startswith(b"#!") else []
    if words and words[0].startswith("/") and not Path(words[0]).exists():
        raise AgentNotStarted(f"{program} needs {words[0]}, which is not there", install_codex())


def environment_for(program: Path) -> dict[str, str]:
    """Return the user's environment, with the program's directory on PATH.

    A Codex that npm installed begins with `#!/usr/bin/env node`, and the version managers put
    node beside it: off PATH one is of no use without the other.
    """
    environment = native_environment.of_user(os.environ)
    directories = environment.get("PATH", os.defpath).split(os.pathsep)
    if str(program.parent) not in directories:
        environment["PATH"] = os.pathsep.join([*directories, str(program.parent)])
    return environment


def codex_version(program: Path, seconds: float = VERSION_SECONDS) -> str:
    """Return what the program says its version is, such as "codex-cli 0.169.0".

    Args:
        program: Codex.
        seconds: How long to wait for its answer.

    Raises:
        AgentNotStarted: It cannot be run.
    """
    import subprocess

    try:
        asked = subprocess.run(
            [program, "--version"],
            env=environment_for(program),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise AgentNotStarted(f"{program} --version does not answer") from error
    except subprocess.CalledProcessError as error:
        raise AgentNotStarted(
            f"{program} --version fails with status {error.returncode}", install_codex()
        ) from error
    except OSError as error:
        raise AgentNotStarted(f"{program} cannot be run: {error.strerror}") from error
    return asked.stdout.strip().partition("\n")[0]


def find_server(url: str, seconds: float = 1.0) -> None:
    """Make sure that a whisper.cpp server answers.

    Args:
        url: Its address.
        seconds: How long to wait for its answer.

    Raises:
        ServerUnavailable: Nothing answers there, or something else does.
    """
    # Both take as long to import as all the rest of `init`.
    from urllib.error import URLError
    from urllib.request import ProxyHandler, build_opener

    try:
        with build_opener(ProxyHandler({})).open(url, timeout=seconds) as response:
            page = response.read(10_000)
    except (URLError, OSError, ValueError) as error:
        raise ServerUnavailable(f"no whisper.cpp server answers at {url}") from error
    if b"whisper" not in page.lower():
        raise ServerUnavailable(f"what answers at {url} is not a whisper.cpp server")


def _places(project: Path | None, ask_npm: bool, wait: Callable[[float], float]) -> Iterator[Path]:
    for place in _HOME_PLACES:
        yield from sorted(Path.home().glob(place), key=_version, reverse=True)
    yield from map(Path, SYSTEM_PLACES)
    if ask_npm:
        yield from _npm_places(wait(_NPM_SECONDS))
    if project is not None:
        yield project / "node_modules" / ".bin"


def _version(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]


def _npm_places(seconds: float) -> Iterator[Path]:
    import subprocess

    npm = shutil.which("npm")
    if npm is None:
        return
    try:
        asked = subprocess.run(
            [npm, "prefix", "-g"],
            # Each call would leave a log in ~/.npm/_logs.
            env={**os.environ, "npm_config_logs_max": "0", "npm_config_update_notifier": "false"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        return
    yield Path(asked.stdout.strip()) / "bin"
