"""The port of Moshi's server, and who runs it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_voice import paths
from codex_voice.errors import MoshiServerFailed
from codex_voice.serve.moshi import claim, port
from codex_voice.serve.moshi.claim import PortClaim, ServerNote

_HOST = "127.0.0.1"


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """Give a socket that listens, and never accepts anybody."""
    with socket.create_server((_HOST, 0)) as server:
        yield server


def test_a_port_is_free_when_a_server_could_have_it(listening: socket.socket) -> None:
    """Not while somebody listens, even if he never answers; at once when he is gone."""
    number = listening.getsockname()[1]
    assert not port.is_free(_HOST, number)
    socket.create_connection((_HOST, number)).close()
    listening.close()
    assert port.is_free(_HOST, number)


async def test_only_an_answer_is_an_answer(listening: socket.socket) -> None:
    """A frozen server accepts connections: the kernel does that for it."""
    number = listening.getsockname()[1]
    assert not await port.answers(_HOST, number, 0.1)
    listening.close()
    assert not await port.answers(_HOST, number, 0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems need lsof")
def test_the_holder_of_a_port_is_named(listening: socket.socket) -> None:
    """By the name and the number of its process."""
    assert f"(process {os.getpid()})" in port.holder(listening.getsockname()[1])


def test_an_unknown_holder_is_another_program() -> None:
    """Processes of other users cannot be looked into."""
    assert port.holder(0) == "another program"


def test_a_claim_is_seen_while_its_program_lives(home: Path) -> None:
    """Afterwards the note says nothing."""
    mine, other = PortClaim(1, "codex-voice serve"), PortClaim(1, "a program")
    assert mine.acquire() == ServerNote()
    mine.note(4711, "marker")
    assert claim.look(1) == (ServerNote(os.getpid(), "codex-voice serve", 4711, "marker"), True)
    with pytest.raises(MoshiServerFailed, match=f"codex-voice serve .process {os.getpid()}. runs"):
        other.acquire()
    mine.give_back()
    assert claim.look(1) == (ServerNote(), False)
    other.acquire()
    other.give_back()


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"manager": "x"}', '{"manager": 1}', "\xff"],
    ids=["empty", "list", "cut", "text", "part", "bytes"],
)
def test_a_note_that_cannot_be_read_says_nothing(content: str, home: Path) -> None:
    """A disk that was full, or an older version."""
    path = paths.moshi_server_file(1)
    path.parent.mkdir(parents=True)
    path.write_text(content, "latin-1")
    made = PortClaim(1, "")
    assert made.acquire() == ServerNote()
    made.give_back()


def test_only_a_process_with_the_marker_is_ended(home: Path) -> None:
    """A number that was given again to another program is left alone."""
    command = [sys.executable, "-c", "input()", "the-marker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:
        assert not claim.kill_left_behind(ServerNote(1, "", process.pid, "another"))
        assert not claim.kill_left_behind(ServerNote(1, "", process.pid, ""))
        assert not claim.kill_left_behind(ServerNote())
        assert process.poll() is None
        # Between fork and exec the command line is still ours.
        while not ServerNote(1, "", process.pid, "the-marker").server_lives:
            assert process.poll() is None
        assert claim.kill_left_behind(ServerNote(1, "", process.pid, "the-marker"))
        process.wait()
        assert not claim.kill_left_behind(ServerNote(1, "", process.pid, "the-marker"))
