"""Codex is found wherever npm, Homebrew and the version managers put it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from codex_voice.errors import AgentNotFound, AgentNotStarted, ServerUnavailable
from codex_voice.setup.discovery import codex_version, environment_for, find_codex, find_server
from tests.setup.conftest import MakeProgram


def test_path_comes_first(home: Path, make_program: MakeProgram) -> None:
    """What the shell would start is what we start."""
    make_program(home / ".local" / "bin" / "codex", "exit")
    on_path = make_program(home / "bin" / "codex", "exit")
    assert find_codex("codex") == on_path


@pytest.mark.parametrize(
    "place",
    [
        ".local/bin",
        ".npm-global/bin",
        ".volta/bin",
        ".nvm/versions/node/v22.1.0/bin",
        ".local/share/fnm/node-versions/v22.1.0/installation/bin",
        "node_modules/.bin",
    ],
)
def test_places_off_path_are_searched(home: Path, make_program: MakeProgram, place: str) -> None:
    """A desktop's PATH often lacks what the shell's own start-up files add."""
    program = make_program(home / place / "codex", "exit")
    assert find_codex("codex") == program


def test_the_newest_node_wins(home: Path, make_program: MakeProgram) -> None:
    """Versions are compared as numbers: 22 is newer than 9."""
    for version in ("v9.9.9", "v22.1.0", "v20.30.0"):
        make_program(home / f".nvm/versions/node/{version}/bin/codex", "exit")
    assert "v22.1.0" in str(find_codex("codex"))


def test_npm_is_asked_for_its_own_place(home: Path, make_program: MakeProgram) -> None:
    """A prefix that only npm knows is found when there is time to ask."""
    program = make_program(home / "odd" / "prefix" / "bin" / "codex", "exit")
    make_program(home / "bin" / "npm", f"echo {home / 'odd' / 'prefix'}")
    with pytest.raises(AgentNotFound):
        find_codex("codex")
    assert find_codex("codex", ask_npm=True) == program


def test_npm_is_asked_for_no_log_and_no_news(home: Path, make_program: MakeProgram) -> None:
    """Each question would leave a file in its folder of logs."""
    asked = home / "asked"
    environment = '"$npm_config_logs_max $npm_config_update_notifier"'
    make_program(home / "bin" / "npm", f"echo {environment} > {asked}; exit 3")
    with pytest.raises(AgentNotFound):
        find_codex("codex", ask_npm=True)
    assert asked.read_text() == "0 false\n"


def test_a_broken_npm_is_no_obstacle(home: Path, make_program: MakeProgram) -> None:
    """What npm cannot tell counts as not found."""
    make_program(home / "bin" / "npm", "exit 3")
    with pytest.raises(AgentNotFound, match="Codex is not installed"):
        find_codex("codex", ask_npm=True)


def test_a_project_is_only_searched_when_asked(home: Path, make_program: MakeProgram) -> None:
    """A program that came with a repository is not started behind the user's back."""
    project = home / "project"
    program = make_program(project / "node_modules" / ".bin" / "codex", "exit")
    with pytest.raises(AgentNotFound):
        find_codex("codex")
    assert find_codex("codex", project) == program


def test_another_command_is_taken_as_it_is(home: Path, make_program: MakeProgram) -> None:
    """A path may begin with ~; a name that is not there is not replaced by another program."""
    program = make_program(home / "mine" / "my-codex", "exit")
    make_program(home / "bin" / "codex", "exit")
    assert find_codex("~/mine/my-codex") == program
    with pytest.raises(AgentNotFound, match="my-codex: no such program"):
        find_codex("my-codex")


def test_a_file_that_cannot_be_run_is_no_program(home: Path) -> None:
    """Only executable files count."""
    (home / "bin" / "codex").write_text("text")
    with pytest.raises(AgentNotFound):
        find_codex("codex")


def test_node_beside_codex_is_found_by_it(home: Path, make_program: MakeProgram) -> None:
    """A Codex off PATH starts with its own directory on PATH, after all others."""
    program = make_program(home / "elsewhere" / "codex", "exec helper")
    make_program(home / "elsewhere" / "helper", "echo codex-cli 9.9.9")
    assert environment_for(program)["PATH"].split(os.pathsep)[-1] == str(program.parent)
    assert codex_version(program) == "codex-cli 9.9.9"


@pytest.mark.parametrize(
    ("script", "message"),
    [("exit 3", "fails with status 3"), ("kill -9 $$", "fails with status -9")],
)
def test_a_codex_that_cannot_start_is_told(
    home: Path, make_program: MakeProgram, script: str, message: str
) -> None:
    """Being there is not enough."""
    with pytest.raises(AgentNotStarted, match=message):
        codex_version(make_program(home / "codex", script))


@contextmanager
def serving(page: bytes) -> Iterator[str]:
    """Serve a page on loopback and give its address."""

    class NpmHandler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer anything with the page."""
            self.send_response(200)
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), NpmHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_server_is_known_by_its_page() -> None:
    """Something else on the same port is not sent anybody's voice."""
    with serving(b"<html><h1>Whisper.cpp Server</h1>") as url:
        find_server(url)
    with serving(b"<html>A wiki") as url, pytest.raises(ServerUnavailable, match="is not a whis"):
        find_server(url)
    with pytest.raises(ServerUnavailable, match="no whisper"):
        find_server(url)
