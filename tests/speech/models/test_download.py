"""A download is the model, or it is not there."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from codex_voice.errors import DownloadFailed, ModelMissing
from codex_voice.speech.models.catalogue import PublishedModel, published
from codex_voice.speech.models.download import download
from codex_voice.speech.models.installed import find_models
from tests.speech.conftest import REPOSITORY, run_python


class Depot:
    """Serves one file, as well or as badly as it is told to."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        self.status = 0
        self.knows_ranges = True
        self.sends_at_most = len(content)
        self.states_length = True
        self.drips = self.floods = False
        self.stopped = threading.Event()
        self.ranges: list[str] = []
        self.requests: list[str] = []
        depot = self

        class DepotHandler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                depot.requests.append(self.path)
                asked = self.headers.get("Range", "")
                depot.ranges.append(asked)
                start = int(re.findall(r"\d+", asked)[0]) if asked and depot.knows_ranges else 0
                body = depot.content[start:]
                status = depot.status or (206 if start else 200)
                if start >= len(depot.content):
                    status, body = 416, b""
                self.send_response(status)
                if depot.states_length:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(ConnectionError):
                    self.wfile.write(body[: depot.sends_at_most])
                    while depot.drips and not depot.stopped.wait(0.02):
                        self.wfile.write(b"x")
                    while depot.floods:
                        self.wfile.write(bytes(1 << 20))

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), DepotHandler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/ggml-base.en.bin"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def model(self) -> PublishedModel:
        """The file, as a catalogue would have it."""
        return PublishedModel("base.en", 7, self.sha1, self.url)

    def stop(self) -> None:
        """End the server."""
        self.stopped.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def depot(make_model: Callable[..., Path]) -> Iterator[Depot]:
    """Serve a good model."""
    running = Depot(make_model(" Hi.").read_bytes())
    yield running
    running.stop()


def _names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_fetches_a_model_and_tells_how_far_it_is(depot: Depot, tmp_path: Path) -> None:
    """Into a directory that it makes; the part is gone."""
    reported: list[tuple[int, int]] = []
    directory = tmp_path / "data" / "models"
    path = download(depot.model, directory, lambda done, total: reported.append((done, total)))
    assert path.read_bytes() == depot.content
    assert _names(directory) == ["ggml-base.en.bin"]
    assert reported == sorted(reported)
    assert reported[-1] == (len(depot.content), len(depot.content))


def test_a_lost_connection_is_continued(depot: Depot, tmp_path: Path) -> None:
    """The part is no model; the next call asks for the rest only."""
    depot.sends_at_most = 3_000_000
    with pytest.raises(DownloadFailed, match="goes on where it stopped"):
        download(depot.model, tmp_path)
    assert find_models([tmp_path]) == []
    depot.sends_at_most = len(depot.content)
    assert download(depot.model, tmp_path).read_bytes() == depot.content
    assert depot.ranges == ["", "bytes=3000000-"]


def test_a_server_without_ranges_starts_again(depot: Depot, tmp_path: Path) -> None:
    """What was there is replaced, not prolonged."""
    (tmp_path / "ggml-base.en.bin.part").write_bytes(b"half")
    depot.knows_ranges = False
    assert download(depot.model, tmp_path).read_bytes() == depot.content


def test_a_complete_part_is_only_checked(depot: Depot, tmp_path: Path) -> None:
    """The last interruption came just before the end."""
    (tmp_path / "ggml-base.en.bin.part").write_bytes(depot.content)
    assert download(depot.model, tmp_path).read_bytes() == depot.content


@pytest.mark.parametrize("status", [404, 403, 503])
def test_an_error_page_is_not_kept(depot: Depot, tmp_path: Path, status: int) -> None:
    """Its status is told, and nothing is left."""
    depot.status = status
    with pytest.raises(DownloadFailed, match=str(status)):
        download(depot.model, tmp_path)
    assert _names(tmp_path) == []


def test_something_else_is_not_kept(depot: Depot, tmp_path: Path) -> None:
    """A login page with a good status, for one: nothing is left of it."""
    model = depot.model
    depot.content = b"<html>Please log in</html>"
    with pytest.raises(DownloadFailed, match="checksum"):
        download(model, tmp_path)
    assert _names(tmp_path) == []


def test_a_published_file_that_whisper_cannot_read_is_not_kept(tmp_path: Path) -> None:
    """The checksum alone does not make a model."""
    depot = Depot(b"lmgg" + bytes(1000))
    try:
        with pytest.raises(DownloadFailed, match="not a Whisper model"):
            download(depot.model, tmp_path)
    finally:
        depot.stop()
    assert _names(tmp_path) == []


def test_an_interruption_leaves_no_model(depot: Depot, tmp_path: Path) -> None:
    """Ctrl-C at any moment."""

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(depot.model, tmp_path, interrupt)
    assert find_models([tmp_path]) == []
    assert download(depot.model, tmp_path).read_bytes() == depot.content


def test_nobody_there_is_told(depot: Depot, tmp_path: Path) -> None:
    """An error of ours, with the reason."""
    model = PublishedModel("base.en", 7, depot.sha1, "http://127.0.0.1:1/ggml-base.en.bin")
    with pytest.raises(DownloadFailed, match="cannot be fetched: Connection refused") as failed:
        download(model, tmp_path)
    assert f"put ggml-base.en.bin into {tmp_path}, or name a file with --model" in str(failed.value)
    assert "HTTPS_PROXY" in str(failed.value)
    assert _names(tmp_path) == []


@pytest.mark.parametrize("states_length", [True, False])
def test_no_more_than_the_stated_size_is_fetched(
    depot: Depot, tmp_path: Path, states_length: bool
) -> None:
    """Whether or not the server says how much it is going to send; nothing is left of it."""
    depot.content = bytes(10 << 20)
    depot.states_length = states_length
    depot.floods = not states_length
    reported: list[int] = []
    with pytest.raises(DownloadFailed, match="it is larger than 7 MiB"):
        download(depot.model, tmp_path, lambda done, _total: reported.append(done))
    assert max(reported, default=0) <= 8 << 20
    assert _names(tmp_path) == []
    depot.floods = False


def test_a_server_that_drips_is_given_up(depot: Depot, tmp_path: Path) -> None:
    """Each byte comes in time, and the file never would; what came is continued later."""
    depot.sends_at_most = 1_000_000
    depot.drips = True
    with pytest.raises(DownloadFailed, match=r"only \d+ bytes came in \d s \(run the same"):
        download(depot.model, tmp_path, stall_seconds=0.5)
    assert _names(tmp_path) == ["ggml-base.en.bin.part"]
    assert find_models([tmp_path]) == []


def test_a_server_that_falls_silent_is_given_up(depot: Depot, tmp_path: Path) -> None:
    """After the time limit."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/ggml-base.en.bin"
        model = PublishedModel("base.en", 7, depot.sha1, url)
        with pytest.raises(DownloadFailed, match="cannot be fetched: timed out"):
            download(model, tmp_path, stall_seconds=0.2)
    assert _names(tmp_path) == []


def test_a_mirror_takes_the_place_of_the_publisher(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files have the same names there, and the checksums are those of the catalogue."""
    monkeypatch.setenv("CODEX_VOICE_MODEL_URL", f"{depot.url.rpartition('/')[0]}/mirror/")
    with pytest.raises(DownloadFailed, match="its checksum is wrong"):
        download(published("tiny.en-q5_1"), tmp_path)
    assert depot.requests == ["/mirror/ggml-tiny.en-q5_1.bin"]
    monkeypatch.setenv("CODEX_VOICE_MODEL_URL", "ftp://example.org")
    with pytest.raises(ModelMissing, match="CODEX_VOICE_MODEL_URL is no address"):
        published("tiny.en")


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_used(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """The proxy is asked for the whole address; here it is the server itself."""
    for name in ("http_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, depot.url.rpartition("/")[0])
    url = "http://models.invalid/ggml-base.en.bin"
    download(PublishedModel("base.en", 7, depot.sha1, url), tmp_path)
    assert depot.requests == [url]


def test_a_socks_proxy_is_refused_with_the_reason(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard library would talk HTTP to it."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1080")
    with pytest.raises(DownloadFailed, match="a SOCKS proxy cannot be used"):
        download(depot.model, tmp_path)


def test_models_are_private_whatever_the_umask(depot: Depot, tmp_path: Path) -> None:
    """Directories too."""
    before = os.umask(0)
    try:
        path = download(depot.model, tmp_path / "data" / "models")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_two_downloads_do_not_mix(depot: Depot, tmp_path: Path) -> None:
    """The second is told of the first."""
    with (tmp_path / "ggml-base.en.bin.part").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(DownloadFailed, match="another process"):
            download(depot.model, tmp_path)


def test_a_full_disk_is_told(depot: Depot, tmp_path: Path) -> None:
    """The limit on a file's size stands for the disk."""
    ended = run_python(
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "from codex_voice.errors import DownloadFailed\n"
        "from codex_voice.speech.models.catalogue import PublishedModel\n"
        "from codex_voice.speech.models.download import download\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
        "model = PublishedModel('base.en', 7, sys.argv[1], sys.argv[2])\n"
        "try:\n    download(model, Path(sys.argv[3]))\n"
        "except DownloadFailed as error:\n    print(error)\n",
        depot.sha1,
        depot.url,
        str(tmp_path),
    )
    assert "cannot be written" in ended.stdout
    assert f"make room in {tmp_path}" in ended.stdout
    assert find_models([tmp_path]) == []


@pytest.mark.user_namespace
def test_a_file_system_that_is_full_is_told(depot: Depot, tmp_path: Path) -> None:
    """With the kernel's own error, on 2 MiB; the reason names the folder, and no model is there."""
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from codex_voice.errors import DownloadFailed\n"
        "from codex_voice.speech.models.catalogue import PublishedModel\n"
        "from codex_voice.speech.models.download import download\n"
        "from codex_voice.speech.models.installed import find_models\n"
        "model = PublishedModel('base.en', 7, sys.argv[1], sys.argv[2])\n"
        "directory = Path(sys.argv[3])\n"
        "try:\n    download(model, directory)\n"
        "except DownloadFailed as error:\n    print(error)\n"
        "print(find_models([directory]))\n"
    )
    mounted = 'mount -t tmpfs -o size=2m tmpfs "$0" || exit 77; exec "$@"'
    in_namespace = ["unshare", "--map-root-user", "--mount", "sh", "-c", mounted, str(tmp_path)]
    arguments = [sys.executable, "-c", program, depot.sha1, depot.url, str(tmp_path)]
    try:
        ended = subprocess.run(
            [*in_namespace, *arguments],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("there is no unshare")
    if ended.returncode == 77 or ended.stderr.startswith("unshare:"):
        pytest.skip("this machine lets no user mount a file system of their own")
    assert "cannot be written: No space left on device" in ended.stdout, ended.stderr
    assert f"make room in {tmp_path}" in ended.stdout
    assert ended.stdout.endswith("[]\n")
