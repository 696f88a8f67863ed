"""Runs the Wyoming server until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import SpeechError
from codex_voice.serve.remote_microphone.address import Address
from codex_voice.serve.remote_microphone.sockets import listening_at
from codex_voice.serve.transcriber import Transcriber
from codex_voice.serve.wyoming_asr.conversation import OfferedModel, SpeechServer
from codex_voice.speech.factory import find_model, open_recognizer
from codex_voice.speech.recognizer import Recognizer


def run(whisper: WhisperConfig, address: Address, report: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        whisper: What recognises.
        address: Where clients connect.
        report: Reports the address and trouble.

    Raises:
        ConfigError: The address cannot be used.
        SpeechError: Nothing can recognise.
    """
    asyncio.run(_serve(whisper, address, report))


async def _serve(whisper: WhisperConfig, address: Address, report: Callable[[str], None]) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    failure: SpeechError | None = None

    def on_loaded(error: SpeechError | None) -> None:
        nonlocal failure
        failure = error
        if error is not None:
            loop.call_soon_threadsafe(ended.set)

    languages = [whisper.language]

    def load() -> Recognizer:
        recognizer = open_recognizer(
            whisper, lambda: find_model(whisper), lambda error: report(str(error))
        )
        languages[:] = _languages(whisper)
        return recognizer

    transcriber = Transcriber(load, whisper.model, on_loaded)

    def offered() -> OfferedModel:
        return OfferedModel(transcriber.name or "Whisper", tuple(languages))

    try:
        async with listening_at(address, SpeechServer(transcriber, offered).serve) as bound:
            report(f"Wyoming speech recognition at {bound}, for everybody")
            if not bound.is_loopback:
                report("Wyoming has no token, and sound travels in the clear: use it at home")
            await ended.wait()
    finally:
        await asyncio.to_thread(transcriber.close)
    if failure is not None:
        raise failure


def _languages(whisper: WhisperConfig) -> list[str]:
    """Return the languages that a client may ask for: of a multilingual model, all of Whisper's."""
    from codex_voice.speech.engines import whisper_library
    from codex_voice.speech.models.file_check import verify

    if whisper.server_url:
        return [] if whisper.language == "auto" else [whisper.language]
    if not verify(find_model(whisper)).multilingual:
        return ["en"]
    return whisper_library.language_codes()
