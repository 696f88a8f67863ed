"""Where frames come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class FrameSource(Protocol):
    """A microphone, or what stands in for one."""

    @property
    def name(self) -> str:
        """The name people know it by."""

    @property
    def active(self) -> bool:
        """Whether frames may still come; False once it ended by itself."""

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Begin to deliver frames (`FRAME_BYTES` each) from any thread.

        Raises:
            AudioError: It cannot be opened.
        """

    def close(self) -> None:
        """Stop delivering; harmless when it is closed already."""
