"""The commands that serve other programs: `sidecar`."""

from __future__ import annotations

import argparse

from codex_voice.cli import configuration
from codex_voice.cli.registration import Commands


def register(commands: Commands) -> None:
    """Register the commands."""
    commands.add(
        "sidecar",
        _sidecar,
        "serve another program on standard input and output (JSON-RPC)",
        accepts=["config", "model"],
        description="JSON-RPC 2.0, one object a line: OpenVoicy's sidecar protocol v1.",
    )


def _sidecar(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import tell_libraries
    from codex_voice.serve.sidecar.main import run

    tell_libraries()
    run(configuration.read(options))
