"""What a check found, and what checks are given to look at."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from codex_voice.config.schema import Config
from codex_voice.errors import CodexVoiceError

_LEAST_SECONDS = 0.05
_MOST_SECONDS = 60.0


class Status(StrEnum):
    """How well it is with the thing that was checked."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One thing: where it is, or what is wrong with it.

    Args:
        name: What it is, for people.
        found: Where or which it is; empty when it is missing.
        trouble: Why it is missing or not as it should be, with the command that fixes it.
        needed: Whether talking to Codex is impossible while it is so.
    """

    name: str
    found: str = ""
    trouble: CodexVoiceError | None = None
    needed: bool = True

    @property
    def id(self) -> str:
        """Its name for programs, such as "speech-model"."""
        return self.name.lower().replace(" ", "-")

    @property
    def status(self) -> Status:
        """How well it is with the thing."""
        if self.trouble is None:
            return Status.OK
        return Status.FAILED if self.needed else Status.WARNING

    def __str__(self) -> str:
        text = self.found
        if self.trouble is not None:
            remedy = f": {self.trouble.remedy}" if self.trouble.remedy else ""
            text = f"{self.trouble.message}{remedy}"
        return f"{self.status:9}{self.name:14}{text}"

    def as_dictionary(self) -> dict[str, str]:
        """Return it for JSON, with an empty `remedy` where nothing has to be mended."""
        trouble = self.trouble
        return {
            "id": self.id,
            "name": self.name,
            "status": self.status.value,
            "message": trouble.message if trouble else self.found,
            "remedy": trouble.remedy if trouble else "",
        }


@dataclass(frozen=True)
class Surroundings:
    """What checks look at.

    Args:
        config: What is configured.
        project: The directory the user is in; Codex may be in its `node_modules`.
        config_path: The configuration file, which need not exist.
        config_error: Why the file was not used, and the defaults stand in.
        thorough: Whether to spend time: load the model, listen to the microphone, ask Codex
            whether it is logged in.
        deadline: When (`time.monotonic`) a thorough check must have ended.
    """

    config: Config
    project: Path
    config_path: Path = field(default_factory=Path)
    config_error: CodexVoiceError | None = None
    thorough: bool = False
    deadline: float = float("inf")

    def seconds_left(self, at_most: float = _MOST_SECONDS) -> float:
        """Return how long a check may still wait, in seconds; never nothing at all."""
        return max(_LEAST_SECONDS, min(at_most, self.deadline - time.monotonic()))
