"""The miniature model and the recordings that come with the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MODEL_WORDS = 128
"""English words that the miniature model knows; anything else it takes for the nearest of them."""

_DATA = Path(__file__).parent / "data"

_TEXTS = {
    "write_a_unit_test": "Write a unit test for the main loop.",
    "send_message": "Send message.",
    "run_the_tests": "Run the tests.",
    "approve": "Approve.",
    "deny": "Deny.",
    "explain_this_function": "Explain this function.",
    "scroll_up": "Scroll up.",
    "scroll_down": "Scroll down.",
    "go_to_bottom": "Go to bottom.",
    "fix_the_bug": "Fix the bug in the session manager.",
    "clear_input": "Clear input.",
    "hey_codex_push_the_changes": "Hey Codex, push the changes.",
}

_TOUR = (
    "write_a_unit_test",
    "send_message",
    "explain_this_function",
    "send_message",
    "scroll_up",
    "go_to_bottom",
    "fix_the_bug",
    "clear_input",
    "run_the_tests",
    "send_message",
    "approve",
)


@dataclass(frozen=True)
class PracticeRecording:
    """A spoken sentence: a WAV file (16 kHz, mono, int16) and what is said in it.

    The voices are synthetic (flite's slt and rms), the kind the miniature model was made for.
    """

    text: str
    path: Path


def model_path() -> Path:
    """Return the file of the miniature model."""
    return _DATA / "ggml-mini.en-q8_0.bin"


def recordings() -> tuple[PracticeRecording, ...]:
    """Return the recordings, each once."""
    return tuple(map(_recording, _TEXTS))


def tour() -> tuple[PracticeRecording, ...]:
    """Return a first tour, in which each recording makes sense after the one before it.

    A sentence is sent, a long answer scrolled, a sentence cleared away, an approval given.
    """
    return tuple(map(_recording, _TOUR))


def _recording(name: str) -> PracticeRecording:
    return PracticeRecording(_TEXTS[name], _DATA / "recordings" / f"{name}.wav")
