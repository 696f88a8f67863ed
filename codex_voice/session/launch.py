"""What was asked for on the command line and found on this machine, for whoever starts the app.

Importing this is cheap on purpose: Codex is started before anything heavy is imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codex_voice.config.schema import Config
from codex_voice.errors import AgentError, SpeechError

if TYPE_CHECKING:
    from codex_voice.audio.sources.frame_source import FrameSource


@dataclass(frozen=True)
class Launch:
    """Everything the app needs to know to start.

    Args:
        config: The configuration, with what the command line says in its place.
        config_path: The file it came from, where the app writes changes.
        agent: The program in the pane with its arguments, or why there is none.
        environment: The environment of that program.
        working_directory: Where it works.
        practice: Whether the stand-in takes the place of Codex.
        after_practice: What leaving practice mode goes back to; None where there is no Codex.
        voice: Whether speech is wanted at all.
        notes: What the user should be told once, such as a file that could not be written.
        verbose: Whether the log gets details.
        microphone: Makes the microphone where it is none of this machine; None for the configured
            one.
    """

    config: Config
    config_path: Path
    agent: tuple[str, ...] | AgentError
    working_directory: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    practice: bool = False
    after_practice: Launch | None = None
    voice: bool = True
    notes: tuple[str, ...] = ()
    verbose: bool = False
    microphone: Callable[[], FrameSource] | None = None

    def find_model(self) -> Path | SpeechError:
        """Return the file of the speech model, or why there is none; looks on the disk.

        In practice that is the miniature model unless another one was named and is there. The
        miniature model never types into the real Codex unless its file was named.
        """
        from codex_voice.practice.recordings import model_path
        from codex_voice.speech.factory import find_model

        whisper = self.config.whisper
        if self.practice and not whisper.model:
            return model_path()
        try:
            return find_model(whisper)
        except SpeechError as error:
            return model_path() if self.practice else error

    def in_practice(self) -> Launch:
        """Return the same with the stand-in for Codex and, unless one is named, its model."""
        # -P: a file in the working directory must not pass for a module of ours.
        stand_in = (sys.executable, "-P", "-m", "codex_voice.practice.standin")
        back = None if self.practice or isinstance(self.agent, AgentError) else self
        return replace(
            self,
            agent=stand_in,
            environment=dict(os.environ),
            practice=True,
            after_practice=back or self.after_practice,
        )
