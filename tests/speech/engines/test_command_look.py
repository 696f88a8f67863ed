"""A short unsure utterance is looked at again as a command."""

from __future__ import annotations

from codex_voice.speech.engines import command_look
from codex_voice.speech.engines.decoding import Decoded
from codex_voice.speech.recognizer import Hints
from codex_voice.speech.samples import Samples, decode

HINTS = Hints(commands=("scroll up", "push to talk"))


def heard(text: str, confidence: float, *, endless: bool = False) -> Decoded:
    """Make a result."""
    return Decoded(text, confidence, (), endless)


def short_voice(real_voice: bytes) -> Samples:
    """Take a second of somebody speaking."""
    return decode(real_voice[2 * 16_000 * 4 : 2 * 16_000 * 5])


def test_only_short_unsure_utterances_that_are_no_command_are_worth_it(real_voice: bytes) -> None:
    """Dictation costs nothing more, and neither does a command that is understood."""
    voice = short_voice(real_voice)
    assert command_look.is_worth_it(heard("Push the talk.", 0.78), voice, HINTS)
    assert command_look.is_worth_it(heard("", 0.0), voice, HINTS)
    assert not command_look.is_worth_it(heard("Push the talk.", 0.78), voice, Hints())
    assert not command_look.is_worth_it(heard("Push the talk.", 0.95), voice, HINTS)
    assert not command_look.is_worth_it(heard("Push to talk.", 0.78), voice, HINTS)
    assert not command_look.is_worth_it(heard("Push it to the branch.", 0.6), voice, HINTS)
    assert not command_look.is_worth_it(heard("Push the talk.", 0.78), decode(real_voice), HINTS)
    assert not command_look.is_worth_it(heard("Push the talk.", 0.78), voice * 0, HINTS)


def test_only_a_whole_command_counts() -> None:
    """Once or in a loop, with whatever punctuation; a part of one, or more, does not."""

    def found(text: str, confidence: float = 0.9, *, endless: bool = False) -> str:
        command = command_look.command_in(heard(text, confidence, endless=endless), HINTS.commands)
        return command.text if command else ""

    assert found("Scroll up.") == "Scroll up."
    assert found("push-to-talk") == "push-to-talk"
    assert found("Scroll up. Scroll up.") == "Scroll up."
    assert found("Scroll up. Scroll up. Scroll up. Scr", endless=True) == "Scroll up"
    assert not found("Scroll up the page.")
    assert not found("Scroll")
    assert not found("Scroll up.", 0.4)
    assert not found("")


def test_an_answer_is_known_however_it_is_written() -> None:
    """Said once or in a loop; a sentence with it is none."""
    hints = Hints(commands=("deny", "mute"), answers=("deny", "deny it"))
    assert command_look.is_answer("Deny.", hints)
    assert command_look.is_answer("Deny it! Deny it!", hints)
    assert not command_look.is_answer("Denai.", hints)
    assert not command_look.is_answer("Deny it to him.", hints)
    assert not command_look.is_answer("Mute.", hints)
    assert not command_look.is_answer("", hints)
