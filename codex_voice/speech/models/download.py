"""Fetches a speech model so that a half or a wrong one never passes for it."""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path

from codex_voice.errors import DownloadFailed, ModelInvalid
from codex_voice.speech.models.catalogue import PublishedModel
from codex_voice.speech.models.file_check import verify

Progress = Callable[[int, int], None]
"""Told the bytes that are there and the bytes there will be (0 when nobody knows)."""

_TIMEOUT_SECONDS = 30.0
_CHUNK = 1 << 20
_AGAIN = "run the same command again: it goes on where it stopped"


def _ignore(_done: int, _total: int) -> None:
    """Tell nobody."""


def download(model: PublishedModel, directory: Path, progress: Progress = _ignore) -> Path:
    """Fetch a published model, or finish fetching it.

    The file grows under another name and gets its own only when its checksum is right, so an
    interruption at any moment (Ctrl-C, a full disk, a lost connection) leaves at most a part
    that the next call continues.

    Args:
        model: What to fetch.
        directory: Where it goes; made when missing.
        progress: Told as the file grows.

    Returns:
        The model file.

    Raises:
        DownloadFailed: It could not be fetched, or is not what was promised.
    """
    target = directory / model.file_name
    part = directory / f"{model.file_name}.part"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _locked(part, model) as file:
            _fetch(model, file, progress)
            _check(model, file, part)
            os.fsync(file.fileno())
            part.replace(target)
    except urllib.error.HTTPError as error:
        raise DownloadFailed(
            f"{model.url} answers {error.code} {error.reason}", "try again later"
        ) from error
    except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as e:
        reason = e.reason if isinstance(e, urllib.error.URLError) else e or type(e).__name__
        raise DownloadFailed(f"{model.url} cannot be fetched: {reason}", _AGAIN) from e
    except OSError as error:
        raise DownloadFailed(
            f"{target} cannot be written: {error.strerror}", f"make room in {directory}"
        ) from error
    return target


@contextmanager
def _locked(part: Path, model: PublishedModel) -> Iterator[BufferedRandom]:
    """Open the part for one process alone."""
    with part.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DownloadFailed(
                f"{model.name} is being downloaded by another process", "wait for it"
            ) from None
        yield file


def _fetch(model: PublishedModel, file: BufferedRandom, progress: Progress) -> None:
    done = file.seek(0, os.SEEK_END)
    request = urllib.request.Request(model.url, headers={"User-Agent": "codex-voice"})
    if done:
        request.add_header("Range", f"bytes={done}-")
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        with error:
            # The part is complete already, and only its checksum was never looked at.
            if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                return
            raise
    with response:
        if done and response.status != http.HTTPStatus.PARTIAL_CONTENT:
            file.truncate(0)
            done = 0
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else 0
        while chunk := response.read(_CHUNK):
            file.write(chunk)
            done += len(chunk)
            progress(done, total)
        file.flush()
        if done < total:
            raise http.client.IncompleteRead(b"", total - done)


def _check(model: PublishedModel, file: BufferedRandom, part: Path) -> None:
    file.seek(0)
    if hashlib.file_digest(file, "sha1").hexdigest() != model.sha1:
        part.unlink()
        raise DownloadFailed(
            f"what {model.url} sent is not {model.name}: its checksum is wrong",
            "a network that asks you to log in, or a proxy, may have answered instead",
        )
    try:
        verify(part)
    except ModelInvalid as error:
        part.unlink()
        raise DownloadFailed(error.message) from error
