"""What stands behind the API's paths: speech recognition, or a conversation with Moshi."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from codex_voice.serve.agent_api.pcm_input import PcmFormat

if TYPE_CHECKING:
    from starlette.websockets import WebSocket


@dataclass(frozen=True)
class ApiOffer:
    """What a back end does with the paths, for the description of the API.

    Args:
        summary: What the whole API is, in one sentence.
        changes: What each path that changes the state does, by its last part.
        change_errors: The HTTP statuses of what may go wrong there.
        recording: What becomes of a recording that is posted.
        stream: What the WebSocket takes and gives.
        status: The JSON schema of the state.
        answer: The JSON schema of the answer to a recording.
        schemas: The schemas that these two refer to, by name.
        rate: The sample rate that is taken where none is given.
    """

    summary: str
    changes: dict[str, str]
    change_errors: dict[str, tuple[str, ...]]
    recording: str
    stream: str
    status: dict[str, Any]
    answer: dict[str, Any]
    schemas: dict[str, Any]
    rate: int


class Backend(Protocol):
    """What stands behind the API's paths. Belongs to the event loop."""

    @property
    def offer(self) -> ApiOffer:
        """What it does."""

    def status(self) -> dict[str, Any]:
        """Return its state as an object for JSON."""

    async def start(self) -> None:
        """Begin to load what it needs, unless that is loaded."""

    async def stop(self) -> None:
        """End what `start` began."""

    async def connect(self) -> None:
        """Connect.

        Raises:
            CodexVoiceError: It cannot.
        """

    async def disconnect(self) -> None:
        """Hang up."""

    async def reconnect(self) -> None:
        """Hang up and connect again.

        Raises:
            CodexVoiceError: It cannot.
        """

    async def close(self) -> None:
        """End everything."""

    async def answer_recording(self, form: PcmFormat, sound: bytes) -> dict[str, Any]:
        """Do what is done with a recording, and return the answer.

        Raises:
            CodexVoiceError: There is none.
        """

    def open_stream(self, form: PcmFormat) -> Callable[[WebSocket], Awaitable[None]]:
        """Return what serves a WebSocket, which was accepted, until it ends.

        Raises:
            CodexVoiceError: It cannot take sound in that format.
        """
