"""The enrolled speaker on this machine: the downloaded encoder and the profile that is kept."""

from __future__ import annotations

from collections.abc import Callable

from codex_voice import paths
from codex_voice.errors import CodexVoiceError, SpeechError
from codex_voice.speech.recognizer import Recognizer
from codex_voice.speech.speaker.checked_recognizer import SpeakerCheckedRecognizer
from codex_voice.speech.speaker.encoder import SpeakerEncoder
from codex_voice.speech.speaker.profile import load_profile
from codex_voice.speech.speaker.weights import read_weights


def with_speaker_check(
    recognizer: Recognizer, report: Callable[[CodexVoiceError], None]
) -> Recognizer:
    """Return a recogniser that also tells the enrolled speaker from others.

    Where there is no encoder or no profile that is reported, and everybody is listened to.

    Args:
        recognizer: Recognises.
        report: Called with what is missing.
    """
    try:
        profile = load_profile(paths.voice_profile())
        encoder = SpeakerEncoder(read_weights(paths.speaker_model()))
    except SpeechError as error:
        report(error)
        return recognizer
    return SpeakerCheckedRecognizer(recognizer, encoder, profile)
