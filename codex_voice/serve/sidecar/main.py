"""Standard input and output of the sidecar, and how it ends."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from codex_voice import paths
from codex_voice.config.schema import Config
from codex_voice.errors import CodexVoiceError, ConfigError
from codex_voice.recordings.journal import Journal
from codex_voice.serve.sidecar.devices import Devices
from codex_voice.serve.sidecar.line_io import LineReader, LineWriter
from codex_voice.serve.sidecar.regex_process import RuleProcess
from codex_voice.serve.sidecar.server import Sidecar
from codex_voice.serve.signals import end_process

_LOG = logging.getLogger(__name__)

_FLUSH_SECONDS = 1.0

_ALARMING = (
    "fatal",
    "panic",
    "traceback (most recent call last)",
    "segmentation fault",
    "aborted (core dumped)",
)
"""The published host ends a sidecar whose standard error holds one of these, in any case."""


class HarmlessFormatter(logging.Formatter):
    """Log lines for a host that ends a sidecar which seems to die."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one record, without the words that alarm the host."""
        text = super().format(record)
        for word in _ALARMING:
            start = text.lower().find(word)
            while start >= 0:
                text = f"{text[:start]}{word[0]}-{text[start + 1 :]}"
                start = text.lower().find(word)
        return text


def run(config: Config, config_path: Path) -> NoReturn:
    """Serve the host on standard input and output until either is closed; ends the process.

    To be called while the program has only one thread.

    Args:
        config: What is configured.
        config_path: The file it came from.
    """
    rules = RuleProcess()
    output = _protect_standard_output()
    _log_to_standard_error()
    wake_reader, wake_writer = os.pipe()
    os.set_blocking(wake_writer, False)
    writer = LineWriter(output, wake_writer)

    # The system may give a signal to any thread: only the wake-up descriptor ends the reading.
    signal.set_wakeup_fd(wake_writer)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)
    journal = Journal(paths.recordings_directory(), config.history, _log_error)
    devices = Devices(configured=config.audio.device)
    sidecar = Sidecar(config, writer, journal, devices, rules, _own_words(config, config_path))
    _LOG.info("ready")
    for line in LineReader(sys.stdin.fileno(), wake_reader):
        sidecar.handle_line(line)
        if sidecar.shutting_down:
            break
    sidecar.close()
    writer.close(_FLUSH_SECONDS)
    _LOG.info("ended")
    end_process()


def _own_words(config: Config, config_path: Path) -> Callable[[str], str]:
    """Return what writes the user's own words; not those of a project, for a host has none.

    Words that are wrong are logged, and left out.
    """
    words = config.words
    if not (words.replace or words.macros):
        return lambda text: text
    # Brings `regex`: not before it is needed.
    from codex_voice.language.project.project_words import checked_words

    try:
        return checked_words(words.replace, words.macros, config_path).written
    except ConfigError as error:
        _log_error(error)
        return lambda text: text


def _protect_standard_output() -> int:
    """Return a descriptor of standard output that no library knows; they get standard error."""
    sys.stdout.flush()
    output = os.dup(1)
    os.dup2(2, 1)
    return output


def _log_to_standard_error() -> None:
    """Log where the host reads it, and send elsewhere what libraries print."""
    private = os.dup(2)
    handler = logging.StreamHandler(os.fdopen(private, "w", encoding="utf-8", errors="replace"))
    handler.setFormatter(HarmlessFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)
    threading.excepthook = _log_thread_error


def _ignore(_signal: int, _frame: FrameType | None) -> None:
    """Let the wake-up descriptor tell."""


def _log_error(error: CodexVoiceError) -> None:
    _LOG.warning("%s", error)


def _log_thread_error(arguments: threading.ExceptHookArgs) -> None:
    name = arguments.thread.name if arguments.thread is not None else "a thread"
    _LOG.error("%s ended: %r", name, arguments.exc_value)
