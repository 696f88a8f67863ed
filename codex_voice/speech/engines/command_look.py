"""A second look at a short utterance that may be a command.

Single words are the worst case for Whisper: "deny" becomes "Denai.", "push to talk" becomes "Push
the talk." A prompt that names the commands corrects most of them, and guided decoding some more; in
dictation both would cost accuracy, so only what is short, unsure and no command yet is looked at
again, and the second result counts only if it is a whole command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import hallucinations as silence
from codex_voice.speech import loops
from codex_voice.speech.engines import guided, prompts
from codex_voice.speech.engines.decoding import Decoded, Decoder, Decoding
from codex_voice.speech.recognizer import Hints
from codex_voice.speech.samples import Samples

_LONGEST_SECONDS = 2.0
_LONGEST_SOUND_SECONDS = 4.0
"""With the pre-roll and the silence that ended the utterance."""
_MOST_WORDS = 4
_SURE = 0.85
"""First results from here on are believed: sentences of up to four words have 0.9, what Whisper
writes for a command that it did not understand has up to 0.8."""
_SURE_WITHOUT_GUIDE = 0.7
_SURE_ENOUGH = 0.5
_MOST_TOKENS = 12


@dataclass(frozen=True)
class Look:
    """One more decoding, and the phrases that may come of it."""

    decoding: Decoding
    phrases: tuple[str, ...]


def is_worth_it(first: Decoded, samples: Samples, hints: Hints) -> bool:
    """Return whether a sound should be looked at again as a command.

    Args:
        first: What was recognised without a thought of commands.
        samples: The sound.
        hints: The commands there are.
    """
    return (
        bool(hints.commands)
        and len(first.text.split()) <= _MOST_WORDS
        and first.confidence < _SURE
        and samples.size <= _LONGEST_SOUND_SECONDS * SAMPLE_RATE
        and silence.active_seconds(samples) <= _LONGEST_SECONDS
        and command_in(first, hints.commands) is None
        and not is_answer(first.complete_text, hints)
        and silence.has_voice(samples)
    )


def looks(plain: Decoding, first: Decoded, hints: Hints, decoder: Decoder) -> Iterator[Look]:
    """Give the decodings that are worth a try, one after the other, until one is a command."""
    prompt = prompts.command_prompt(hints.commands, decoder.count_tokens)
    yield Look(replace(plain, prompt=prompt, most_tokens=_MOST_TOKENS), hints.commands)
    if hints.guided and first.confidence < _SURE_WITHOUT_GUIDE:
        suppressed = guided.suppress_all_but(hints.guided, decoder.tokenize)
        yield Look(
            replace(plain, suppressed=suppressed, most_tokens=guided.MOST_TOKENS), hints.guided
        )


def command_in(result: Decoded, phrases: tuple[str, ...]) -> Decoded | None:
    """Return a result as the command that all of it is, said once; None where it is none."""
    text = result.complete_text
    if loops.repeats(text) or loops.is_double(text):
        text = loops.one_turn(text)
    known = {_letters(phrase) for phrase in phrases}
    if _letters(text) not in known or result.confidence < _SURE_ENOUGH:
        return None
    return replace(result, text=text, endless=False)


def is_answer(text: str, hints: Hints) -> bool:
    """Return whether a text is a phrase that must not come of a hint, once or repeated."""
    if loops.repeats(text) or loops.is_double(text):
        text = loops.one_turn(text)
    return _letters(text) in {_letters(phrase) for phrase in hints.answers}


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
