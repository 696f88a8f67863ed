"""The commands `moshi status`, `start`, `stop` and `talk`."""

from __future__ import annotations

import argparse

from codex_voice.cli import configuration, microphone
from codex_voice.cli.registration import Commands


def register(commands: Commands) -> None:
    """Register the commands."""
    moshi = commands.add(
        "moshi",
        _status,
        "talk with Moshi: status, start, stop, talk",
        accepts=["config"],
        description="Moshi hears and speaks at the same time. Its server has an interpreter of its "
        "own, which the section [moshi] of the configuration names.",
    )
    actions = Commands(moshi, prefix="moshi", metavar="[status | start | stop | talk]")
    actions.add(
        "status",
        _status,
        "what the server does, and what is missing; exit status 1 where it does not answer",
        accepts=["config"],
    )
    actions.add("start", _start, "run the server until Ctrl-C or `moshi stop`", accepts=["config"])
    actions.add("stop", _stop, "end the server that `moshi start` runs", accepts=["config"])
    actions.add(
        "talk",
        _talk,
        "talk; what Moshi says is heard and printed",
        accepts=["config", "audio"],
        description="Starts the server, unless `moshi start` runs it or the configuration names "
        "one elsewhere, and talks with the microphone and the loudspeaker of this machine. With "
        "headphones Moshi does not hear itself.",
    )


def _status(options: argparse.Namespace) -> int:
    import asyncio

    from codex_voice.serve.moshi import commands

    config = configuration.read(options).moshi
    answering = asyncio.run(commands.answers(config))
    for line in commands.status_lines(config, answering):
        print(line)
    return 0 if answering else 1


def _start(options: argparse.Namespace) -> int:
    import asyncio

    from codex_voice.serve.messages import own_messages
    from codex_voice.serve.moshi import commands

    config = configuration.read(options).moshi
    with own_messages() as report:
        asyncio.run(commands.start(config, report))
    return 0


def _stop(options: argparse.Namespace) -> int:
    from codex_voice.serve.moshi import commands

    print(commands.stop(configuration.read(options).moshi))
    return 0


def _talk(options: argparse.Namespace) -> int:
    import asyncio

    from codex_voice.native_environment import configure_native_libraries
    from codex_voice.serve.messages import own_messages
    from codex_voice.serve.moshi.talk import talk
    from codex_voice.serve.signals import end_process

    config = configuration.read(options)
    make_source = microphone.wanted(options, config)
    configure_native_libraries()
    with own_messages() as report:
        asyncio.run(talk(config.moshi, make_source, report))
    end_process()
