"""Key names as they are shown to people."""

from __future__ import annotations


def describe_key(name: str) -> str:
    """Return a configured key name for people: "ctrl+space" becomes "Ctrl-Space"."""
    return "-".join(part.replace("_", " ").title() for part in name.split("+"))
