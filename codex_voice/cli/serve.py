"""The commands that serve other programs: `sidecar` and `serve`."""

from __future__ import annotations

import argparse

from codex_voice.cli import configuration, microphone
from codex_voice.cli.registration import Commands
from codex_voice.errors import ConfigError

DEFAULT_PORT = 8999


def register(commands: Commands) -> None:
    """Register the commands."""
    commands.add(
        "sidecar",
        _sidecar,
        "serve another program on standard input and output (JSON-RPC)",
        accepts=["config", "model"],
        description="JSON-RPC 2.0, one object a line: OpenVoicy's sidecar protocol v1.",
    )
    serve = commands.add(
        "serve",
        _serve,
        "serve other programs over HTTP and WebSockets",
        accepts=["config", "model", "audio"],
        description="An API for speech recognition and this machine's microphone, described at "
        "/openapi.json, with a page to try it.",
    )
    serve.add_argument(
        "--port", type=int, metavar="PORT", help=f"the port; {DEFAULT_PORT} by default"
    )
    serve.add_argument(
        "--bind",
        metavar="ADDRESS",
        default="127.0.0.1",
        help="the interface of this machine; only programs on it reach the default, 127.0.0.1",
    )


def _sidecar(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import configure_native_libraries
    from codex_voice.serve.sidecar.main import run

    configure_native_libraries()
    run(configuration.read(options))


def _serve(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import configure_native_libraries
    from codex_voice.serve.messages import own_messages
    from codex_voice.serve.signals import end_process

    config = configuration.read(options)
    make_source = microphone.wanted(options, config)
    configure_native_libraries()
    try:
        from codex_voice.serve.agent_api.server import ListeningAddress, run
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the package {error.name} is not installed", "pip install 'codex-voice[serve]'"
        ) from error
    port = DEFAULT_PORT if options.port is None else options.port
    with own_messages() as tell:
        run(config, make_source, ListeningAddress(options.bind, port), tell)
    end_process()
