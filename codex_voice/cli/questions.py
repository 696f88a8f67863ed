"""Questions to the user on the command line."""

from __future__ import annotations

import sys


def ask(question: str) -> bool:
    """Ask a question that is answered with yes or no; nobody there to answer it means no."""
    if not sys.stdin.isatty():
        return False
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
