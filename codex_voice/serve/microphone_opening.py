"""Opening a microphone off the event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.errors import AudioError


async def open_microphone(
    make_source: Callable[[], FrameSource], hear: Callable[[bytes], None]
) -> FrameSource:
    """Find and open a microphone on another thread; who is cancelled meanwhile leaves none open.

    Args:
        make_source: Finds the microphone.
        hear: Is given each frame, on this event loop.

    Raises:
        AudioError: It cannot be found or opened.
    """
    loop = asyncio.get_running_loop()

    def deliver(frame: bytes) -> None:
        # On the microphone's thread, which must never wait; the loop may have been closed.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(hear, frame)

    def open_source() -> FrameSource:
        source = make_source()
        source.open(deliver)
        return source

    opening = asyncio.ensure_future(asyncio.to_thread(open_source))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        with contextlib.suppress(AudioError):
            source = await opening
            await asyncio.to_thread(source.close)
        raise
