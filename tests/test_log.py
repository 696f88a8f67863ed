"""The log file: what is on its lines, who can read it, and that it never grows without end."""

from __future__ import annotations

import ast
import logging
import os
import re
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import codex_voice
from codex_voice import log
from codex_voice.session.stderr_redirect import diverted_to


@pytest.fixture(autouse=True)
def unchanged_logging() -> Iterator[None]:
    """Put the loggers of the whole process back as they were."""
    root, ours = logging.getLogger(), logging.getLogger("codex_voice")
    before = (root.handlers[:], root.level, ours.level, threading.excepthook)
    yield
    for handler in set(root.handlers) - set(before[0]):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before[1])
    ours.setLevel(before[2])
    threading.excepthook = before[3]
    logging.captureWarnings(False)


def test_each_line_has_time_level_and_logger(tmp_path: Path) -> None:
    """So that a report can be read; details come only when they are asked for."""
    path = tmp_path / "state" / "codex-voice.log"
    log.start(path)
    logger = logging.getLogger("codex_voice.audio.capture")
    logger.warning("the microphone went away")
    logger.debug("a detail")
    begun, warned = path.read_text().splitlines()
    time = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"
    assert re.fullmatch(rf"{time} INFO    codex_voice\.log: codex-voice .* on Python .*", begun)
    assert re.fullmatch(
        rf"{time} WARNING codex_voice\.audio\.capture: the microphone went away", warned
    )


def test_details_are_written_when_asked_for(tmp_path: Path) -> None:
    """Our own, not those of other packages; a second start changes nothing."""
    path = tmp_path / "log"
    log.start(path, verbose=True)
    log.start(tmp_path / "other")
    logging.getLogger("codex_voice.speech").debug("a detail")
    logging.getLogger("asyncio").debug("somebody else's")
    assert "DEBUG   codex_voice.speech: a detail" in path.read_text()
    assert "somebody else's" not in path.read_text()
    assert not (tmp_path / "other").exists()


def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    """Whatever the umask is."""
    before = os.umask(0)
    try:
        log.start(tmp_path / "a" / "b" / "log")
    finally:
        os.umask(before)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "log")
    }
    assert modes == {"a": 0o700, "b": 0o700, "log": 0o600}


def test_a_file_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    """A file stands where the directory should be."""
    (tmp_path / "state").touch()
    log.start(tmp_path / "state" / "log")
    logging.getLogger("codex_voice").error("goes nowhere")


def test_a_full_file_is_put_aside_and_descriptor_2_follows(tmp_path: Path) -> None:
    """What native libraries print is in the new file; never are there more than two."""
    path = tmp_path / "log"
    handler = log.LogFile(path, maximum_bytes=2000)
    logger = logging.getLogger("codex_voice.test")
    logger.addHandler(handler)
    try:
        with diverted_to(path):
            for number in range(100):
                logger.error("line %d", number)
                os.write(2, f"native {number}\n".encode())
    finally:
        logger.removeHandler(handler)
        handler.close()
    text = path.read_text()
    assert "native 99" in text
    assert "line 99" in text
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log", "log.1"]
    assert all(file.stat().st_size < 2200 for file in tmp_path.iterdir())


def test_an_error_in_a_thread_is_logged_with_its_traceback(tmp_path: Path) -> None:
    """It would be on the screen otherwise, or nowhere."""
    path = tmp_path / "log"
    log.start(path)

    def fail() -> None:
        raise RuntimeError("the reason")

    thread = threading.Thread(target=fail, name="recogniser")
    thread.start()
    thread.join()
    assert "ERROR   codex_voice.log: the thread recogniser ended with an error" in path.read_text()
    assert "RuntimeError: the reason" in path.read_text()


# Names under which the program holds what was said, typed or shown.
_PRIVATE = {"clipboard", "heard", "partial", "pcm", "said", "text", "transcript", "utterance"}


def test_no_message_is_made_of_what_was_said() -> None:
    """No call of a logger is given a text, a transcript or an utterance as a whole."""
    found = []
    for path in sorted(Path(codex_voice.__file__).parent.rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(code)) if "_LOG." in code else ():
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if ast.unparse(node.func.value) != "_LOG":
                continue
            names = {ast.unparse(value).rpartition(".")[2] for value in node.args[1:]}
            names |= {
                ast.unparse(part.value).rpartition(".")[2]
                for value in node.args
                for part in ast.walk(value)
                if isinstance(part, ast.FormattedValue)
            }
            found += [f"{path.name}:{node.lineno}: {name}" for name in sorted(names & _PRIVATE)]
    assert found == []
