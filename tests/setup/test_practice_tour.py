"""The lines that explain practice."""

from __future__ import annotations

from codex_voice.errors import AgentNotFound, MicrophoneUnavailable, ModelMissing
from codex_voice.practice.recordings import tour
from codex_voice.setup.checks import Finding
from codex_voice.setup.practice_tour import MICROPHONE, PracticeTour


def test_the_tour_goes_round() -> None:
    """Each line names what comes next, and after the last recording comes the first."""
    practice = PracticeTour()
    first = practice.lines()
    for recording in tour():
        assert f"F2 says “{recording.text}”" in practice.lines()[-1]
        assert practice.advance() == recording
    assert practice.lines() == first


def test_what_is_missing_is_named_with_the_command_that_gets_it() -> None:
    """Commands before devices, nothing about what is there, the next step last of all."""
    practice = PracticeTour()
    practice.set_findings(
        [
            Finding(MICROPHONE, trouble=MicrophoneUnavailable("no microphone", "connect one")),
            Finding("Codex", trouble=AgentNotFound("no Codex", "npm install -g @openai/codex")),
            Finding("Model", trouble=ModelMissing("no model", "codex-voice models get base-q8_0")),
            Finding("Server", trouble=ModelMissing("no server"), needed=False),
            Finding("Terminal", found="xterm"),
        ]
    )
    missing, following = practice.lines()
    assert missing == (
        "Missing: npm install -g @openai/codex · codex-voice models get base-q8_0 · microphone"
    )
    assert following.startswith("Practice")
