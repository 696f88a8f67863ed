"""Raw sound from the standard output of any program, such as arecord on another machine."""

from __future__ import annotations

import os
import queue
import select
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from codex_voice.errors import MicrophoneUnavailable
from codex_voice.pcm import FRAME_BYTES, Framer
from codex_voice.text_cleaning import clean_line

# ssh has to log in first.
_FIRST_SOUND_SECONDS = 15.0
_END_SECONDS = 1.0
_LONGEST_ERROR = 4096


class CommandSource:
    """A program that writes int16 mono 16 kHz to its standard output.

    Args:
        command: The program and its arguments.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._began: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._errors = b""

    @property
    def name(self) -> str:
        """The command, as far as it is one line's worth."""
        return clean_line(" ".join(self._command))[:60]

    @property
    def active(self) -> bool:
        """Whether the program still writes."""
        return self._thread is not None and self._thread.is_alive()

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Start the program, and wait for its first sound.

        Raises:
            MicrophoneUnavailable: It cannot be started, or gives no sound.
        """
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                # What ends a group of ours, such as Ctrl-C, is not meant for it.
                start_new_session=True,
            )
        except OSError as error:
            raise MicrophoneUnavailable(
                f"{self._command[0]} cannot be started: {error.strerror}"
            ) from error
        self._thread = threading.Thread(
            target=self._read, args=(self._process, deliver), name="command-source", daemon=True
        )
        self._thread.start()
        try:
            began = self._began.get(timeout=_FIRST_SOUND_SECONDS)
        except queue.Empty:
            began = False
        if not began:
            self.close()
            reason = clean_line(self._errors.decode("utf-8", "replace").strip())[-200:]
            raise MicrophoneUnavailable(
                f"{self._command[0]} gives no sound{': ' if reason else ''}{reason}"
            )

    def close(self) -> None:
        """End the program and wait for that."""
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._process = None

    def _read(self, process: subprocess.Popen[bytes], deliver: Callable[[bytes], None]) -> None:
        assert process.stdout is not None and process.stderr is not None
        framer, silent = Framer(), True
        with process.stdout as output, process.stderr as errors:
            # A program that complains at length must not be stopped by a full pipe.
            open_pipes = [output, errors]
            while output in open_pipes:
                for pipe in select.select(open_pipes, [], [])[0]:
                    data = os.read(pipe.fileno(), 4 * FRAME_BYTES)
                    if not data:
                        open_pipes.remove(pipe)
                    elif pipe is errors:
                        self._errors = (self._errors + data)[-_LONGEST_ERROR:]
                    else:
                        for frame in framer.push(data):
                            deliver(frame)
                        if silent:
                            silent = False
                            self._began.put(True)
            with suppress(BlockingIOError):
                os.set_blocking(errors.fileno(), False)
                self._errors += os.read(errors.fileno(), _LONGEST_ERROR)
        self._began.put(False)
