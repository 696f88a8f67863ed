"""Who may talk to a service: tokens, and the names under which this machine is asked."""

from __future__ import annotations

import hmac
import os
import secrets

_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def token_from(variable: str) -> str:
    """Return the token that the environment sets, or a new one for this run."""
    return os.environ.get(variable) or secrets.token_urlsafe(24)


def is_token(given: str, token: str) -> bool:
    """Compare a token in a time that tells nothing about it."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def is_loopback_name(host: str) -> bool:
    """Return whether a Host header names this machine by one of its loopback names.

    A page of the web can let a name of its own point here (DNS rebinding), but it cannot change
    the header.
    """
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    return name.lower() in _LOOPBACK_NAMES
