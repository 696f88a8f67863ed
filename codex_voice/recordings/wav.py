"""A WAV file that is right whenever its writer dies: its length is repaired from its size.

The standard library's `wave` writes the header when it closes, which a killed program never does.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from codex_voice.pcm import BYTES_PER_SECOND, wav_header

_HEADER_BYTES = len(wav_header(0))


def create(path: Path) -> int:
    """Make a new recording for the user's eyes alone; return its descriptor.

    Raises:
        OSError: It cannot be made, or is there already.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        append(descriptor, wav_header(0))
    except OSError:
        os.close(descriptor)
        path.unlink(missing_ok=True)
        raise
    return descriptor


def append(descriptor: int, data: bytes) -> None:
    """Hand data to the kernel, whole: from then on only the machine can lose it."""
    while data:
        data = data[os.write(descriptor, data) :]


def finish(descriptor: int, length: int | None = None) -> None:
    """Write the length into the header and close; cut off what is beyond a length in bytes."""
    try:
        if length is not None:
            os.ftruncate(descriptor, _HEADER_BYTES + length)
        _correct(descriptor)
    finally:
        os.close(descriptor)


def repair(path: Path) -> None:
    """Write the length into the header of a recording whose writer died, if that is possible.

    Never through a link, and only where the header is one of ours.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return
    with suppress(OSError):
        if _is_own_header(os.pread(descriptor, _HEADER_BYTES, 0)):
            finish(descriptor)
        else:
            os.close(descriptor)


def read(path: Path) -> bytes:
    """Return a recording's samples, whatever its header says of their number."""
    pcm = path.read_bytes()[_HEADER_BYTES:]
    return pcm[: len(pcm) // 2 * 2]


def seconds(size: int) -> float:
    """Return the length of a recording's sound from the size of its file in bytes."""
    return max(size - _HEADER_BYTES, 0) / BYTES_PER_SECOND


def _is_own_header(header: bytes) -> bool:
    """Return whether a header is what `wav_header` makes, whatever lengths it tells."""
    own = wav_header(0)
    return header[:4] == own[:4] and header[8:-4] == own[8:-4]


def _correct(descriptor: int) -> None:
    pcm_bytes = max(os.fstat(descriptor).st_size - _HEADER_BYTES, 0)
    os.pwrite(descriptor, wav_header(pcm_bytes), 0)
