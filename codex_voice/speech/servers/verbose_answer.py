"""What servers answer: the text, and with `verbose_json` how sure they are of each segment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from codex_voice.errors import SpeechError
from codex_voice.speech.engines import whisper_library
from codex_voice.speech.servers.server_recognizer import ServerAnswer

# Whisper's own rule for segments in which nobody speaks (`no_speech_threshold` and
# `logprob_threshold` of its `transcribe`).
_NO_SPEECH = 0.6
_UNLIKELY = -1.0


def read_answer(fields: Mapping[str, Any]) -> ServerAnswer | None:
    """Read an answer of whisper.cpp's server or of an OpenAI-compatible one; None is no transcript.

    The confidence is the geometric mean of the tokens' probabilities, as in this process. It is 1
    where the server does not tell: it may answer the plain format, or leave fields out.
    """
    text = fields.get("text")
    if not isinstance(text, str):
        return None
    listed = fields.get("segments")
    segments = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    spoken = [one for one in segments if not _is_silent(one)]
    if len(spoken) < len(segments):
        text = " ".join(str(one.get("text", "")) for one in spoken)
    return ServerAnswer(
        " ".join(text.split()), _confidence(spoken), _language_code(fields.get("language"))
    )


def _is_silent(segment: Mapping[str, Any]) -> bool:
    no_speech, likely = _number(segment, "no_speech_prob"), _number(segment, "avg_logprob")
    return (
        no_speech is not None
        and likely is not None
        and no_speech > _NO_SPEECH
        and likely < _UNLIKELY
    )


def _confidence(segments: Iterable[Mapping[str, Any]]) -> float:
    """Return the mean of the segments' probabilities, each as often as it has tokens."""
    weighed = [
        (_tokens(segment), likely)
        for segment in segments
        if (likely := _number(segment, "avg_logprob")) is not None
    ]
    tokens = sum(count for count, _ in weighed)
    if not tokens:
        return 1.0
    mean = sum(count * likely for count, likely in weighed) / tokens
    return math.exp(min(0.0, mean))


def _tokens(segment: Mapping[str, Any]) -> int:
    tokens = segment.get("tokens")
    return len(tokens) if isinstance(tokens, list) and tokens else 1


def _number(segment: Mapping[str, Any], name: str) -> float | None:
    value = segment.get(name)
    # NaN is no number either: Python's JSON reads it.
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    return float(value) if math.isfinite(value) else None


def _language_code(language: object) -> str:
    """Return the code of a language, which servers tell by its code or by its English name."""
    if not isinstance(language, str):
        return ""
    try:
        return whisper_library.language_code(language)
    except SpeechError:
        # Without the library there is only what looks like a code.
        return language if len(language) in (2, 3) else ""
