"""Fetches a speech model so that a half or a wrong one never passes for it."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path

from codex_voice.errors import DownloadFailed, ModelInvalid
from codex_voice.paths import make_private_directory
from codex_voice.speech.models.catalogue import MIRROR_VARIABLE, PublishedModel
from codex_voice.speech.models.file_check import verify
from codex_voice.text_cleaning import clean_line

Progress = Callable[[int, int], None]
"""Told the bytes that are there and the bytes there will be (0 when nobody knows)."""

_TIMEOUT_SECONDS = 30.0
_CHUNK = 1 << 20
_SLOWEST_BYTES = 32_000
"""What must arrive within the time limit: at this rate the smallest model would take ten hours."""
_AGAIN = "run the same command again: it goes on where it stopped"


def _ignore(_done: int, _total: int) -> None:
    """Report nothing."""


def download(
    model: PublishedModel,
    directory: Path,
    progress: Progress = _ignore,
    *,
    stall_seconds: float = _TIMEOUT_SECONDS,
) -> Path:
    """Fetch a published model, or finish fetching it.

    The file grows under another name and gets its own only when its checksum is right, so an
    interruption at any moment (Ctrl-C, a full disk, a lost connection) leaves at most a part
    that the next call continues.

    Args:
        model: What to fetch.
        directory: Where it goes; made when missing.
        progress: Told as the file grows.
        stall_seconds: How long the server may send nothing, or next to nothing.

    Returns:
        The model file.

    Raises:
        DownloadFailed: It could not be fetched, or is not what was promised.
    """
    target = directory / model.file_name
    part = directory / f"{model.file_name}.part"
    try:
        make_private_directory(directory)
        with _locked(part, model) as file:
            _Transfer(model, file, progress, stall_seconds).run()
            _check(model, file, part)
            os.fsync(file.fileno())
            part.replace(target)
    except urllib.error.HTTPError as error:
        reason = clean_line(str(error.reason))
        raise DownloadFailed(
            f"{model.url} answers {error.code} {reason}", _elsewhere(model, directory)
        ) from error
    except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
        reason = clean_line(str(error)) or type(error).__name__
        raise DownloadFailed(f"{model.url} cannot be fetched: {reason}", _AGAIN) from error
    except urllib.error.URLError as error:
        reason = clean_line(str(getattr(error.reason, "strerror", None) or error.reason))
        raise DownloadFailed(
            f"{model.url} cannot be fetched: {reason}", _elsewhere(model, directory)
        ) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        remedy = f"make room in {directory}" if full else f"may you write to {directory}?"
        raise DownloadFailed(f"{target} cannot be written: {error.strerror}", remedy) from error
    return target


def _elsewhere(model: PublishedModel, directory: Path) -> str:
    return (
        f"without a network: put {model.file_name} into {directory}, or name a file with --model; "
        f"behind a proxy set HTTPS_PROXY; another server: {MIRROR_VARIABLE}"
    )


@contextmanager
def _locked(part: Path, model: PublishedModel) -> Iterator[BufferedRandom]:
    """Open the part for one process alone; one that stays empty is removed."""
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DownloadFailed(
                f"{model.name} is being downloaded by another process", "wait for it"
            ) from None
        try:
            yield file
        finally:
            if part.exists() and part.stat().st_size == 0:
                part.unlink()


class _Transfer:
    """Gets the bytes that the part lacks."""

    def __init__(
        self, model: PublishedModel, file: BufferedRandom, progress: Progress, stall_seconds: float
    ) -> None:
        self._model = model
        self._file = file
        self._progress = progress
        self._stall_seconds = stall_seconds

    def run(self) -> None:
        """Fetch the rest; nothing happens where the part is complete."""
        done = self._file.seek(0, os.SEEK_END)
        request = urllib.request.Request(self._model.url, headers={"User-Agent": "codex-voice"})
        if done:
            request.add_header("Range", f"bytes={done}-")
        try:
            response = _opener().open(request, timeout=self._stall_seconds)
        except urllib.error.HTTPError as error:
            with error:
                # The part is complete already, and only its checksum was never looked at.
                if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                    return
                raise
        with response:
            if done and response.status != http.HTTPStatus.PARTIAL_CONTENT:
                self._file.seek(0)
                self._file.truncate()
                done = 0
            length = response.headers.get("Content-Length", "")
            total = done + int(length) if length.isdecimal() else 0
            self._make_sure_it_fits(done, total)
            self._receive(response, done, total)

    def _make_sure_it_fits(self, done: int, total: int) -> None:
        """Fail before anything is written where it is clear that it must."""
        self._refuse_surplus(total)
        disk = os.fstatvfs(self._file.fileno())
        if total - done > disk.f_bavail * disk.f_frsize:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _receive(self, response: http.client.HTTPResponse, done: int, total: int) -> None:
        window_began, window_bytes = time.monotonic(), 0
        while chunk := response.read1(_CHUNK):
            self._refuse_surplus(done + len(chunk))
            self._file.write(chunk)
            done += len(chunk)
            window_bytes += len(chunk)
            self._progress(done, total)
            now = time.monotonic()
            if now - window_began > self._stall_seconds:
                if window_bytes < _SLOWEST_BYTES and done != total:
                    self._file.flush()
                    seconds = now - window_began
                    raise TimeoutError(f"only {window_bytes} bytes came in {seconds:.0f} s")
                window_began, window_bytes = now, 0
        self._file.flush()
        if done < total:
            raise http.client.IncompleteRead(b"", total - done)

    def _refuse_surplus(self, size: int) -> None:
        if size > self._model.maximum_bytes:
            self._file.truncate(0)
            raise DownloadFailed(
                f"what {self._model.url} sends is not {self._model.name}: it is larger than "
                f"{self._model.mebibytes} MiB",
                "a network that asks you to log in, or a proxy, may have answered instead",
            )


def _opener() -> urllib.request.OpenerDirector:
    """Return an opener that uses the proxies of the environment, ALL_PROXY among them.

    Raises:
        DownloadFailed: The proxy speaks SOCKS, which the standard library does not.
    """
    proxies = urllib.request.getproxies()
    general = proxies.pop("all", "")
    if general:
        proxies = {"http": general, "https": general, **proxies}
    for scheme in ("http", "https"):
        if proxies.get(scheme, "").startswith("socks"):
            raise DownloadFailed(
                "a SOCKS proxy cannot be used for downloads",
                f"set {scheme.upper()}_PROXY to an HTTP proxy",
            )
    return urllib.request.build_opener(urllib.request.ProxyHandler(proxies))


def _check(model: PublishedModel, file: BufferedRandom, part: Path) -> None:
    file.seek(0)
    if hashlib.file_digest(file, "sha1").hexdigest() != model.sha1:
        part.unlink()
        raise DownloadFailed(
            f"what {model.url} sent is not {model.name}: its checksum is wrong",
            "a network that asks you to log in, or a proxy, may have answered instead",
        )
    try:
        _verify(model, part)
    except ModelInvalid as error:
        part.unlink()
        raise DownloadFailed(error.message) from error


def _verify(model: PublishedModel, part: Path) -> None:
    if model.recognises:
        verify(part)
        return
    # Loads numpy, which the other downloads do without.
    from codex_voice.speech.speaker.weights import read_weights

    read_weights(part)
