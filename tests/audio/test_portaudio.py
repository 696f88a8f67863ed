"""PortAudio ends with the process, but never beside a thread that is within it."""

from __future__ import annotations

import subprocess
import sys
from ctypes.util import find_library

import pytest

from tests.support.virtual_mic import VirtualMic

pytestmark = pytest.mark.skipif(not find_library("portaudio"), reason="no PortAudio library")

_PROGRAM = """
import sys
from codex_voice.audio import portaudio
sounddevice = portaudio.load()
terminate = sounddevice._terminate
def tell_and_terminate():
    print("ended")
    terminate()
sounddevice._terminate = tell_and_terminate
if "hang" in sys.argv:
    portaudio._LOCK.acquire()
"""


@pytest.mark.parametrize(("arguments", "output"), [([], "ended\n"), (["hang"], "")])
def test_it_is_ended_at_exit_unless_a_thread_hangs_in_it(arguments: list[str], output: str) -> None:
    """Whoever is within it holds the lock; ending it under a thread would crash the process."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        env=VirtualMic.no_device_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == output
