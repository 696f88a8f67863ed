"""The commands that serve other programs: `sidecar` and `serve`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from codex_voice.cli import configuration, microphone
from codex_voice.cli.registration import Commands
from codex_voice.errors import ConfigError
from codex_voice.install_hints import install_with_pip

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_voice.config.schema import MoshiConfig
    from codex_voice.serve.agent_api.server import ListeningAddress

DEFAULT_PORT = 8999
DEFAULT_WYOMING_PORT = 10300


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
        "serve other programs over HTTP and WebSockets, or Home Assistant",
        accepts=["config", "model", "audio"],
        description="An API for speech recognition and this machine's microphone, described at "
        "/openapi.json, with a page to try it. With --wyoming, speech recognition for Home "
        "Assistant and others that speak the Wyoming protocol.",
    )
    serve.add_argument(
        "--wyoming", action="store_true", help="speak the Wyoming protocol instead of HTTP"
    )
    serve.add_argument(
        "--backend",
        choices=["whisper", "moshi"],
        default="whisper",
        help="what stands behind the API: our recogniser, or a conversation with Moshi",
    )
    serve.add_argument(
        "--port",
        type=int,
        metavar="PORT",
        help=f"the port; {DEFAULT_PORT} by default, {DEFAULT_WYOMING_PORT} with --wyoming",
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
    run(configuration.read(options), configuration.path_of(options))


def _serve(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import configure_native_libraries
    from codex_voice.serve.messages import own_messages
    from codex_voice.serve.signals import end_process

    if options.wyoming:
        _serve_wyoming(options)
    if options.backend == "moshi" and (options.audio or options.model):
        raise ConfigError("with --backend moshi, --audio and --model have no use")
    config = configuration.read(options)
    make_source = microphone.wanted(options, config)
    configure_native_libraries()
    try:
        from codex_voice.serve.agent_api.server import ListeningAddress, run
        from codex_voice.serve.heard import interpreter_here
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the package {error.name} is not installed", install_with_pip("'codex-voice[serve]'")
        ) from error
    port = DEFAULT_PORT if options.port is None else options.port
    address = ListeningAddress(options.bind, port)
    with own_messages() as report:
        if options.backend == "moshi":
            _serve_moshi(config.moshi, address, report)
        else:
            interpreter = interpreter_here(config, configuration.path_of(options), report)
            run(config, make_source, interpreter, address, report)
    end_process()


def _serve_moshi(
    config: MoshiConfig, address: ListeningAddress, report: Callable[[str], None]
) -> None:
    from codex_voice.serve.agent_api.moshi_backend import serve
    from codex_voice.serve.moshi.talk import conversation

    serve(lambda: conversation(config, "codex-voice serve"), address, report)


def _serve_wyoming(options: argparse.Namespace) -> NoReturn:
    from codex_voice.native_environment import configure_native_libraries
    from codex_voice.serve.messages import own_messages
    from codex_voice.serve.remote_microphone.address import Address
    from codex_voice.serve.signals import end_process
    from codex_voice.serve.wyoming_asr.main import run

    if options.backend == "moshi":
        raise ConfigError("Moshi does not recognise: --wyoming and --backend moshi exclude another")
    if options.audio:
        raise ConfigError("serve --wyoming recognises what clients send: --audio has no use there")
    config = configuration.read(options)
    port = DEFAULT_WYOMING_PORT if options.port is None else options.port
    configure_native_libraries()
    with own_messages() as report:
        run(config.whisper, Address("tcp", options.bind, port), report)
    end_process()
