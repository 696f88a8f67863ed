"""A recogniser that also says whether an utterance is somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from codex_voice.speech.recognizer import NO_HINTS, Hints, Recognizer, Transcript, never_aborted
from codex_voice.speech.samples import decode
from codex_voice.speech.speaker.encoder import SpeakerEncoder
from codex_voice.speech.speaker.profile import SpeakerProfile, is_someone_else
from codex_voice.speech.wrapper import RecognizerWrapper


class SpeakerCheckedRecognizer(RecognizerWrapper):
    """Adds to each transcript whether it is clearly not by the owner of a profile.

    Args:
        recognizer: Recognises.
        encoder: The speaker encoder.
        profile: Of the one who is listened to.
    """

    def __init__(
        self, recognizer: Recognizer, encoder: SpeakerEncoder, profile: SpeakerProfile
    ) -> None:
        super().__init__(recognizer)
        self._encoder = encoder
        self._profile = profile

    def describe(self) -> str:
        """Return what does the work."""
        return f"{super().describe()}; only your voice"

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance; see `Recognizer.transcribe`. Partial text is not judged."""
        transcript = self._recognizer.transcribe(pcm, aborted, thorough=thorough, hints=hints)
        if not (thorough and transcript.text):
            return transcript
        someone_else = is_someone_else(self._encoder, self._profile, decode(pcm))
        return replace(transcript, someone_else=someone_else)
