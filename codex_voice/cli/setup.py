"""The commands `init`, `doctor` and `mic`."""

from __future__ import annotations

import argparse

from codex_voice.cli import configuration
from codex_voice.cli.questions import TerminalQuestions, ask
from codex_voice.cli.registration import Commands
from codex_voice.errors import ConfigError


def register(commands: Commands) -> None:
    """Register the commands."""
    init = commands.add(
        "init",
        _init,
        "find what is here, offer what is missing, try your voice, write the configuration",
        accepts=["config"],
    )
    how = init.add_mutually_exclusive_group()
    how.add_argument("--yes", action="store_true", help="ask nothing, write, and install nothing")
    how.add_argument("--print", action="store_true", help="print what would be written")
    doctor = commands.add(
        "doctor",
        _doctor,
        "say what is here, what is missing, and how to fix it",
        accepts=["config", "codex", "model"],
    )
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.add_argument("--only", metavar="NAMES", help="checks to run, with commas between them")
    mic = commands.add(
        "mic",
        _mic,
        "measure the room and your voice, and set the threshold; or serve the microphone",
        accepts=["config"],
    )
    mic.add_argument(
        "--enrol", action="store_true", help="record half a minute, to insert nobody else's voice"
    )
    remote = mic.add_mutually_exclusive_group()
    remote.add_argument(
        "--serve", action="store_true", help="let codex-voice on another machine listen"
    )
    remote.add_argument(
        "--to", metavar="URL", help="call codex-voice --audio listen:URL on another machine"
    )
    mic.add_argument(
        "--bind",
        metavar="URL",
        default="wyoming://127.0.0.1:10700",
        help="where: wyoming:// or ws://, host and port, or wyoming:///path/of/a/socket",
    )
    mic.add_argument("--no-token", action="store_true", help="let everybody listen")


def _init(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import configure_native_libraries
    from codex_voice.setup import init

    configure_native_libraries()
    path = configuration.path_of(options)
    init.run(path, TerminalQuestions(), sure=options.yes, only_print=options.print)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from pathlib import Path

    from codex_voice.config.schema import Config
    from codex_voice.setup import doctor
    from codex_voice.setup.checks import NAMES, Surroundings

    only = options.only.split(",") if options.only else NAMES
    for name in only:
        if name not in NAMES:
            raise ConfigError(f"there is no check {name}; the checks are {', '.join(NAMES)}")
    trouble = None
    try:
        config = configuration.read(options)
    except ConfigError as error:
        # The rest can be looked at all the same.
        config, trouble = configuration.override(Config(), options), error
    surroundings = Surroundings(
        config, Path.cwd(), configuration.path_of(options), trouble, thorough=not options.only
    )
    return 0 if doctor.run(surroundings, only, as_json=options.json) else 1


def _mic(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import configure_native_libraries

    configure_native_libraries()
    if options.serve or options.to:
        return _lend_microphone(options)
    if options.enrol:
        from codex_voice.setup import enrolment

        enrolment.run(configuration.path_of(options), ask)
    else:
        from codex_voice.setup import microphone_check

        microphone_check.run(configuration.path_of(options), ask)
    return 0


def _lend_microphone(options: argparse.Namespace) -> int:
    from codex_voice.dictation.factory import microphone_called
    from codex_voice.serve.messages import own_messages
    from codex_voice.serve.remote_microphone.address import parse_server
    from codex_voice.serve.remote_microphone.main import run, run_calls

    if options.to and options.no_token:
        raise ConfigError("--no-token is for --serve: who is called wants the token")
    address = parse_server(options.to or options.bind)
    make_source = microphone_called(configuration.read(options).audio.device)
    with own_messages() as report:
        if options.to:
            return run_calls(make_source, address, report)
        return run(make_source, address, report, open_to_all=options.no_token)
