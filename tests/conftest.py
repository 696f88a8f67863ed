"""What all tests may use."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import settings

from tests.audio.scripted import noise
from tests.support.codex_program import MISSING, find_codex
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import VirtualMic

_TESTS = Path(__file__).parent
_END_TO_END = _TESTS / "end_to_end"
# Modules that take more than a few seconds: the recogniser with its model, the pane in a real
# terminal, whole processes. `make check` leaves them out; `make test` lists what is slow.
_SLOW = tuple(
    _TESTS / name
    for name in (
        "audio/test_endpointing.py",
        "benchmarks",
        "dictation/test_long_dictation.py",
        "serve",
        "setup/test_enrolment.py",
        "speech/engines",
        "speech/servers",
        "speech/speaker",
        "ui/pane/test_hostile_output.py",
        "ui/pane/test_screen.py",
    )
)
# The longest by far, and all of a file is one worker's.
_LONGEST = (
    _END_TO_END / "test_long_dictation.py",
    _TESTS / "speech/test_real_models.py",
    _TESTS / "ui/pane/test_screen.py",
)
_WAITING = (_END_TO_END, _TESTS / "agent", _TESTS / "audio/sources")

# Longer than any test may take.
_ROOM_SECONDS = 600

# A deadline would measure how busy the machine is.
settings.register_profile("codex-voice", deadline=None)
settings.load_profile("codex-voice")


@pytest.fixture(scope="session")
def virtual_mic_daemon() -> Iterator[VirtualMic]:
    """One PulseAudio daemon for all tests."""
    if reason := VirtualMic.missing():
        pytest.skip(reason)
    with VirtualMic() as microphone:
        yield microphone


@pytest.fixture
def virtual_mic(virtual_mic_daemon: VirtualMic) -> VirtualMic:
    """Return a microphone that works, whatever the test before did to it."""
    virtual_mic_daemon.mend()
    return virtual_mic_daemon


@pytest.fixture
def room(virtual_mic: VirtualMic) -> Iterator[None]:
    """Put the microphone into a quiet room.

    Nobody's room gives exact zeros: after speech they are a microphone that is muted or gone, and
    what was said is taken for cut short.
    """
    sound = virtual_mic.play(noise(2, -70) * (_ROOM_SECONDS // 2))
    yield
    sound.stop()


@pytest.fixture
def fake_codex(tmp_path: Path) -> Iterator[FakeCodex]:
    """Prepare the real Codex CLI, to be started with a fake model and a scratch home."""
    codex = find_codex()
    if codex is None:
        pytest.skip(MISSING)
    with FakeCodex(codex, root=tmp_path / "codex") as fake:
        yield fake


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Move to an empty home directory, with nothing on PATH but its `bin`."""
    directory = tmp_path / "home"
    (directory / "bin").mkdir(parents=True)
    monkeypatch.chdir(directory)
    monkeypatch.setenv("HOME", str(directory))
    monkeypatch.setenv("PATH", str(directory / "bin"))
    for name, place in (("CONFIG", ".config"), ("DATA", ".local/share"), ("STATE", ".local/state")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(directory / place))
    return directory


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector from looking through what all of the run needs, again and again.

    The thousands of collected tests and the modules cost a fifth of the tests' processor time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the whole program, which `make check` leaves out, and begin with them.

    They wait most of the time, for sound in real time and for Codex: what computes is best done
    beside them, and last. Within a file the order stays.
    """
    for path, tests in groupby(items, attrgetter("path")):
        above = {path, *path.parents}
        whole, slow = _END_TO_END in above, not above.isdisjoint(_SLOW)
        for item in tests:
            if whole:
                item.add_marker(pytest.mark.end_to_end)
            if slow:
                item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: _turn(item.path))


@cache
def _turn(path: Path) -> int:
    """Return when a file of tests is begun: the longest, what waits, what is slow, the rest."""
    above = {path, *path.parents}
    turns = (_LONGEST, _WAITING, _SLOW)
    return next((n for n, places in enumerate(turns) if not above.isdisjoint(places)), len(turns))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a skipped test fail where everything was to be installed.

    All but what not every machine can run, or lets a user do.
    """
    report = yield
    optional = any(item.get_closest_marker(name) for name in ("browser", "user_namespace"))
    required = os.environ.get("CODEX_VOICE_REQUIRE_ALL") and not optional
    if report.skipped and required:
        report.outcome = "failed"
        reason = call.excinfo.value if call.excinfo else ""
        report.longrepr = f"{item.nodeid} was skipped, and nothing may be: {reason}"
    return report
