"""The command `listen`: what is said, line by line."""

from __future__ import annotations

import argparse

from codex_voice.cli import configuration, microphone
from codex_voice.cli.registration import Commands


def register(commands: Commands) -> None:
    """Register the command."""
    listen = commands.add(
        "listen",
        _listen,
        "print what is said, a line an utterance",
        accepts=["config", "model", "audio"],
        description="Listens hands-free and prints each utterance on a line of its own; a spoken "
        "command stands in square brackets.",
    )
    listen.add_argument("--json", action="store_true", help="print one JSON object a line")
    listen.add_argument("--once", action="store_true", help="end after the first utterance")


def _listen(options: argparse.Namespace) -> int:
    from codex_voice.native_environment import configure_native_libraries
    from codex_voice.serve.heard import interpreter_here
    from codex_voice.serve.listen import listening
    from codex_voice.serve.messages import own_messages
    from codex_voice.serve.signals import end_process, until_signalled

    config = configuration.read(options)
    configure_native_libraries()
    make_source = microphone.wanted(options, config)
    with (
        until_signalled(),
        own_messages() as report,
        listening(
            config,
            make_source,
            interpreter_here(config, configuration.path_of(options), report),
            report,
        ) as listener,
    ):
        while True:
            heard = listener.next()
            if heard is not None:
                print(heard.as_json() if options.json else heard.as_line(), flush=True)
                if options.once:
                    break
    end_process()
