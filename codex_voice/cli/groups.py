"""The modules that register commands: a parser without commands does without loading them."""

from __future__ import annotations

from codex_voice.cli import (
    commands,
    history,
    interpret,
    listen,
    models,
    moshi,
    serve,
    setup,
    support,
    transcribe,
    trust,
)

GROUPS = (
    setup,
    models,
    history,
    transcribe,
    interpret,
    commands,
    trust,
    listen,
    serve,
    moshi,
    support,
)
"""In the order of the help text."""
