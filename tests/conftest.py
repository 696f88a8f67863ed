"""What all tests may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.codex_program import MISSING, find_codex
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import VirtualMic


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
def fake_codex(tmp_path: Path) -> Iterator[FakeCodex]:
    """Prepare the real Codex CLI, to be started with a fake model and a scratch home."""
    codex = find_codex()
    if codex is None:
        pytest.skip(MISSING)
    with FakeCodex(codex, root=tmp_path / "codex") as fake:
        yield fake
