"""The program `codex-voice`: runs the command that the arguments name, and reports errors."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from functools import partial

from codex_voice import __version__
from codex_voice.cli import standard_streams
from codex_voice.errors import CodexVoiceError, ConfigError
from codex_voice.own_command import PROGRAM

USAGE_STATUS = 2
_INTERRUPTED_STATUS = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name.

    Args:
        arguments: The command line without the program's name; the process's own without it.

    Returns:
        The exit status: 0, 1 for an error, 2 for a wrong command line or configuration.

    Raises:
        SystemExit: The command line is wrong, or asks for the version or for help.
    """
    if not standard_streams.prepare():
        return _fail("standard output is closed")
    # What is loaded for a start stays: looking for garbage in it takes 6 % of the time.
    gc.disable()
    try:
        return reported(partial(_run, sys.argv[1:] if arguments is None else arguments))
    finally:
        gc.enable()


def reported(command: Callable[[], int]) -> int:
    """Run a command, report its errors in one line each, and return the exit status."""
    try:
        return command()
    except CodexVoiceError as error:
        return _fail(error, USAGE_STATUS if isinstance(error, ConfigError) else 1)
    except KeyboardInterrupt:
        return _INTERRUPTED_STATUS
    except BrokenPipeError:
        # `codex-voice history | head` has seen enough; that is no error worth a line.
        standard_streams.discard_output()
        return 1
    except OSError as error:
        standard_streams.discard_output()
        # Only streams fail without a file's name, and of those only this one is written here.
        where = error.filename or "standard output"
        return _fail(f"{where}: {error.strerror}")


def _run(arguments: Sequence[str]) -> int:
    if list(arguments) == ["--version"]:
        # Scripts and editors ask for it; the parser of all commands takes longer to build.
        print(f"{PROGRAM} {__version__}", flush=True)
        return 0
    from codex_voice.cli.parser import parse

    try:
        options = parse(arguments)
        if options.command:
            gc.enable()
            if options.verbose:
                from codex_voice import log

                log.show_on_stderr()
        status = int(options.run(options))
    except SystemExit:
        sys.stdout.flush()
        raise
    sys.stdout.flush()
    return status


def _fail(reason: object, status: int = 1) -> int:
    print(f"{PROGRAM}: {reason}", file=sys.stderr)
    return status
