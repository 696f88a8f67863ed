"""Tools and data beside the checkout; tests that need them are skipped without them."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


def shared_file(name: str) -> Path:
    """Return a file beside the checkout, or skip the test."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no ../shared/{name} beside the checkout")
    return path
