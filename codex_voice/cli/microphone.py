"""The microphone that the options ask for: one of another machine, or the configured one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_voice.audio.sources.frame_source import FrameSource
    from codex_voice.config.schema import Config


def named_by(options: argparse.Namespace) -> Callable[[], FrameSource] | None:
    """Return what makes the microphone that `--audio` names; None without that option.

    Raises:
        ConfigError: It names none.
    """
    if not options.audio:
        return None
    from codex_voice.serve.remote_microphone.source import source_of

    return source_of(options.audio)


def wanted(options: argparse.Namespace, config: Config) -> Callable[[], FrameSource]:
    """Return what makes the microphone: the one of `--audio`, or the configured one.

    Raises:
        ConfigError: `--audio` names none.
    """
    named = named_by(options)
    if named is not None:
        return named
    from codex_voice.dictation.factory import microphone_called

    return microphone_called(config.audio.device)
