"""One server for the tests that leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.serve.agent_api.api_process import PATIENCE_SECONDS, TOKEN, ApiProcess, serving
from tests.support.virtual_mic import VirtualMic

if TYPE_CHECKING:
    import httpx


@pytest.fixture(scope="module")
def api_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home directory of the server."""
    return tmp_path_factory.mktemp("api")


@pytest.fixture(scope="module")
def api(api_home: Path) -> Iterator[ApiProcess]:
    """Run a server on a machine without a microphone."""
    for package in ("starlette", "uvicorn", "websockets"):
        pytest.importorskip(package, reason="codex-voice[serve] is not installed")
    environment = {
        **VirtualMic.no_device_environment(),
        "HOME": str(api_home),
        "XDG_CONFIG_HOME": str(api_home / ".config"),
        "XDG_DATA_HOME": str(api_home / ".local/share"),
        "XDG_STATE_HOME": str(api_home / ".local/state"),
    }
    with serving(environment, api_home) as running:
        yield running


@pytest.fixture
def client(api: ApiProcess) -> Iterator[httpx.Client]:
    """Return a client that knows the token."""
    import httpx

    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=api.url, headers=headers, timeout=PATIENCE_SECONDS) as connected:
        yield connected
