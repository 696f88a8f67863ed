"""The command line: one function for each command, with its imports where they are used.

What is imported before Codex is started delays it, so this module itself knows only argparse.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codex_voice import __version__
from codex_voice.errors import AgentError, CodexVoiceError, ConfigError

if TYPE_CHECKING:
    from codex_voice.config.schema import Config
    from codex_voice.session.launch import Launch

USAGE_STATUS = 2
_INTERRUPTED_STATUS = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name.

    Args:
        arguments: The command line without the program's name; the process's own without it.

    Returns:
        The exit status: 0, 1 for an error, 2 for a wrong command line or configuration.
    """
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        status = int(options.run(options))
        sys.stdout.flush()
        return status
    except CodexVoiceError as error:
        print(f"codex-voice: {error}", file=sys.stderr)
        return USAGE_STATUS if isinstance(error, ConfigError) else 1
    except KeyboardInterrupt:
        return _INTERRUPTED_STATUS
    except BrokenPipeError:
        # `codex-voice history | head` has seen enough; the flush at exit must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the arguments say; `run` is the command, `codex_arguments` stood after "--".

    Raises:
        SystemExit: They are wrong, or ask for the version or for help.
    """
    given = list(arguments)
    end = given.index("--") if "--" in given else len(given)
    options = _parser().parse_args(given[:end])
    options.codex_arguments = tuple(given[end + 1 :])
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="codex-voice",
        description="Talk to the Codex CLI: dictation and spoken commands around the real thing.",
        usage="%(prog)s [options] [command] [-- CODEX_ARGUMENTS]",
        epilog="What stands after -- goes to Codex.",
    )
    parser.set_defaults(run=_start, config=None)
    parser.add_argument("--version", action="version", version=f"codex-voice {__version__}")
    _add_config(parser)
    parser.add_argument("--codex", metavar="PROGRAM", help="the Codex program")
    parser.add_argument("--model", metavar="NAME_OR_FILE", help="the speech model")
    parser.add_argument("--no-voice", action="store_true", help="only host Codex")
    parser.add_argument(
        "--practice", action="store_true", help="try it without Codex, model or microphone"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="codex-voice")
    _add_setup_commands(commands)
    _add_models_command(commands)
    _add_history_command(commands)
    return parser


def _add_config(parser: argparse.ArgumentParser) -> None:
    # Suppressed, or a subcommand's own default would undo what stands before it.
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        default=argparse.SUPPRESS,
        help="the configuration file",
    )


def _add_setup_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = commands.add_parser("init", help="find what is here and write the configuration")
    init.add_argument("--yes", action="store_true", help="do not ask")
    init.set_defaults(run=_init)
    doctor = commands.add_parser("doctor", help="say what is here and what is missing")
    doctor.set_defaults(run=_doctor)
    mic = commands.add_parser("mic", help="measure the room and your voice, and set the threshold")
    mic.set_defaults(run=_mic)
    for parser in (init, doctor, mic):
        _add_config(parser)


def _add_models_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    models = commands.add_parser("models", help="list, get and remove speech models")
    models.set_defaults(run=_list_models)
    actions = models.add_subparsers(
        metavar="[list | get NAME | remove NAME]", prog="codex-voice models"
    )
    actions.add_parser("list", help="what is here, and what can be had")
    for action, run, explanation in (
        ("get", _get_model, "download a model, such as base.en"),
        ("remove", _remove_model, "delete a downloaded model"),
    ):
        parser = actions.add_parser(action, help=explanation)
        parser.add_argument("name", metavar="NAME")
        parser.set_defaults(run=run)


def _add_history_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    history = commands.add_parser("history", help="what was said: list, show, play, retry, ...")
    history.set_defaults(run=_history, action="list")
    _add_config(history)
    actions = history.add_subparsers(
        dest="action",
        metavar="[list | show | play | retry | copy | clear]",
        prog="codex-voice history",
    )
    actions.add_parser("list", help="what was said, the newest first")
    for action, explanation in (
        ("show", "everything known about one recording"),
        ("play", "play a recording"),
        ("retry", "recognise a recording again"),
        ("copy", "copy a recording's text to the clipboard"),
    ):
        parser = actions.add_parser(action, help=explanation)
        parser.add_argument(
            "which", metavar="NUMBER", nargs="?", default="1", help="as in the list; 1 is the last"
        )
        if action == "retry":
            parser.add_argument(
                "--model",
                dest="retry_model",
                metavar="NAME_OR_FILE",
                help="with this model",
            )
    clear = actions.add_parser("clear", help="delete all recordings")
    clear.add_argument("--yes", action="store_true", help="do not ask")


def _start(options: argparse.Namespace) -> int:
    launch = find_launch(options)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigError("a terminal is needed, and input or output is none")
    from codex_voice.native_environment import tell_libraries
    from codex_voice.session.crash_guard import guarded

    # Codex is to see the environment as the user has it, so the launch has taken it before.
    tell_libraries()
    return guarded(partial(_run, launch))


def _run(launch: Launch, guardian: int) -> int:
    from codex_voice.ui.main import run

    return run(launch, guardian)


def find_launch(options: argparse.Namespace) -> Launch:
    """Find what the app needs to start Codex, and nothing that takes long.

    Raises:
        ConfigError: The configuration is wrong.
    """
    import dataclasses

    from codex_voice.session.launch import Launch
    from codex_voice.setup.discovery import environment_for, find_codex

    config, notes = _startup_configuration(options)
    if options.codex:
        config = dataclasses.replace(
            config, codex=dataclasses.replace(config.codex, command=options.codex)
        )
    if options.model:
        config = dataclasses.replace(
            config, whisper=dataclasses.replace(config.whisper, model=options.model)
        )
    launch = Launch(
        config=config,
        config_path=_config_path(options),
        agent=AgentError("not looked for"),
        working_directory=_working_directory(options, config),
        voice=not options.no_voice,
        notes=notes,
    )
    if options.practice:
        return launch.in_practice()
    try:
        program = find_codex(config.codex.command)
    except AgentError as error:
        return dataclasses.replace(launch, agent=error)
    return dataclasses.replace(
        launch,
        agent=(str(program), *config.codex.args, *options.codex_arguments),
        environment=environment_for(program),
    )


def _startup_configuration(options: argparse.Namespace) -> tuple[Config, tuple[str, ...]]:
    """Read the configuration; the first time of all, write one of what is found here."""
    from codex_voice.config import file as configuration_file
    from codex_voice.config.schema import Config

    path = _config_path(options)
    if options.config is not None or path.exists():
        return configuration_file.read(path), ()
    if options.practice:
        return Config(), ()
    from codex_voice.setup.init import first_configuration

    config = first_configuration()
    try:
        configuration_file.write(path, config)
    except ConfigError as error:
        return config, (str(error),)
    return config, ()


def _config_path(options: argparse.Namespace) -> Path:
    from codex_voice import paths

    return options.config or paths.configuration_file()


def _working_directory(options: argparse.Namespace, config: Config) -> Path:
    directory = Path(config.codex.working_dir).expanduser()
    if not directory.is_dir():
        raise ConfigError(
            f'{_config_path(options)}: [codex] working_dir = "{config.codex.working_dir}": '
            "must be a directory that exists"
        )
    return directory.absolute()


def _init(options: argparse.Namespace) -> int:
    from codex_voice.setup import init

    init.run(_config_path(options), sure=options.yes, ask=_ask)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from codex_voice.setup import doctor

    return 0 if doctor.run(_config_path(options)) else 1


def _mic(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import tell_libraries
    from codex_voice.setup import microphone_check

    tell_libraries()
    microphone_check.run(_config_path(options), _ask)
    return 0


def _list_models(_options: argparse.Namespace) -> int:
    from codex_voice.setup import model_commands

    model_commands.list_all()
    return 0


def _get_model(options: argparse.Namespace) -> int:
    from codex_voice.setup import model_commands

    model_commands.get(options.name)
    return 0


def _remove_model(options: argparse.Namespace) -> int:
    from codex_voice.setup import model_commands

    model_commands.remove(options.name)
    return 0


def _history(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import tell_libraries
    from codex_voice.setup.history_commands import History

    tell_libraries()
    path = _config_path(options)
    history = History(_read_or_default(path))
    match options.action:
        case "show":
            history.show(options.which)
        case "play":
            history.play(options.which)
        case "retry":
            history.retry(options.which, options.retry_model or "")
        case "copy":
            history.copy(options.which)
        case "clear":
            if options.yes or _ask("Delete all recordings?"):
                history.clear()
        case _:
            history.list_all()
    return 0


def _read_or_default(path: Path) -> Config:
    from codex_voice.config import file as configuration_file
    from codex_voice.config.schema import Config

    return configuration_file.read(path) if path.exists() else Config()


def _ask(question: str) -> bool:
    """Ask for a yes; without somebody to answer it is a no."""
    if not sys.stdin.isatty():
        return False
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
